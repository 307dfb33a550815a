"""WAHA: a WhatsApp message through an HTTP API of one's own."""

from __future__ import annotations

from kuma_lite.notifications.services import kit


class WahaOptions(kit.ServiceOptions):
    """Which session of which server writes to whom."""

    server: str = kit.url("API URL", "wahaApiUrl", required=True, placeholder="http://localhost:3000/")
    key: str = kit.secret("API Key", "wahaApiKey", help="As set in WAHA_API_KEY of the server, if it is.")
    session: str = kit.text("Session", "wahaSession", required=True, placeholder="default")
    chat: str = kit.text(
        "Chat ID (Phone Number / Contact ID / Group ID)",
        "wahaChatId",
        required=True,
        help="A phone number begins with its country code, without + and zeros.",
    )


class Waha(kit.HttpService[WahaOptions]):
    """A WhatsApp message through WAHA."""

    name, label, groups = "waha", "WhatsApp (WAHA)", ("chat",)
    documentation = "https://waha.devlike.pro/docs/how-to/send-messages/"
    description = "Sends a WhatsApp message through your WAHA server."

    def request(self, o: WahaOptions, news: kit.News) -> kit.Call:
        """The text."""
        return kit.Call(
            f"{o.server.strip().rstrip('/')}/api/sendText",
            headers={"Accept": "application/json", "X-Api-Key": o.key.strip()},
            json={"session": o.session, "chatId": o.chat, "text": news.text},
        )
