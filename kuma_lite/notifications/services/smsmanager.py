"""SmsManager: an SMS."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://http-api.smsmanager.cz/Send"
GATEWAYS = {"economy": "Economy", "lowcost": "Low cost", "high": "High quality"}


class SmsManagerOptions(kit.ServiceOptions):
    """Whose account sends to which numbers, and how well."""

    api_key: str = kit.secret("API Key", "smsmanagerApiKey", required=True)
    recipients: str = kit.text(
        "Recipients",
        "numbers",
        required=True,
        placeholder="420777123456",
        help="Several are separated by commas or semicolons.",
    )
    gateway: str = kit.select("Gateway Type", "messageType", "high", GATEWAYS)


class SmsManager(kit.HttpService[SmsManagerOptions]):
    """An SMS through SmsManager."""

    name, label, groups = "SMSManager", "SmsManager (smsmanager.cz)", ("regional",)
    documentation = "https://smsmanager.cz/api/http"
    description = "Sends an SMS through SmsManager, for Czechia."

    def request(self, o: SmsManagerOptions, news: kit.News) -> kit.Call:
        """All in the query."""
        return kit.Call(API, "GET", query={
            "apikey": o.api_key,
            "message": kit.sms.ascii_only(news.text),
            "number": o.recipients,
            "gateway": o.gateway,
        })  # fmt: skip
