"""KOOK: a message of a bot in a channel."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://www.kookapp.cn/api/v3/message/create"
MAX_CHARS = 8_000  # of a message


class KookOptions(kit.ServiceOptions):
    """Which bot writes to which channel."""

    token: str = kit.secret("Bot Token", "kookBotToken", required=True)
    channel: str = kit.text(
        "Channel ID",
        "kookGuildID",
        required=True,
        help="With developer mode on, right-click the channel to copy it.",
    )


class Kook(kit.HttpService[KookOptions]):
    """A message of a KOOK bot."""

    name, label, groups = "Kook", "Kook", ("chat",)
    documentation = "https://developer.kookapp.cn/doc/http/message"
    description = "Sends a message of your KOOK bot to a channel."

    def request(self, o: KookOptions, news: kit.News) -> kit.Call:
        """The text."""
        headers = {"Authorization": f"Bot {o.token.strip()}"}
        body = {"target_id": o.channel.strip(), "content": kit.limited(news.text, MAX_CHARS)}
        return kit.Call(API, headers=headers, json=body)

    def refusal(self, answer: kit.Answer) -> str:
        """Refusals come with status 200 and a code other than 0."""
        return f"KOOK refused: {answer.at('message') or answer.text}" if answer.at("code") else ""
