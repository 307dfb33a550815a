"""WxPusher: a push message to WeChat or its own app."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://wxpusher.zjiecode.com/api/send/message/simple-push"
MAX_SUMMARY_UNITS = 100  # of the summary
MAX_TOKENS = 10  # receivers of a request
PLAIN = 1  # the type of a text without marks
TAKEN = 1000


class WxPusherOptions(kit.ServiceOptions):
    """Who gets it."""

    tokens: str = kit.secret(
        "WxPusher SPT",
        "wxpusherSPT",
        required=True,
        placeholder="SPT_xxxxxxxxxxxx",
        help="Several with commas between them. See https://wxpusher.zjiecode.com/docs/#/?id=spt.",
    )


class WxPusher(kit.HttpService[WxPusherOptions]):
    """A push message through WxPusher."""

    name, label, groups = "WxPusher", "WxPusher SPT Push (WxPusher极简推送)", ("regional",)
    documentation = "https://wxpusher.zjiecode.com/docs/"
    description = "Sends a push message through WxPusher."

    def request(self, o: WxPusherOptions, news: kit.News) -> list[kit.Call]:
        """One request for every ten tokens."""
        tokens = kit.comma_list(o.tokens)
        if not tokens:
            raise kit.DeliveryFailed("There is no SPT to send to.", permanent=True)
        what = news.pick("Monitor Up", "Monitor Down", "Message")
        title = f"UptimeKuma {what} {news.name}".strip()
        message = {
            "content": news.text,
            "summary": kit.limited(title, MAX_SUMMARY_UNITS, kit.Unit.UTF16, end=""),
            "contentType": PLAIN,
        }
        batches = [tokens[start : start + MAX_TOKENS] for start in range(0, len(tokens), MAX_TOKENS)]
        return [kit.Call(API, json={**message, "sptList": batch}) for batch in batches]

    def refusal(self, answer: kit.Answer) -> str:
        """Refusals come with status 200 and a code of their own."""
        said = answer.at("msg") or answer.text
        return "" if answer.at("code") == TAKEN else f"WxPusher refused: {said}"
