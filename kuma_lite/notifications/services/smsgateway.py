"""SMS Gateway: an SMS of a server of your own."""

from __future__ import annotations

from kuma_lite.notifications.services import kit


class SmsGatewayOptions(kit.ServiceOptions):
    """Which server sends to which numbers."""

    server: str = kit.url("Server URL", "smsgatewayUrl", required=True, placeholder="http://localhost:8080")
    api_key: str = kit.secret("API Key", "smsgatewayApiKey", required=True)
    recipients: str = kit.text(
        "Phone Numbers",
        "smsgatewayTo",
        required=True,
        placeholder="+15551234567, +15559876543",
        help="Several are separated by commas.",
    )


class SmsGateway(kit.HttpService[SmsGatewayOptions]):
    """An SMS through an SMS Gateway server."""

    name, label, groups = "SMSGateway", "SMS Gateway", ("sms",)
    documentation = "https://github.com/mattboston/sms-gateway"
    description = "Sends SMS through an SMS Gateway server of your own."

    def request(self, o: SmsGatewayOptions, news: kit.News) -> list[kit.Call]:
        """One for each number."""
        numbers = kit.comma_list(o.recipients)
        if not numbers:
            raise kit.DeliveryFailed("No phone number is entered.", permanent=True)
        address = f"{o.server.strip().rstrip('/')}/api/v1/sms/send"
        headers = {"X-API-Key": o.api_key}
        return [
            kit.Call(address, json={"to": number, "body": news.text}, headers=headers) for number in numbers
        ]

    def refusal(self, answer: kit.Answer) -> str:
        """The modem may fail although the server has taken the message."""
        reason = answer.at("message") or "unknown error"
        return f"The SMS could not be sent: {reason}" if answer.at("status") == "failed" else ""
