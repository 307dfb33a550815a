"""SMS Partner: an SMS."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://api.smspartner.fr/v1/send"
HEADERS = {"Accept": "application/json", "cache-control": "no-cache"}
MAX_CHARS = 639  # of a text
MAX_SENDER_CHARS = 11  # of the sender


class SmsPartnerOptions(kit.ServiceOptions):
    """Whose account sends to which numbers."""

    api_key: str = kit.secret(
        "API Key", "smspartnerApikey", required=True, help="Shown at https://my.smspartner.fr/dashboard/api."
    )
    phones: str = kit.text(
        "Phone Numbers",
        "smspartnerPhoneNumber",
        required=True,
        placeholder="+33612345678",
        help="Several are separated by commas.",
    )
    sender: str = kit.text(
        "SMS Sender Name", "smspartnerSenderName", required=True, help="3 to 11 letters and digits."
    )


class SmsPartner(kit.HttpService[SmsPartnerOptions]):
    """An SMS through SMS Partner."""

    name, label, groups = "SMSPartner", "SMS Partner", ("sms",)
    documentation = "https://docs.smspartner.fr/"
    description = "Sends an SMS through SMS Partner, for France."

    def request(self, o: SmsPartnerOptions, news: kit.News) -> kit.Call:
        """One message for all numbers."""
        return kit.Call(API, headers=HEADERS, json={
            "apiKey": o.api_key,
            "sender": kit.limited(o.sender, MAX_SENDER_CHARS, end=""),
            "phoneNumbers": o.phones,
            "message": kit.limited(kit.sms.ascii_only(news.text), MAX_CHARS, end=""),
        })  # fmt: skip

    def refusal(self, answer: kit.Answer) -> str:
        """`success` must be true."""
        reason = answer.at("message") or answer.text
        return "" if answer.at("success") is True else f"SMS Partner did not take the message: {reason}"
