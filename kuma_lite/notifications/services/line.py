"""LINE: a message of a bot."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://api.line.me/v2/bot/message/push"
MAX_UNITS = 4_500  # of what was found; LINE refuses texts of more than 5,000


class LineOptions(kit.ServiceOptions):
    """Which bot writes to whom."""

    token: str = kit.secret(
        "Channel access token (Long-lived)",
        "lineChannelAccessToken",
        required=True,
        help="Made in the LINE Developers Console, https://developers.line.biz/console/.",
    )
    user: str = kit.text(
        "Your user ID",
        "lineUserID",
        required=True,
        help="In the LINE Developers Console, under Basic settings; ids of groups and rooms work, too.",
    )


class Line(kit.HttpService[LineOptions]):
    """A message of a LINE bot."""

    name, label, groups = "line", "LINE Messenger", ("chat",)
    documentation = "https://developers.line.biz/en/reference/messaging-api/#send-push-message"
    description = "Sends a message of your LINE bot."

    def request(self, o: LineOptions, news: kit.News) -> kit.Call:
        """One text message."""
        msg = kit.limited(news.msg or news.text, MAX_UNITS, kit.Unit.UTF16)
        time = f"Time ({news.zone}): {news.local_time}"
        beat = f"UptimeKuma Alert: [{news.state}]\nName: {news.name} \n{msg}\n{time}"
        is_test = news.severity is kit.Severity.TEST
        text = beat if news.is_beat else "Test Successful!" if is_test else msg
        body = {"to": o.user.strip(), "messages": [{"type": "text", "text": text}]}
        return kit.Call(API, headers=kit.bearer(o.token), json=body)
