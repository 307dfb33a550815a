"""EgoSMS: an SMS."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://www.egosms.co/api/v1/plain/"
SENDER = "EGOSMS"
HIGHEST_PRIORITY = "0"
MAX_CHARS = 160  # of a message


class EgoSmsOptions(kit.ServiceOptions):
    """Whose account sends to which number."""

    username: str = kit.text("API Username", "egosmsUsername", required=True)
    password: str = kit.secret("Password", "egosmsPassword", required=True)
    sender: str = kit.text("From Name/Number", "egosmsSender", placeholder=SENDER, help="Up to 11 letters.")
    phone: str = kit.text("Recipient Number", "egosmsPhoneNumber", required=True, placeholder="256700000000")


class EgoSms(kit.HttpService[EgoSmsOptions]):
    """An SMS through EgoSMS."""

    name, label, groups = "egosms", "EgoSMS (Uganda)", ("regional",)
    documentation = "https://developers.pahappa.com/sending-sms-http/"
    description = "Sends an SMS through EgoSMS, for Uganda."

    def request(self, o: EgoSmsOptions, news: kit.News) -> kit.Call:
        """All in the query."""
        return kit.Call(API, "GET", query={
            "number": o.phone,
            "message": kit.limited(news.text, MAX_CHARS),
            "username": o.username,
            "password": o.password,
            "sender": o.sender or SENDER,
            "priority": HIGHEST_PRIORITY,
        })  # fmt: skip

    def refusal(self, answer: kit.Answer) -> str:
        """`OK`, or what is wrong in a sentence."""
        said = answer.text.strip()
        return "" if said.upper().startswith("OK") else f"EgoSMS refused: {said or 'an empty answer'}"
