"""seven.io: an SMS."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://gateway.seven.io/api/sms"
SENDER = "Uptime Kuma"


class SevenIoOptions(kit.ServiceOptions):
    """Whose account sends to which number."""

    api_key: str = kit.secret("API Key", "sevenioApiKey", required=True)
    sender: str = kit.text(
        "Sender",
        "sevenioSender",
        placeholder=SENDER,
        help="Up to 11 letters and digits, or a number of up to 16 digits.",
    )
    # Uptime Kuma stores a number, which cannot begin with 0; what is stored is sent as it is.
    receiver: str | int = kit.text("Receiver", "sevenioReceiver", required=True, placeholder="491700000000")


class SevenIo(kit.HttpService[SevenIoOptions]):
    """An SMS through seven.io."""

    name, label, groups = "SevenIO", "SevenIO", ("sms",)
    documentation = "https://docs.seven.io/en/rest-api/endpoints/sms"
    description = "Sends an SMS through seven.io."

    def request(self, o: SevenIoOptions, news: kit.News) -> kit.Call:
        """A sentence about the monitor."""
        service = (
            f"Your service {news.name} ({news.address})" if news.address else f"Your service {news.name}"
        )
        when = f"{news.local_time} ({news.zone})"
        up = f"{service} went back up at {when}."
        down = f"{service} went down at {when}. Error: {news.msg}"
        text = news.pick(up, down, news.text)
        message = {"to": o.receiver, "from": o.sender or SENDER, "text": text}
        return kit.Call(API, json=message, headers={"X-API-Key": o.api_key})
