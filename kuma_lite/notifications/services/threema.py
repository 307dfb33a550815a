"""Threema: a message of a gateway identity."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://msgapi.threema.ch/send_simple"
HEADERS = {"Accept": "*/*", "Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
MAX_BYTES = 3_500  # of a message; a longer one is refused
TYPES = {"identity": "Threema Identity", "phone": "Phone Number", "email": "E-mail Address"}
FIELDS = {"identity": "to", "phone": "phone", "email": "email"}


class ThreemaOptions(kit.ServiceOptions):
    """Which gateway identity writes to whom."""

    kind: str = kit.select(
        "Recipient Type", "threemaRecipientType", "", TYPES, required=True, form_default="identity"
    )
    recipient: str = kit.text(
        "Recipient",
        "threemaRecipient",
        required=True,
        help="An identity of 8 letters and digits, a phone number with its country code and without +, "
        "or an e-mail address.",
    )
    sender: str = kit.text(
        "Gateway ID", "threemaSenderIdentity", required=True, placeholder="*MYAPPID", help="In basic mode."
    )
    secret: str = kit.secret("Gateway ID Secret", "threemaSecret", required=True)


class Threema(kit.HttpService[ThreemaOptions]):
    """A message of a Threema gateway identity."""

    name, label, groups = "threema", "Threema", ("chat",)
    documentation = "https://gateway.threema.ch/en/developer/api"
    description = "Sends a Threema message through Threema Gateway."

    def request(self, o: ThreemaOptions, news: kit.News) -> kit.Call:
        """The recipient stands in a field that says what it is."""
        if o.kind not in FIELDS:
            raise kit.DeliveryFailed("Choose a recipient type.", permanent=True)
        text = kit.limited(news.text, MAX_BYTES, kit.Unit.BYTES)
        form = {"from": o.sender, "secret": o.secret, "text": text, FIELDS[o.kind]: o.recipient}
        return kit.Call(API, headers=HEADERS, form=form)
