"""ClickSend: an SMS."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://rest.clicksend.com/v3/sms/send"
TAKEN = "SUCCESS"


class ClickSendOptions(kit.ServiceOptions):
    """Whose account sends to which number."""

    username: str = kit.text("API Username", "clicksendsmsLogin", required=True)
    api_key: str = kit.secret(
        "API Key",
        "clicksendsmsPassword",
        required=True,
        help="The API key of an account or subaccount, https://dashboard.clicksend.com/account/subaccounts.",
    )
    recipient: str = kit.text(
        "Recipient Number", "clicksendsmsToNumber", required=True, placeholder="+15559876543"
    )
    sender: str = kit.text(
        "From Name/Number",
        "clicksendsmsSenderName",
        help="3 to 11 letters, or a number of yours; empty means a number that is shared with others. See "
        "https://help.clicksend.com/article/4kgj7krx00-what-is-a-sender-id-or-sender-number.",
    )


class ClickSend(kit.HttpService[ClickSendOptions]):
    """An SMS through ClickSend."""

    name, label, groups = "clicksendsms", "ClickSend SMS", ("sms",)
    documentation = "https://developers.clicksend.com/docs/messaging/sms/"
    description = "Sends an SMS through ClickSend."

    def request(self, o: ClickSendOptions, news: kit.News) -> kit.Call:
        """A list of one message."""
        message = {
            "body": kit.sms.ascii_only(news.text),
            "to": o.recipient,
            "source": "uptime-kuma",
            "from": o.sender,
        }
        headers = {"Accept": "text/json", **kit.basic(o.username, o.api_key)}
        return kit.Call(API, json={"messages": [message]}, headers=headers)

    def refusal(self, answer: kit.Answer) -> str:
        """The request succeeds when its messages do not."""
        status = answer.at("data", "messages", 0, "status")
        return "" if status == TAKEN else f"ClickSend did not take the message: {status or answer.text}"
