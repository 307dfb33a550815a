"""Cellsynt: an SMS."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://se-1.cellsynt.net/sms.php"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ORIGINATORS = {"alpha": "Text", "numeric": "Phone number"}
MOST_PARTS = 6  # that phones join to one long SMS


class CellsyntOptions(kit.ServiceOptions):
    """Whose account sends to which number."""

    username: str = kit.text("Username", "cellsyntLogin", required=True)
    password: str = kit.secret("Password", "cellsyntPassword", required=True)
    originator_type: str = kit.select(
        "Originator Type", "cellsyntOriginatortype", "alpha", ORIGINATORS, required=True
    )
    originator: str = kit.text(
        "Originator",
        "cellsyntOriginator",
        "uptimekuma",
        required=True,
        help="What the phone shows as the sender: up to 11 letters and digits, or up to 15 digits.",
    )
    destination: str = kit.text(
        "Destination",
        "cellsyntDestination",
        required=True,
        placeholder="0046700000000",
        help="With 00 and the country code; several are separated by commas.",
    )
    long: bool = kit.switch("Allow long SMS", "cellsyntAllowLongSMS")


class Cellsynt(kit.HttpService[CellsyntOptions]):
    """An SMS through Cellsynt."""

    name, label, groups = "Cellsynt", "Cellsynt", ("sms",)
    documentation = "https://www.cellsynt.com/en/sms/api-integration"
    description = "Sends an SMS through Cellsynt."

    def request(self, o: CellsyntOptions, news: kit.News) -> kit.Call:
        """All in the query, with an empty body."""
        return kit.Call(API, headers=FORM, query={
            "username": o.username,
            "password": o.password,
            "destination": o.destination,
            "text": kit.sms.ascii_only(news.text),
            "originatortype": o.originator_type,
            "originator": o.originator,
            "allowconcat": MOST_PARTS if o.long else 1,
        })  # fmt: skip

    def refusal(self, answer: kit.Answer) -> str:
        """`OK: …` or `Error: …`."""
        said = answer.text.strip()
        reason = said.removeprefix("Error:").strip() or "an empty answer"
        return "" if said.startswith("OK") else f"Cellsynt did not take the message: {reason}"
