"""OneChat: a message of a bot."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://chat-api.one.th/message/api/v1/push_message"


class OneChatOptions(kit.ServiceOptions):
    """Which bot writes to whom."""

    token: str = kit.secret("OneChat Access Token", "accessToken", required=True)
    receiver: str = kit.text("OneChat User ID or Group ID", "recieverId", required=True)
    bot: str = kit.text("OneChat Bot ID", "botId", required=True)


class OneChat(kit.HttpService[OneChatOptions]):
    """A message of a OneChat bot."""

    name, label, groups = "OneChat", "OneChat", ("chat",)
    documentation = "https://chat-develop.one.th/docs"
    description = "Sends a message of your OneChat bot."

    def request(self, o: OneChatOptions, news: kit.News) -> kit.Call:
        """The state, the reason and the time of a monitor; warnings as they are."""
        state = news.pick("[🟢 Up]", "[🔴 Down]")
        time = f"Time ({news.zone}): {news.local_time}"
        beat = f"UptimeKuma Alert:\n{state}\nName: {news.name}\n{news.msg}\n{time}"
        other = "Test Successful!" if news.severity is kit.Severity.TEST else news.text
        return kit.Call(API, headers=kit.bearer(o.token), json={
            "to": o.receiver.strip(),
            "bot_id": o.bot.strip(),
            "type": "text",
            "message": beat if news.is_beat else other,
        })  # fmt: skip
