"""Zoho Cliq: a message in a channel."""

from __future__ import annotations

from kuma_lite.notifications.services import kit


class ZohoCliqOptions(kit.ServiceOptions):
    """Which channel."""

    webhook: str = kit.secret(
        "Webhook URL",
        "webhookUrl",
        required=True,
        help="The API endpoint of a channel or bot, with a webhook token as zapikey. See "
        "https://www.zoho.com/cliq/help/platform/webhook-tokens.html.",
    )


class ZohoCliq(kit.HttpService[ZohoCliqOptions]):
    """A message in a Zoho Cliq channel."""

    name, label, groups = "ZohoCliq", "ZohoCliq", ("chat",)
    documentation = "https://www.zoho.com/cliq/help/restapi/v2/#Post_Message_Channel"
    description = "Posts to a Zoho Cliq channel."

    def request(self, o: ZohoCliqOptions, news: kit.News) -> kit.Call:
        """What happened, why, and to which address."""
        up, down = f"### ✅ [{news.name}] is back online", f"🔴 [{news.name}] went down"
        lines = [news.pick(up, down, "Notification"), "", f"*Description:* {news.msg or news.text}"]
        address = [f"*URL:* {news.address}"] if news.address else []
        return kit.Call(o.webhook.strip(), json={"text": "\n".join([*lines, *address])})
