"""Telnyx: an SMS."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://api.telnyx.com/v2/messages"
# An SMS may have ten parts; a longer one is refused.
MAX_SEPTETS = 10 * 153  # of an SMS in this alphabet
MAX_UNITS = 10 * 67  # of one with any other character


class TelnyxOptions(kit.ServiceOptions):
    """Whose account sends to which number."""

    api_key: str = kit.secret("API Key (V2)", "telnyxApiKey", required=True)
    sender: str = kit.text("From Number", "telnyxPhoneNumber", required=True, placeholder="+15551234567")
    recipient: str = kit.text("To Number", "telnyxToNumber", required=True, placeholder="+15559876543")
    profile: str = kit.text(
        "Messaging Profile ID", "telnyxMessagingProfileId", help="Optional, for senders that have several."
    )


class Telnyx(kit.HttpService[TelnyxOptions]):
    """An SMS through Telnyx."""

    name, label, groups = "telnyx", "Telnyx", ("sms",)
    documentation = "https://developers.telnyx.com/docs/messaging/messages/send-message"
    description = "Sends an SMS through Telnyx."

    def request(self, o: TelnyxOptions, news: kit.News) -> kit.Call:
        """Create a message."""
        return kit.Call(API, headers=kit.bearer(o.api_key), json={
            "from": o.sender,
            "to": o.recipient,
            "text": kit.sms.fitted(news.text, MAX_SEPTETS, MAX_UNITS),
            "messaging_profile_id": o.profile,
        })  # fmt: skip
