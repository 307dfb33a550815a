"""Plivo: an SMS or a phone call."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://api.plivo.com/v1/Account"
TIMEOUT_S = 10.0
# A longer SMS is refused.
MAX_SEPTETS = 1_600  # of an SMS in this alphabet
MAX_UNITS = 737  # of one with any other character
TYPES = {"sms": "SMS", "call": "Phone call"}

CALLED = kit.when("plivoMessageType", "call")


class PlivoOptions(kit.ServiceOptions):
    """Whose account reaches which number, and how."""

    auth_id: str = kit.text("Auth ID", "plivoAuthID", required=True)
    token: str = kit.secret("Auth Token", "plivoAuthToken", required=True)
    sender: str = kit.text("From Number", "plivoFromNumber", required=True, placeholder="+15551234567")
    recipient: str = kit.text("To Number", "plivoToNumber", required=True, placeholder="+15559876543")
    kind: str = kit.select("Message Type", "plivoMessageType", "sms", TYPES)
    answer: str = kit.url(
        "Answer URL",
        "plivoAnswerUrl",
        required=True,
        placeholder="https://example.com/answer.xml",
        help="Plivo asks there what to say, with the text in the parameter message.",
        shown_when=CALLED,
    )


class Plivo(kit.HttpService[PlivoOptions]):
    """An SMS or a phone call through Plivo."""

    name, label, groups = "plivo", "Plivo", ("sms",)
    documentation = "https://www.plivo.com/docs/messaging/api/message"
    description = "Sends an SMS or makes a phone call through Plivo."

    def request(self, o: PlivoOptions, news: kit.News) -> kit.Call:
        """Create a message or a call."""
        message = {
            "src": o.sender,
            "dst": o.recipient,
            "text": kit.sms.fitted(news.text, MAX_SEPTETS, MAX_UNITS),
        }
        call = {
            "from": o.sender,
            "to": o.recipient,
            "answer_url": kit.with_parameter(o.answer, "message", news.text),
            "answer_method": "GET",
        }
        calls = o.kind == "call"
        return kit.Call(
            f"{API}/{kit.quoted(o.auth_id.strip())}/{'Call' if calls else 'Message'}/",
            json=call if calls else message,
            headers=kit.basic(o.auth_id, o.token),
            timeout=TIMEOUT_S,
        )
