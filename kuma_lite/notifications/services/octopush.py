"""Octopush: an SMS."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://api.octopush.com/v1/public/sms-campaign/send"
OLD_API = "https://www.octopush-dm.com/api/sms/json"
VERSIONS = {"2": "Octopush (api.octopush.com)", "1": "Octopush-DM (www.octopush-dm.com)"}
TYPES = {"sms_premium": "Premium", "sms_low_cost": "Low cost"}
PHONE = "With + and the country code."
SENDER = "3 to 11 letters, digits or blanks; empty means a number."
MAX_SEPTETS = 1_224  # of a message; a longer one is refused
NO_CACHE = {"cache-control": "no-cache"}

NEW = kit.when("octopushVersion", "2")
OLD = kit.when("octopushVersion", "1")


class OctopushOptions(kit.ServiceOptions):
    """Whose account sends to which number; the older interface has keys of its own."""

    version: str = kit.select("Octopush API Version", "octopushVersion", "2", VERSIONS)
    api_key: str = kit.secret("API Key", "octopushAPIKey", required=True, shown_when=NEW)
    login: str = kit.text("API Login", "octopushLogin", required=True, shown_when=NEW)
    kind: str = kit.select(
        "SMS Type", "octopushSMSType", "", TYPES, form_default="sms_premium", shown_when=NEW
    )
    phone: str = kit.text("Phone Number", "octopushPhoneNumber", required=True, help=PHONE, shown_when=NEW)
    sender: str = kit.text("Sender Name", "octopushSenderName", help=SENDER, shown_when=NEW)
    old_api_key: str = kit.secret("API Key", "octopushDMAPIKey", required=True, shown_when=OLD)
    old_login: str = kit.text("API Login", "octopushDMLogin", required=True, shown_when=OLD)
    old_kind: str = kit.select("SMS Type", "octopushDMSMSType", "", TYPES, shown_when=OLD)
    old_phone: str = kit.text(
        "Phone Number", "octopushDMPhoneNumber", required=True, help=PHONE, shown_when=OLD
    )
    old_sender: str = kit.text("Sender Name", "octopushDMSenderName", help=SENDER, shown_when=OLD)


class Octopush(kit.HttpService[OctopushOptions]):
    """An SMS through Octopush."""

    name, label, groups = "octopush", "Octopush", ("sms",)
    documentation = "https://dev.octopush.com/en/sms-gateway-api-documentation/send-sms/"
    description = "Sends an SMS through Octopush."

    def request(self, o: OctopushOptions, news: kit.News) -> kit.Call:
        """A campaign with one recipient."""
        text = kit.limited(kit.sms.ascii_only(news.text), MAX_SEPTETS, kit.Unit.SEPTETS, end="...")
        if o.version == "1":
            return old_request(o, text)
        if o.version != "2":
            raise kit.DeliveryFailed("Unknown Octopush version!", permanent=True)
        headers = {"api-key": o.api_key, "api-login": o.login, **NO_CACHE}
        return kit.Call(API, headers=headers, json={
            "recipients": [{"phone_number": o.phone}],
            "text": text,
            "type": o.kind,
            "purpose": "alert",
            "sender": o.sender,
        })  # fmt: skip

    def refusal(self, answer: kit.Answer) -> str:
        """The old interface answers 200 with a code, which is 000 when all is well."""
        code = answer.at("error_code")
        return "" if code in (None, "000") else f"Octopush error {answer.text}"


def old_request(o: OctopushOptions, text: str) -> kit.Call:
    """All in the query."""
    return kit.Call(OLD_API, json={}, headers=NO_CACHE, query={
        "user_login": o.old_login,
        "api_key": o.old_api_key,
        "sms_recipients": o.old_phone,
        "sms_sender": o.old_sender,
        "sms_type": "FR" if o.old_kind == "sms_premium" else "XXX",
        "transactional": "1",
        "sms_text": text,
    })  # fmt: skip
