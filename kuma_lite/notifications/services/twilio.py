"""Twilio: an SMS."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://api.twilio.com/2010-04-01/Accounts"
FORM = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}
MAX_UNITS = 1_600  # of a message; a longer one is refused


class TwilioOptions(kit.ServiceOptions):
    """Whose account sends to which number."""

    account: str = kit.text("Account SID", "twilioAccountSID", required=True)
    api_key: str = kit.secret(
        "API Key", "twilioApiKey", help="Optional: signs in with a key instead of the whole account."
    )
    service: str = kit.text(
        "Messaging Service SID", "twilioMessagingServiceSID", help="Optional: lets a service pick the sender."
    )
    token: str = kit.secret("Auth Token / API Key Secret", "twilioAuthToken", required=True)
    sender: str = kit.text("From Number", "twilioFromNumber", required=True, placeholder="+15551234567")
    recipient: str = kit.text("To Number", "twilioToNumber", required=True, placeholder="+15559876543")


class Twilio(kit.HttpService[TwilioOptions]):
    """An SMS through Twilio."""

    name, label, groups = "twilio", "Twilio", ("sms",)
    documentation = "https://www.twilio.com/docs/messaging/api/message-resource"
    description = "Sends an SMS through a Twilio account."

    def request(self, o: TwilioOptions, news: kit.News) -> kit.Call:
        """Create a message; a key signs in instead of the account where there is one."""
        return kit.Call(
            f"{API}/{kit.quoted(o.account.strip())}/Messages.json",
            headers={**FORM, **kit.basic(o.api_key or o.account, o.token)},
            form={
                "To": o.recipient,
                "From": o.sender,
                "Body": kit.limited(news.text, MAX_UNITS, kit.Unit.UTF16),
                "MessagingServiceSid": o.service,
            },
        )
