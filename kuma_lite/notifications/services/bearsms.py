"""BearSMS: an SMS."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://app.bearsms.com/index.php"


class BearSmsOptions(kit.ServiceOptions):
    """Whose account sends to which number."""

    username: str = kit.text("API Username", "bearsmsUsername", required=True)
    key: str = kit.secret("Hash Key", "bearsmsHashKey", required=True)
    sender: str = kit.text("From Name/Number", "bearsmsSenderId", help="Up to 11 characters.")
    phone: str = kit.text("Recipient Number", "bearsmsPhoneNumber", required=True, placeholder="972500000000")


class BearSms(kit.HttpService[BearSmsOptions]):
    """An SMS through BearSMS."""

    name, label, groups = "bearsms", "BearSMS (Israel)", ("regional",)
    documentation = "https://www.bearsms.com/"
    description = "Sends an SMS through BearSMS, for Israel."

    def request(self, o: BearSmsOptions, news: kit.News) -> kit.Call:
        """All in the query."""
        text = kit.sms.without_signs(news.text)
        return kit.Call(API, "GET", query={
            "app": "ws",
            "u": o.username,
            "h": o.key,
            "op": "pv",
            "to": o.phone,
            "msg": text,
            "from": o.sender,
            "unicode": None if text.isascii() else "1",
        })  # fmt: skip

    def refusal(self, answer: kit.Answer) -> str:
        """A list of what became of every message; one OK is enough, an error beside it is none."""
        sent = answer.at("data") if isinstance(answer.at("data"), list) else []
        taken = "OK" in (answer.at("data", place, "status") for place in range(len(sent)))
        error = answer.at("error_string")
        if taken and not error and answer.at("status") != "ERR":
            return ""
        return f"BearSMS did not take the message: {error or answer.text}"
