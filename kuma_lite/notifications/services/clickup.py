"""ClickUp: a message in a chat channel."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://api.clickup.com/api/v3"


class ClickUpOptions(kit.ServiceOptions):
    """Which channel."""

    token: str = kit.secret(
        "ClickUp API Token",
        "clickupToken",
        required=True,
        help="Settings → Apps → API Token; it begins with pk_.",
    )
    workspace: str = kit.text(
        "ClickUp Workspace ID",
        "clickupWorkspaceId",
        required=True,
        help="The number that follows app.clickup.com/ in the address of the page.",
    )
    channel: str = kit.text(
        "ClickUp Channel ID",
        "clickupChannelId",
        required=True,
        help="The last part of the channel's address.",
    )
    without_url: bool = kit.switch("Disable URL in Notification", "clickupDisableUrl", section="content")


class ClickUp(kit.HttpService[ClickUpOptions]):
    """A message in a ClickUp chat channel."""

    name, label, groups = "ClickUp", "ClickUp", ("chat",)
    documentation = "https://developer.clickup.com/reference/createchatmessage"
    description = "Posts to a channel of ClickUp Chat."

    def request(self, o: ClickUpOptions, news: kit.News) -> kit.Call:
        """The text with time and address, as Markdown."""
        workspace, channel = kit.quoted(o.workspace.strip()), kit.quoted(o.channel.strip())
        time = f"\n\n**Time ({news.zone}):** {news.local_time}" if news.is_beat else ""
        address = f"\n**Address:** {news.address}" if news.address and not o.without_url else ""
        return kit.Call(
            f"{API}/workspaces/{workspace}/chat/channels/{channel}/messages",
            headers={"Authorization": o.token.strip()},
            json={"type": "message", "content": news.text + time + address, "content_format": "text/md"},
        )
