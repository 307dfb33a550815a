"""Onesender: a WhatsApp message through a gateway of one's own."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

RECEIVERS = {"private": "Private number", "group": "Group ID"}


class OnesenderOptions(kit.ServiceOptions):
    """Which gateway writes to whom."""

    url: str = kit.url(
        "Host Onesender",
        "onesenderURL",
        required=True,
        placeholder="https://xxxxxxxxxxx.com/api/v1/messages",
        help="With the path of the API.",
    )
    token: str = kit.secret("Token Onesender", "onesenderToken", required=True)
    whom: str = kit.select("Recipient Type", "onesenderTypeReceiver", "private", RECEIVERS, required=True)
    receiver: str = kit.text(
        "Recipient",
        "onesenderReceiver",
        required=True,
        placeholder="628123456789 or 628123456789-34534",
        help="A phone number or the ID of a group, without @ and what follows it.",
    )


class Onesender(kit.HttpService[OnesenderOptions]):
    """A WhatsApp message through Onesender."""

    name, label, groups = "Onesender", "Onesender", ("sms",)
    documentation = "https://onesender.net"
    description = "Sends a WhatsApp message through your Onesender gateway."

    def request(self, o: OnesenderOptions, news: kit.News) -> kit.Call:
        """The text, with the monitor and the heartbeat beside it for gateways that forward them."""
        private = o.whom == "private"
        return kit.Call(o.url.strip(), headers=kit.bearer(o.token), json={
            "heartbeat": kit.Exactly(news.heartbeat),
            "monitor": kit.Exactly(news.monitor),
            "msg": news.text,
            "to": f"{o.receiver.strip()}@{'s.whatsapp.net' if private else 'g.us'}",
            "type": "text",
            "recipient_type": "individual" if private else "group",
            "text": {"body": news.text},
        })  # fmt: skip
