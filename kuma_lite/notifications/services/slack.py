"""Slack: a message of an incoming webhook."""

from __future__ import annotations

import re

from kuma_lite.core.records import replace
from kuma_lite.notifications.services import kit

MAX_HEADER = 150  # characters of a header block; Slack refuses blocks with longer texts
MAX_FIELD = 2_000  # characters of a field of a section
EVERYBODY = " <!channel>"
MENTION = re.compile(r"<(?=[!@#])")  # how mentions of people and channels begin

TEMPLATED = kit.when("slackUseTemplate", True)


class SlackOptions(kit.ServiceOptions):
    """Which webhook, and how the message looks."""

    webhook: str = kit.secret("Webhook URL", "slackwebhookURL", required=True)
    username: str = kit.text("Username", "slackusername")
    emoji: str = kit.text(
        "Icon Emoji",
        "slackiconemo",
        placeholder=":bear:",
        help="The names are listed at https://www.webfx.com/tools/emoji-cheat-sheet/.",
    )
    channel: str = kit.text("Channel Name", "slackchannel", placeholder="#general")
    rich: bool = kit.switch("Send rich messages", "slackrichmessage", section="content")
    with_group: bool = kit.switch(
        "Include monitor group name", "slackIncludeGroupName", True, section="content"
    )
    use_template: bool = kit.switch("Use custom message template", "slackUseTemplate", section="content")
    template: str = kit.template(
        "Message Template",
        "slackTemplate",
        required=True,
        placeholder="{{ status }} {{ name }}: {{ msg }}",
        help="A Liquid template, used when a monitor goes down or up.",
        shown_when=TEMPLATED,
    )
    notify: bool = kit.switch(
        "Notify Channel", "slackchannelnotify", help="Mention everybody in the channel who is active."
    )
    button: str = kit.stored("slackbutton", "")  # our address, from before it was a setting of the server


class Slack(kit.HttpService[SlackOptions]):
    """A message in a Slack channel."""

    name, label, groups = "slack", "Slack", ("chat",)
    pace = kit.Pace(5, 5)  # a webhook takes one message a second, and short bursts
    documentation = "https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks"
    description = "Posts to a Slack channel through an incoming webhook."

    def request(self, o: SlackOptions, news: kit.News) -> kit.Call:
        """A template of the user's, blocks, or plain text; tests and warnings are always plain."""
        mention = EVERYBODY if o.notify else ""
        text = harmless(news.text) + mention
        custom = o.template if o.use_template and news.is_beat else ""
        usual = harmless(news.as_usual.text) + mention
        filled = replace(news.as_usual, text=usual).templated(
            custom, escape=lambda value: value if value == usual else harmless(value)
        )
        group = news.path.removesuffix(news.name).removesuffix(" / ") if o.with_group else ""
        lines = [group and f"_{harmless(group)}_", harmless(news.name), text]
        plain = text if o.rich else "\n".join(line for line in lines if line)
        attachments = [attachment(o, news, group, mention)] if o.rich else []
        return kit.Call(o.webhook, json={
            "text": filled or plain,
            "channel": o.channel,
            "username": o.username,
            "icon_emoji": o.emoji,
            "attachments": attachments if news.is_beat and not filled else None,
        })  # fmt: skip


def harmless(text: str) -> str:
    """Text of others in which nobody is mentioned."""
    return MENTION.sub("&lt;", text)


def attachment(o: SlackOptions, news: kit.News, group: str, mention: str) -> dict[str, object]:
    """The message as blocks, with buttons to our page and to what is watched."""
    message = "*Message*\n"
    message += kit.limited(news.text, MAX_FIELD - len(message + mention), escape=harmless) + mention
    time = f"*Time ({news.zone})*\n{news.local_time}"
    page = news.link or (o.button and f"{o.button}/dashboard/{news.id}")
    site = news.address if news.address.startswith(("http://", "https://")) else ""
    buttons = [button("Visit Uptime Kuma", "Uptime-Kuma", page), button("Visit site", "Site", site)]
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": kit.limited(news.name, MAX_HEADER)}},
        {"type": "context", "elements": [marked(f"_{harmless(group)}_")]} if group else None,
        {"type": "section", "fields": [marked(message), marked(time)]},
        {"type": "actions", "elements": buttons} if page or site else None,
    ]
    return {"color": news.pick("#2eb886", "#e01e5a"), "blocks": blocks}


def marked(text: str) -> dict[str, str]:
    """A text in Slack's own markup."""
    return {"type": "mrkdwn", "text": text}


def button(label: str, value: str, url: str) -> dict[str, object] | None:
    """A link that looks like a button; None without an address."""
    shown = {"type": "plain_text", "text": label}
    return {"type": "button", "text": shown, "value": value, "url": url} if url else None
