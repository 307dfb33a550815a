"""SMSEagle: an SMS or a call of a device of your own."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API_TYPES = {"smseagle-apiv1": "API v1", "smseagle-apiv2": "API v2"}
RECIPIENT_TYPES = {
    "smseagle-to": "Phone numbers",
    "smseagle-group": "Group of the phonebook",
    "smseagle-contact": "Contact of the phonebook",
}
MESSAGE_TYPES = {
    "smseagle-sms": "SMS",
    "smseagle-ring": "Ring call",
    "smseagle-tts": "Call that reads the text",
    "smseagle-tts-advanced": "Call that reads the text with a chosen voice",
}
SMS, ADVANCED = "smseagle-sms", "smseagle-tts-advanced"
# Where an SMS to which recipients, and which call, is asked for.
V1_SMS = {
    "smseagle-to": ("send_sms", "to"),
    "smseagle-group": ("send_togroup", "groupname"),
    "smseagle-contact": ("send_tocontact", "contactname"),
}
V1_CALLS = {"smseagle-ring": "ring_call", "smseagle-tts": "tts_call", ADVANCED: "tts_adv_call"}
V2_PATHS = {
    SMS: "messages/sms",
    "smseagle-ring": "calls/ring",
    "smseagle-tts": "calls/tts",
    ADVANCED: "calls/tts_advanced",
}
USUAL_DURATION = 10  # seconds that a call rings or waits
USUAL_VOICE = 1
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

V1 = kit.when("smseagleApiType", "smseagle-apiv1")
V2 = kit.when("smseagleApiType", "smseagle-apiv2")
CALL = kit.when("smseagleMsgType", "smseagle-ring", "smseagle-tts", ADVANCED)
LIST = "Several are separated by commas."


class SmsEagleOptions(kit.ServiceOptions):
    """Which device tells whom, and how."""

    device: str = kit.url(
        "Your SMSEagle device URL", "smseagleUrl", required=True, placeholder="http://127.0.0.1"
    )
    token: str = kit.secret("API Access token", "smseagleToken", required=True)
    api: str = kit.select("API Version", "smseagleApiType", "smseagle-apiv1", API_TYPES)
    recipient_type: str = kit.select(
        "Recipient Type", "smseagleRecipientType", "smseagle-to", RECIPIENT_TYPES, shown_when=V1
    )
    recipient: str = kit.text("Recipients", "smseagleRecipient", required=True, help=LIST, shown_when=V1)
    phones: str = kit.text("Phone Numbers", "smseagleRecipientTo", help=LIST, shown_when=V2)
    groups: str = kit.text("Phonebook Group IDs", "smseagleRecipientGroup", help=LIST, shown_when=V2)
    contacts: str = kit.text("Phonebook Contact IDs", "smseagleRecipientContact", help=LIST, shown_when=V2)
    kind: str = kit.select("Message Type", "smseagleMsgType", SMS, MESSAGE_TYPES)
    priority: int | None = kit.number(
        "Priority", "smseaglePriority", minimum=0, maximum=9, placeholder="0", help="9 is the highest."
    )
    unicode: bool = kit.switch(
        "Send as Unicode", "smseagleEncoding", help="For letters that the 7-bit alphabet of SMS lacks."
    )
    duration: int | None = kit.number(
        "Duration", "smseagleDuration", minimum=0, maximum=30, unit="s", placeholder="10", shown_when=CALL
    )
    voice: int | None = kit.number(
        "Text-to-speech Model ID",
        "smseagleTtsModel",
        placeholder="1",
        shown_when=kit.when("smseagleMsgType", ADVANCED),
    )


class SmsEagle(kit.HttpService[SmsEagleOptions]):
    """An SMS or a call of an SMSEagle device."""

    name, label, groups = "SMSEagle", "SMSEagle", ("sms",)
    documentation = "https://www.smseagle.eu/docs/apiv2/"
    description = "Sends an SMS or makes a call with an SMSEagle device of your own."

    def request(self, o: SmsEagleOptions, news: kit.News) -> kit.Call:
        """By the interface that the device has."""
        duration = USUAL_DURATION if o.duration is None else o.duration
        voice = USUAL_VOICE if o.voice is None else o.voice
        call = {"duration": duration, "voice_id": voice if o.kind == ADVANCED else None}
        return (second if o.api == "smseagle-apiv2" else first)(o, news.text, call)

    def refusal(self, answer: kit.Answer) -> str:
        """API v1 answers `OK; ID=…`; v2 lists what became of every recipient."""
        if isinstance(answer.json, list):
            taken = "queued" in (answer.at(place, "status") for place in range(len(answer.json)))
        else:
            taken = "OK" in answer.text
        return "" if taken else f"SMSEagle did not take the message: {answer.text or 'an empty answer'}"


def first(o: SmsEagleOptions, text: str, call: dict[str, int | None]) -> kit.Call:
    """A request of API v1; groups and contacts can get an SMS only."""
    method, recipient = V1_SMS.get(o.recipient_type, V1_SMS["smseagle-to"])
    call_method = V1_CALLS.get(o.kind) if recipient == "to" else None
    sms = {"unicode": int(o.unicode), "highpriority": o.priority or 0}
    return kit.Call(f"{address(o)}/http_api/{call_method or method}", "GET", headers=FORM, query={
        "access_token": o.token,
        recipient: o.recipient,
        **({"duration": call["duration"]} if call_method else sms),
        "message": text,
        "voice_id": call["voice_id"] if call_method else None,
    })  # fmt: skip


def second(o: SmsEagleOptions, text: str, call: dict[str, int | None]) -> kit.Call:
    """A request of API v2."""
    path = V2_PATHS.get(o.kind, V2_PATHS[SMS])
    return kit.Call(f"{address(o)}/api/v2/{path}", headers={"access-token": o.token}, json={
        "text": text,
        "encoding": "unicode" if o.unicode else "standard",
        "priority": o.priority or 0,
        "to": listed(o.phones),
        "groups": numbered(o.groups),
        "contacts": numbered(o.contacts),
        **(call if o.kind in V1_CALLS else {}),
    })  # fmt: skip


def address(o: SmsEagleOptions) -> str:
    """Of the device, without slashes at its end."""
    return o.device.strip().rstrip("/")


def listed(text: str) -> list[str] | None:
    """What stands between commas; None when nothing does."""
    return kit.comma_list(text) or None


def numbered(text: str) -> list[int] | None:
    """The numbers between commas; None when there are none. Raises DeliveryFailed."""
    try:
        return [int(item) for item in listed(text) or ()] or None
    except ValueError:
        reason = "IDs of groups and contacts are numbers, separated by commas."
        raise kit.DeliveryFailed(reason, permanent=True) from None
