"""SerwerSMS.pl: an SMS."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://api2.serwersms.pl/messages/send_sms"
TYPES = {"phone": "Phone Number", "group": "Group"}

ONE = kit.when("serwersmsRecipientType", "phone", "")
GROUP = kit.when("serwersmsRecipientType", "group")


class SerwerSmsOptions(kit.ServiceOptions):
    """Whose account sends to whom."""

    username: str = kit.text(
        "API Username", "serwersmsUsername", required=True, help="Of an API user; begins with webapi_."
    )
    password: str = kit.secret("API Password", "serwersmsPassword", required=True)
    kind: str = kit.select("Recipient Type", "serwersmsRecipientType", "phone", TYPES)
    phone: str = kit.text("Phone Number", "serwersmsPhoneNumber", required=True, shown_when=ONE)
    group: str = kit.text("Group ID", "serwersmsGroupId", required=True, shown_when=GROUP)
    sender: str = kit.text(
        "SMS Sender Name",
        "serwersmsSenderName",
        help="3 to 11 characters, as registered in the customer panel; empty means a number.",
    )


class SerwerSms(kit.HttpService[SerwerSmsOptions]):
    """An SMS through SerwerSMS.pl."""

    name, label, groups = "serwersms", "SerwerSMS.pl", ("regional",)
    documentation = "https://dev.serwersms.pl/https-api-v2/wiadomosci"
    description = "Sends an SMS through SerwerSMS, for Poland."

    def request(self, o: SerwerSmsOptions, news: kit.News) -> kit.Call:
        """To a number or to a group of the account."""
        grouped = o.kind == "group"
        return kit.Call(API, json={
            "username": o.username,
            "password": o.password,
            "text": kit.sms.ascii_only(news.text),
            "sender": o.sender,
            "group_id" if grouped else "phone": o.group if grouped else o.phone,
        })  # fmt: skip

    def refusal(self, answer: kit.Answer) -> str:
        """`success` must be true; the error has a code, a type and a message."""
        code, kind, message = (answer.at("error", key) for key in ("code", "type", "message"))
        reason = f"{message} ({kind}, code {code})" if code is not None else answer.text
        return "" if answer.at("success") is True else f"SerwerSMS did not take the message: {reason}"
