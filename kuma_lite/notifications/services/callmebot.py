"""CallMeBot: a message on WhatsApp, Signal or Facebook, or a call on Telegram."""

from __future__ import annotations

from kuma_lite.core.declarations import Kind
from kuma_lite.notifications.services import kit


class CallMeBotOptions(kit.ServiceOptions):
    """Which of its services, for whom: all in one address."""

    endpoint: str = kit.secret(
        "Endpoint",
        "callMeBotEndpoint",
        required=True,
        kind=Kind.URL,
        placeholder="https://api.callmebot.com/signal/send.php?phone=…&apikey=…",
        help="The address that CallMeBot gave you; the text is put into it. "
        "A message every 10 seconds and a call every 65 seconds are taken.",
    )


class CallMeBot(kit.HttpService[CallMeBotOptions]):
    """A message or a call of CallMeBot."""

    name, groups = "CallMeBot", ("chat",)
    label = "CallMeBot (WhatsApp, Telegram Call, Facebook Messenger)"
    documentation = "https://www.callmebot.com/"
    description = "Sends a message or calls through CallMeBot."

    def request(self, o: CallMeBotOptions, news: kit.News) -> kit.Call:
        """The text in the query, in place of one that is there."""
        return kit.Call(kit.with_parameter(o.endpoint, "text", news.text), "GET")
