"""Signal: a message through signal-cli-rest-api, https://github.com/bbernhard/signal-cli-rest-api."""

from __future__ import annotations

from kuma_lite.notifications.services import kit


class SignalOptions(kit.ServiceOptions):
    """Which server sends for which number to whom."""

    address: str = kit.url(
        "Post URL", "signalURL", required=True, placeholder="http://127.0.0.1:8080/v2/send"
    )
    number: str = kit.text("Number", "signalNumber", required=True)
    recipients: str = kit.text(
        "Recipients", "signalRecipients", required=True, help="Numbers and groups, with commas between."
    )
    use_template: bool = kit.switch("Use custom message template", "signalUseTemplate", section="content")
    template: str = kit.area(
        "Message Template",
        "signalTemplate",
        required=True,
        section="content",
        help="A Liquid template.",
        shown_when=kit.when("signalUseTemplate", True),
    )


class Signal(kit.HttpService[SignalOptions]):
    """A Signal message."""

    name, label, groups = "signal", "Signal", ("chat",)
    description = "Sends a Signal message through your signal-cli-rest-api."

    def request(self, o: SignalOptions, news: kit.News) -> kit.Call:
        """One message to all."""
        text = news.templated(o.template) if o.use_template else news.text
        recipients = "".join(o.recipients.split()).split(",")
        return kit.Call(o.address, json={"message": text, "number": o.number, "recipients": recipients})
