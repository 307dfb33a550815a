"""Bale: a message of a bot."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://tapi.bale.ai"
MAX_CHARS = 4_096  # of a message; a longer one is refused


class BaleOptions(kit.ServiceOptions):
    """Which bot writes to which chat."""

    token: str = kit.secret(
        "Bot Token", "baleBotToken", required=True, help="From @BotFather, https://ble.ir/BotFather."
    )
    chat: str = kit.text("Chat ID", "baleChatID", required=True, help="Of a person, a group or a channel.")


class Bale(kit.HttpService[BaleOptions]):
    """A message of a Bale bot."""

    name, label, groups = "bale", "Bale", ("chat",)
    documentation = "https://docs.bale.ai/#sendmessage"
    description = "Sends a message of your Bale bot to a chat, a group or a channel."

    def request(self, o: BaleOptions, news: kit.News) -> kit.Call:
        """Call `sendMessage`."""
        body = {"chat_id": o.chat.strip(), "text": kit.limited(news.text, MAX_CHARS)}
        return kit.Call(f"{API}/bot{o.token.strip()}/sendMessage", json=body)

    def refusal(self, answer: kit.Answer) -> str:
        """`ok` is there in refusals, too."""
        said = answer.at("description") or answer.text
        return f"Bale refused: {said}" if answer.at("ok") is False else ""
