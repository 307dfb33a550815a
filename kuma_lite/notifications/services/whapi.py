"""Whapi: a WhatsApp message."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

SERVER = "https://gate.whapi.cloud"


class WhapiOptions(kit.ServiceOptions):
    """Which channel writes to whom."""

    server: str = kit.url("API URL", "whapiApiUrl", placeholder=f"{SERVER}/")
    token: str = kit.secret(
        "Token", "whapiAuthToken", required=True, help="Shown at https://panel.whapi.cloud/dashboard."
    )
    recipient: str = kit.text(
        "Phone Number / Contact ID / Group ID",
        "whapiRecipient",
        required=True,
        help="A phone number begins with its country code, without + and zeros.",
    )


class Whapi(kit.HttpService[WhapiOptions]):
    """A WhatsApp message through Whapi."""

    name, label, groups = "whapi", "WhatsApp (Whapi)", ("chat",)
    documentation = "https://whapi.readme.io/reference/sendmessagetext"
    description = "Sends a WhatsApp message through Whapi."

    def request(self, o: WhapiOptions, news: kit.News) -> kit.Call:
        """The text."""
        return kit.Call(
            f"{(o.server.strip() or SERVER).rstrip('/')}/messages/text",
            headers={"Accept": "application/json", **kit.bearer(o.token)},
            json={"to": o.recipient, "body": news.text},
        )

    def refusal(self, answer: kit.Answer) -> str:
        """`sent` tells whether WhatsApp took it."""
        return f"Whapi did not send it: {answer.text}" if answer.at("sent") is False else ""
