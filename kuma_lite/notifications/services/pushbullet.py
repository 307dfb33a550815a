"""Pushbullet: a push message to all devices of an account."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://api.pushbullet.com/v2/pushes"


class PushbulletOptions(kit.ServiceOptions):
    """Whose devices."""

    token: str = kit.secret("Access Token", "pushbulletAccessToken", required=True)


class Pushbullet(kit.HttpService[PushbulletOptions]):
    """A note on the devices of a Pushbullet account."""

    name, label, groups = "pushbullet", "Pushbullet", ("push",)
    documentation = "https://docs.pushbullet.com/#create-push"
    description = "Sends a note to the devices of your Pushbullet account."

    def request(self, o: PushbulletOptions, news: kit.News) -> kit.Call:
        """A note with the state, the reason and the time."""
        beat = f"[{news.state}] {news.msg}\nTime ({news.zone}): {news.local_time}"
        return kit.Call(API, headers={"Access-Token": o.token.strip()}, json={
            "type": "note",
            "title": f"UptimeKuma Alert: {news.name}" if news.is_beat else "Uptime Kuma Alert",
            "body": beat if news.is_beat else news.text,
        })  # fmt: skip
