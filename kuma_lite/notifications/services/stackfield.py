"""Stackfield: a message in a room."""

from __future__ import annotations

from kuma_lite.notifications.services import kit


class StackfieldOptions(kit.ServiceOptions):
    """Which room."""

    webhook: str = kit.secret(
        "Webhook URL",
        "stackfieldwebhookURL",
        required=True,
        help="From the settings of a room, under Integrations.",
    )


class Stackfield(kit.HttpService[StackfieldOptions]):
    """A message in a Stackfield room."""

    name, label, groups = "stackfield", "Stackfield", ("chat",)
    documentation = "https://help.stackfield.com/en/help/stackfield-api-webhooks/"
    description = "Posts to a Stackfield room through its webhook."

    def request(self, o: StackfieldOptions, news: kit.News) -> kit.Call:
        """The text under a headline, with a link to the monitor or to our page."""
        page = news.link or (news.base_url and f"{news.base_url}/")
        name = f"*{news.name}*" if news.is_beat else ""
        lines = ["+Uptime Kuma Alert+", name, news.text, page]
        return kit.Call(o.webhook.strip(), json={"Title": "\n".join(line for line in lines if line)})
