"""Evolution API: a WhatsApp message."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

SERVER = "https://evolapicloud.com"


class EvolutionOptions(kit.ServiceOptions):
    """Which instance of which server writes to whom."""

    instance: str = kit.text("Instance Name", "evolutionInstanceName", required=True)
    server: str = kit.url("API URL", "evolutionApiUrl", placeholder=f"{SERVER}/")
    token: str = kit.secret("Token", "evolutionAuthToken", required=True)
    recipient: str = kit.text(
        "Phone Number / Contact ID / Group ID",
        "evolutionRecipient",
        required=True,
        help="A phone number begins with its country code, without + and zeros.",
    )
    use_template: bool = kit.switch("Use custom message", "evolutionUseCustomMessage", section="content")
    template: str = kit.template(
        "Custom message",
        "evolutionCustomMessage",
        required=True,
        placeholder="{{ status }} {{ name }}: {{ msg }}",
        help="A Liquid template.",
        shown_when=kit.when("evolutionUseCustomMessage", True),
    )


class Evolution(kit.HttpService[EvolutionOptions]):
    """A WhatsApp message through Evolution API."""

    name, label, groups = "evolution", "WhatsApp (Evolution)", ("chat",)
    documentation = "https://doc.evolution-api.com/v2/api-reference/message-controller/send-text"
    description = "Sends a WhatsApp message through Evolution API."

    def request(self, o: EvolutionOptions, news: kit.News) -> kit.Call:
        """The text, or the user's own."""
        server, instance = (o.server.strip() or SERVER).rstrip("/"), kit.quoted(o.instance)
        text = (o.use_template and news.templated(o.template)) or news.text
        return kit.Call(
            f"{server}/message/sendText/{instance}",
            headers={"Accept": "application/json", "apikey": o.token.strip()},
            json={"number": o.recipient, "text": text},
        )
