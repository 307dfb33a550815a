"""46elks: an SMS."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://api.46elks.com/a1/sms"
FORM = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}


class ElksOptions(kit.ServiceOptions):
    """Whose account sends to which number."""

    username: str = kit.text(
        "API Username", "elksUsername", required=True, help="Shown at https://46elks.com/account."
    )
    password: str = kit.secret("API Password", "elksAuthToken", required=True)
    sender: str = kit.text(
        "From",
        "elksFromNumber",
        required=True,
        help="A number of yours, or up to 11 letters and digits. See https://46elks.se/kb/text-sender-id.",
    )
    recipient: str = kit.text(
        "To Number",
        "elksToNumber",
        required=True,
        placeholder="+46766861004",
        help="With its country code, see https://46elks.se/kb/e164.",
    )


class Elks(kit.HttpService[ElksOptions]):
    """An SMS through 46elks."""

    name, label, groups = "Elks", "46elks", ("sms",)
    documentation = "https://46elks.com/docs/send-sms"
    description = "Sends an SMS through 46elks."

    def request(self, o: ElksOptions, news: kit.News) -> kit.Call:
        """One SMS."""
        headers = {**FORM, **kit.basic(o.username, o.password)}
        form = {"from": o.sender, "to": o.recipient, "message": news.text}
        return kit.Call(API, form=form, headers=headers)
