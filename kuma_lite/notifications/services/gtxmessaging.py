"""GTX Messaging: an SMS."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://rest.gtx-messaging.net/smsc/sendsms"
FORM = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}


class GtxMessagingOptions(kit.ServiceOptions):
    """Whose account sends to which number."""

    api_key: str = kit.secret("API Key", "gtxMessagingApiKey", required=True)
    sender: str = kit.text(
        "From", "gtxMessagingFrom", required=True, help="A number, or up to 11 letters and digits (TPOA)."
    )
    recipient: str = kit.text("To Phone Number", "gtxMessagingTo", required=True, placeholder="+491700000000")


class GtxMessaging(kit.HttpService[GtxMessagingOptions]):
    """An SMS through GTX Messaging."""

    name, label, groups = "gtxmessaging", "GtxMessaging", ("sms",)
    documentation = "https://www.gtx-messaging.com/en/api-docs/sms-rest-api/"
    description = "Sends an SMS through GTX Messaging."

    def request(self, o: GtxMessagingOptions, news: kit.News) -> kit.Call:
        """The key is part of the path."""
        text = kit.sms.without_signs(news.text)
        form = {"from": o.sender.strip(), "to": o.recipient.strip(), "text": text}
        return kit.Call(f"{API}/{kit.quoted(o.api_key.strip())}/json", form=form, headers=FORM)
