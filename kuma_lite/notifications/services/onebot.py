"""OneBot: a message of a QQ bot."""

from __future__ import annotations

from kuma_lite.notifications.services import kit


class OneBotOptions(kit.ServiceOptions):
    """Which bot writes to whom."""

    address: str = kit.text(
        "OneBot HTTP Address", "httpAddr", required=True, placeholder="http://127.0.0.1:5700"
    )
    token: str = kit.secret("AccessToken", "accessToken", required=True)
    whom: str = kit.select(
        "OneBot Message Type", "msgType", "private", {"group": "Group", "private": "Private"}
    )
    receiver: str = kit.text("Group/User ID", "recieverId", required=True)


class OneBot(kit.HttpService[OneBotOptions]):
    """A QQ message through a OneBot server."""

    name, label, groups = "OneBot", "OneBot", ("chat",)
    documentation = "https://github.com/botuniverse/onebot-11/blob/master/api/public.md"
    description = "Sends a QQ message through your OneBot server."

    def request(self, o: OneBotOptions, news: kit.News) -> kit.Call:
        """The text, whose codes are not read."""
        address = o.address.strip().rstrip("/")
        url = address if "://" in address else f"http://{address}"
        is_group = o.whom == "group"
        return kit.Call(f"{url}/send_msg", headers=kit.bearer(o.token), json={
            "auto_escape": True,
            "message": f"UptimeKuma Alert: {news.text}",
            "message_type": "group" if is_group else "private",
            "group_id" if is_group else "user_id": o.receiver.strip(),
        })  # fmt: skip

    def refusal(self, answer: kit.Answer) -> str:
        """Refusals come with status 200 and `failed`."""
        said = answer.at("wording") or answer.at("message") or answer.text
        return f"OneBot refused: {said}" if answer.at("status") == "failed" else ""
