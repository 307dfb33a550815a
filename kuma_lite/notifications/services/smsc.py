"""SMSC: an SMS."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://smsc.kz/sys/send.php"
HEADERS = {"Content-Type": "application/json", "Accept": "text/json"}
ANSWER_AS_JSON = "3"
TRANSLITERATIONS = {"0": "None", "1": "translit", "2": "mpaHc/Ium"}


class SmscOptions(kit.ServiceOptions):
    """Whose account sends to which number."""

    login: str = kit.text("API Username", "smscLogin", required=True)
    password: str = kit.secret("API Key", "smscPassword", required=True)
    phone: str = kit.text("Recipient Number", "smscToNumber", required=True, placeholder="77770000000")
    sender: str = kit.text(
        "From Name/Number", "smscSenderName", help="Up to 15 characters; empty means that of the account."
    )
    translit: str = kit.select("Transliteration", "smscTranslit", "0", TRANSLITERATIONS, required=True)


class Smsc(kit.HttpService[SmscOptions]):
    """An SMS through SMSC."""

    name, label, groups = "smsc", "SMSC", ("regional",)
    documentation = "https://smsc.kz/api/http/"
    description = "Sends an SMS through SMSC, for Kazakhstan and Russia."

    def request(self, o: SmscOptions, news: kit.News) -> kit.Call:
        """All in the query."""
        return kit.Call(API, "GET", headers=HEADERS, query={
            "fmt": ANSWER_AS_JSON,
            "translit": o.translit,
            "login": o.login,
            "psw": o.password,
            "phones": o.phone,
            "mes": kit.sms.ascii_only(news.text),
            "sender": o.sender,
        })  # fmt: skip

    def refusal(self, answer: kit.Answer) -> str:
        """A message that was taken has an ID."""
        reason = answer.at("error") or answer.text
        return "" if answer.at("id") is not None else f"SMSC did not take the message: {reason}"
