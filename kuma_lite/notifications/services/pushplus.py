"""PushPlus: a push message to WeChat and others."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://www.pushplus.plus/send"
MAX_CHARS = 20_000  # of the text; a longer one is refused
TAKEN = 200


class PushPlusOptions(kit.ServiceOptions):
    """Whose account."""

    key: str = kit.secret("SendKey", "pushPlusSendKey", required=True)


class PushPlus(kit.HttpService[PushPlusOptions]):
    """A push message through PushPlus."""

    name, label, groups = "PushPlus", "PushPlus (推送加)", ("regional",)
    documentation = "https://www.pushplus.plus/doc/guide/api.html"
    description = "Sends a push message through PushPlus."

    def request(self, o: PushPlusOptions, news: kit.News) -> kit.Call:
        """Title, and the text as HTML."""
        what = news.pick("Monitor Up", "Monitor Down", "Message")
        return kit.Call(API, json={
            "token": o.key.strip(),
            "title": f"UptimeKuma {what} {news.name}".strip(),
            "content": kit.limited(news.text, MAX_CHARS, escape=kit.escaping.html),
            "template": "html",
        })  # fmt: skip

    def refusal(self, answer: kit.Answer) -> str:
        """Refusals come with status 200 and another code in the body."""
        said = answer.at("msg") or answer.text
        return "" if answer.at("code") in (TAKEN, None) else f"PushPlus refused: {said}"
