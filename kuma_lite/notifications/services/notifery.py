"""Notifery: a push message."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://api.notifery.com/event"
TITLE = "Uptime Kuma Alert"


class NotiferyOptions(kit.ServiceOptions):
    """Which zone, and how the message looks."""

    key: str = kit.secret("API Key", "notiferyApiKey", required=True)
    title: str = kit.text("Title", "notiferyTitle", placeholder=TITLE)
    group: str = kit.text("Group", "notiferyGroup")


class Notifery(kit.HttpService[NotiferyOptions]):
    """An event of Notifery."""

    name, label, groups = "notifery", "Notifery", ("push",)
    documentation = "https://docs.notifery.com"
    description = "Sends a push message through Notifery."

    def request(self, o: NotiferyOptions, news: kit.News) -> kit.Call:
        """Title and text; the code tells failures apart."""
        link = f"\n\nMonitor: {news.link}" if news.link else ""
        return kit.Call(API, headers={"x-api-key": o.key.strip()}, json={
            "title": o.title or TITLE,
            "message": f"{news.text}{link}",
            "group": o.group,
            "code": news.pick(0, 1),
            "duration": (news.heartbeat or {}).get("ping"),
        })  # fmt: skip
