"""LINE: a message of an official account, https://developers.line.biz/en/reference/messaging-api/."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://api.line.me/v2/bot/message/push"
MAX_UNITS = 5_000  # of a text message; a longer one is refused


class LineOptions(kit.ServiceOptions):
    """Which account writes to whom."""

    token: str = kit.secret("Channel access token (Long-lived)", "lineChannelAccessToken", required=True)
    user: str = kit.text("Your user ID", "lineUserID", required=True)


class Line(kit.HttpService[LineOptions]):
    """A message of a LINE official account."""

    name, label, groups = "line", "LINE Messenger", ("chat",)
    description = "Sends a message of your LINE official account."

    def request(self, o: LineOptions, news: kit.News) -> kit.Call:
        """State, name, reason and time; tests and warnings are told as they are."""
        beat = f"UptimeKuma Alert: [{news.status}]\nName: {news.name} \n{news.msg}\n{news.when}"
        text = kit.limited(beat if news.is_beat else news.text, MAX_UNITS, kit.Unit.UTF16)
        body = {"to": o.user, "messages": [{"type": "text", "text": text}]}
        return kit.Call(API, json=body, headers=kit.bearer(o.token))
