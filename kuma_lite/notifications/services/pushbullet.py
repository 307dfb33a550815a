"""Pushbullet: a note on all devices, https://docs.pushbullet.com/#create-push."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://api.pushbullet.com/v2/pushes"


class PushbulletOptions(kit.ServiceOptions):
    """Whose devices."""

    token: str = kit.secret("Access Token", "pushbulletAccessToken", required=True)


class Pushbullet(kit.HttpService[PushbulletOptions]):
    """A note on the devices of a Pushbullet account."""

    name, label, groups = "pushbullet", "Pushbullet", ("push",)
    description = "Pushes a note to your devices through Pushbullet."

    def request(self, o: PushbulletOptions, news: kit.News) -> kit.Call:
        """The name as title, state, reason and time below it."""
        title = f"UptimeKuma Alert: {news.name}" if news.is_beat else "Uptime Kuma Alert"
        body = f"[{news.status}] {news.msg}\n{news.when}" if news.is_beat else news.text
        headers = {"Access-Token": o.token}
        return kit.Call(API, json={"type": "note", "title": title, "body": body}, headers=headers)
