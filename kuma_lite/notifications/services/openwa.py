"""OpenWA: a WhatsApp message through a gateway of one's own."""

from __future__ import annotations

from kuma_lite.notifications.services import kit


class OpenWaOptions(kit.ServiceOptions):
    """Which session of which server writes to whom."""

    server: str = kit.url("API URL", "openwaApiUrl", required=True, placeholder="http://localhost:2785/")
    key: str = kit.secret("API Key", "openwaApiKey", required=True)
    session: str = kit.text("Session", "openwaSession", required=True, placeholder="default")
    chats: str = kit.text(
        "Chat ID (Phone Number / Contact ID / Group ID)",
        "openwaChatId",
        required=True,
        placeholder="491700000001@c.us",
        help="Several with commas between them.",
    )
    use_template: bool = kit.switch("Use custom message", "openwaUseCustomMessage", section="content")
    template: str = kit.template(
        "Custom message",
        "openwaCustomMessage",
        required=True,
        placeholder="{{ status }} {{ name }}: {{ msg }}",
        help="A Liquid template.",
        shown_when=kit.when("openwaUseCustomMessage", True),
    )


class OpenWa(kit.HttpService[OpenWaOptions]):
    """A WhatsApp message through OpenWA."""

    name, label, groups = "openwa", "WhatsApp (OpenWA)", ("chat",)
    documentation = "https://github.com/rmyndharis/OpenWA"
    description = "Sends a WhatsApp message through your OpenWA server."

    def request(self, o: OpenWaOptions, news: kit.News) -> list[kit.Call]:
        """The text, or the user's own, to every chat."""
        chats = kit.comma_list(o.chats)
        if not chats:
            raise kit.DeliveryFailed("There is no chat ID to send to.", permanent=True)
        text = (o.use_template and news.templated(o.template)) or news.text
        session = kit.quoted(o.session)
        url = f"{o.server.strip().rstrip('/')}/api/sessions/{session}/messages/send-text"
        headers = {"Accept": "application/json", "X-Api-Key": o.key.strip()}
        return [kit.Call(url, headers=headers, json={"chatId": chat, "text": text}) for chat in chats]
