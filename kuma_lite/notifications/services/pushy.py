"""Pushy: a push message to a device of an app of your own."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://api.pushy.me/push"
MAX_BYTES = 2_500  # of the text; push services refuse messages of more than 4,096 bytes, escapes included


class PushyOptions(kit.ServiceOptions):
    """Which device of which app."""

    key: str = kit.secret("Secret API Key", "pushyAPIKey", required=True)
    device: str = kit.secret("Device token", "pushyToken", required=True)


class Pushy(kit.HttpService[PushyOptions]):
    """A push message to a device registered with Pushy."""

    name, label, groups = "pushy", "Pushy", ("push",)
    documentation = "https://pushy.me/docs/api/send-notifications"
    description = "Sends a push message through Pushy."

    def request(self, o: PushyOptions, news: kit.News) -> kit.Call:
        """A notification for iOS, and data for the app itself."""
        text = kit.limited(news.text, MAX_BYTES, kit.Unit.BYTES)
        return kit.Call(API, query={"api_key": o.key.strip()}, json={
            "to": o.device.strip(),
            "data": {"message": "Uptime-Kuma"},
            "notification": {"body": text, "badge": 1, "sound": "ping.aiff"},
        })  # fmt: skip
