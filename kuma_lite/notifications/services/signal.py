"""Signal: a message through a signal-cli-rest-api server."""

from __future__ import annotations

from kuma_lite.notifications.services import kit


class SignalOptions(kit.ServiceOptions):
    """Who sends to whom, through which server."""

    address: str = kit.url(
        "Post URL",
        "signalURL",
        required=True,
        placeholder="http://localhost:8080/v2/send",
        help="Where your signal-cli-rest-api server takes messages.",
    )
    number: str = kit.text("Number", "signalNumber", required=True, help="The sender's, with country code.")
    recipients: str = kit.text(
        "Recipients",
        "signalRecipients",
        required=True,
        help="Numbers with country code and group ids, commas between them.",
    )
    use_template: bool = kit.switch("Use custom message template", "signalUseTemplate", section="content")
    template: str = kit.template(
        "Message Template",
        "signalTemplate",
        required=True,
        placeholder="{{ status }} {{ name }}: {{ msg }}",
        help="A Liquid template.",
        shown_when=kit.when("signalUseTemplate", True),
    )


class Signal(kit.HttpService[SignalOptions]):
    """A message to people and groups on Signal."""

    name, label, groups = "signal", "Signal", ("chat",)
    documentation = "https://bbernhard.github.io/signal-cli-rest-api/"
    description = "Sends a Signal message through your signal-cli-rest-api server."

    def request(self, o: SignalOptions, news: kit.News) -> kit.Call:
        """One message to all receivers."""
        recipients = "".join(o.recipients.split()).split(",")
        return kit.Call(o.address, json={
            "message": (o.use_template and news.templated(o.template)) or news.text,
            "number": o.number,
            "recipients": [recipient for recipient in recipients if recipient],
        })  # fmt: skip
