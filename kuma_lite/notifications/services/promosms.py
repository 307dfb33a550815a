"""PromoSMS: an SMS."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://promosms.com/api/rest/v3_2/sms"
MAX_CHARS = 159  # of one SMS
MAX_LONG_CHARS = 639  # of several that phones join
TYPES = {"0": "SMS FLASH", "1": "SMS ECO", "3": "SMS FULL", "4": "SMS SPEED"}


class PromoSmsOptions(kit.ServiceOptions):
    """Whose account sends to which number."""

    login: str = kit.text("API Login Name", "promosmsLogin", required=True)
    password: str = kit.secret("API Password", "promosmsPassword", required=True)
    kind: str = kit.select(
        "SMS Type",
        "promosmsSMSType",
        "",
        TYPES,
        form_default="3",
        help="FLASH opens by itself on the phone, ECO is cheap and slow and for Polish numbers only, "
        "FULL shows a registered sender name, SPEED goes before all others.",
    )
    phone: str = kit.text("Phone Number", "promosmsPhoneNumber", required=True, placeholder="48500000000")
    sender: str = kit.text(
        "Sender Name", "promosmsSenderName", help="3 to 11 characters, as registered with PromoSMS."
    )
    long: bool = kit.switch("Allow long SMS", "promosmsAllowLongSMS")


class PromoSms(kit.HttpService[PromoSmsOptions]):
    """An SMS through PromoSMS."""

    name, label, groups = "promosms", "PromoSMS", ("regional",)
    documentation = "https://promosms.com/rest-api/"
    description = "Sends an SMS through PromoSMS, for Poland."

    def request(self, o: PromoSmsOptions, news: kit.News) -> kit.Call:
        """One recipient; without a type the number is null, as Uptime Kuma 2.5 sends it."""
        text = kit.sms.ascii_only(news.text)
        headers = {"Accept": "text/json", **kit.basic(o.login, o.password)}
        return kit.Call(API, headers=headers, json={
            "recipients": [o.phone],
            "text": kit.limited(text, MAX_LONG_CHARS if o.long else MAX_CHARS, end=""),
            "long-sms": o.long,
            "type": int(o.kind) if o.kind.isdecimal() else kit.Exactly(None),
            "sender": o.sender,
        })  # fmt: skip

    def refusal(self, answer: kit.Answer) -> str:
        """A status other than 0 is an error."""
        status = answer.at("response", "status")
        return "" if status == 0 else f"PromoSMS did not take the message, status {status}."
