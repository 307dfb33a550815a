"""SMSPlanet: an SMS."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://api2.smsplanet.pl/sms"


class SmsPlanetOptions(kit.ServiceOptions):
    """Whose account sends to which numbers."""

    token: str = kit.secret("API Token", "smsplanetApiToken", required=True)
    phones: str = kit.area(
        "Phone Numbers",
        "smsplanetPhoneNumbers",
        required=True,
        placeholder="500000000,500000001",
        help="Several are separated by commas.",
    )
    sender: str = kit.text(
        "Sender Name", "smsplanetSenderName", help="3 to 11 characters, as registered with SMSPlanet."
    )


class SmsPlanet(kit.HttpService[SmsPlanetOptions]):
    """An SMS through SMSPlanet."""

    name, label, groups = "SMSPlanet", "SMSPlanet.pl", ("regional",)
    documentation = "https://smsplanet.pl/doc/slate/index.html"
    description = "Sends an SMS through SMSPlanet, for Poland."

    def request(self, o: SmsPlanetOptions, news: kit.News) -> kit.Call:
        """As multipart; the SMS have no red circle."""
        text = news.text.replace("🔴", "❌")
        parts = {"from": o.sender, "to": o.phones, "msg": text}
        return kit.Call(API, parts=parts, headers=kit.bearer(o.token))

    def refusal(self, answer: kit.Answer) -> str:
        """A message that was taken has an ID."""
        reason = answer.at("errorMsg") or answer.text
        return "" if answer.at("messageId") else f"SMSPlanet did not take the message: {reason}"
