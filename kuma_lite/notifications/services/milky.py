"""Milky: a message of a QQ bot."""

from __future__ import annotations

from kuma_lite.notifications.services import kit


class MilkyOptions(kit.ServiceOptions):
    """Which bot writes to whom."""

    address: str = kit.text(
        "Milky HTTP Address",
        "httpAddr",
        required=True,
        placeholder="http://127.0.0.1:3000",
        help="Without /api at its end.",
    )
    token: str = kit.secret("AccessToken", "accessToken", required=True)
    whom: str = kit.select(
        "Milky Message Type", "msgType", "private", {"group": "Group", "private": "Private"}
    )
    receiver: str = kit.text("Group/User ID", "recieverId", required=True)


class Milky(kit.HttpService[MilkyOptions]):
    """A QQ message through a Milky server."""

    name, label, groups = "Milky", "Milky(QQ)", ("chat",)
    documentation = "https://milky.ntqqrev.org"
    description = "Sends a QQ message through your Milky server."

    def request(self, o: MilkyOptions, news: kit.News) -> kit.Call:
        """One piece of text."""
        address = o.address.strip().rstrip("/")
        url = address if "://" in address else f"http://{address}"
        action, key = ("group", "group_id") if o.whom == "group" else ("private", "user_id")
        text = {"type": "text", "data": {"text": f"UptimeKuma Alert: {news.text}"}}
        body = {"message": [text], key: o.receiver.strip()}
        return kit.Call(f"{url}/api/send_{action}_message", headers=kit.bearer(o.token), json=body)

    def refusal(self, answer: kit.Answer) -> str:
        """Refusals come with status 200 and `failed`."""
        said = answer.at("message") or answer.text
        return f"Milky refused: {said}" if answer.at("status") == "failed" else ""
