"""Slack: a message of an incoming webhook, https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks."""

from __future__ import annotations

from dataclasses import replace

from kuma_lite.notifications.services import kit

# Longer texts are refused by Slack.
MAX_HEADER = 150
MAX_FIELD = 2_000
MENTION = " <!channel>"


class SlackOptions(kit.ServiceOptions):
    """Which webhook, and how the message looks."""

    webhook: str = kit.secret("Webhook URL", "slackwebhookURL", required=True)
    username: str = kit.text("Username", "slackusername")
    emoji: str = kit.text("Icon Emoji", "slackiconemo", placeholder=":bear:")
    channel: str = kit.text("Channel Name", "slackchannel")
    rich: bool = kit.switch("Send rich messages", "slackrichmessage", section="content")
    with_group: bool = kit.switch("Include monitor group name", "slackIncludeGroupName", True)
    use_template: bool = kit.switch("Use custom message template", "slackUseTemplate", section="content")
    template: str = kit.area(
        "Message Template",
        "slackTemplate",
        required=True,
        section="content",
        help="A Liquid template.",
        shown_when=kit.when("slackUseTemplate", True),
    )
    notify: bool = kit.switch("Notify Channel", "slackchannelnotify")


class Slack(kit.HttpService[SlackOptions]):
    """A message in a Slack channel."""

    name, label, groups = "slack", "Slack", ("chat",)
    description = "Posts to a Slack channel through an incoming webhook."

    def request(self, o: SlackOptions, news: kit.News) -> kit.Call:
        """Plain, rich, or the user's own template."""
        mention = MENTION if o.notify else ""
        text = f"{news.text}{mention}"
        group = f"_{news.group}_" if o.with_group and news.group else ""
        plain = "\n".join(filter(None, (group, news.name, text)))
        templated = replace(news, text=text).templated(o.template) if o.use_template and news.is_beat else ""
        attachment = {"color": news.pick("#2eb886", "#e01e5a"), "blocks": blocks(news, mention, group)}
        return kit.Call(o.webhook, json={
            "text": templated or (text if o.rich else plain),
            "channel": o.channel,
            "username": o.username,
            "icon_emoji": o.emoji,
            "attachments": ([attachment] if o.rich else []) if news.is_beat and not templated else None,
        })  # fmt: skip


def blocks(news: kit.News, mention: str, group: str) -> list[dict[str, object] | None]:
    """Name, group, message and time, buttons."""
    links = {"Visit Uptime Kuma": ("Uptime-Kuma", news.link), "Visit site": ("Site", news.url)}
    buttons = [
        {"type": "button", "text": {"type": "plain_text", "text": label}, "value": value, "url": url}
        for label, (value, url) in links.items()
        if url
    ]
    message = kit.limited(f"*Message*\n{news.text}", MAX_FIELD - len(mention)) + mention
    fields = [message, f"*Time ({news.zone})*\n{news.local_time}"]
    shown = [{"type": "mrkdwn", "text": field} for field in fields]
    name = {"type": "plain_text", "text": kit.limited(news.name, MAX_HEADER)}
    return [
        {"type": "header", "text": name},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": group}]} if group else None,
        {"type": "section", "fields": shown},
        {"type": "actions", "elements": buttons} if buttons else None,
    ]
