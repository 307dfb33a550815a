"""Mattermost: a message of an incoming webhook."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

MAX_CHARS = 8_000  # of the error; a post of more than 16,383 is refused


class MattermostOptions(kit.ServiceOptions):
    """Which webhook, and how the message looks."""

    webhook: str = kit.secret("Webhook URL", "mattermostWebhookUrl", required=True)
    username: str = kit.text("Username", "mattermostusername", placeholder="Uptime Kuma")
    icon_url: str = kit.text("Icon URL", "mattermosticonurl")
    emoji: str = kit.text(
        "Icon Emoji",
        "mattermosticonemo",
        help="Two, for up and down, with a blank between; the names are listed at "
        "https://www.webfx.com/tools/emoji-cheat-sheet/.",
    )
    channel: str = kit.text("Channel Name", "mattermostchannel")


class Mattermost(kit.HttpService[MattermostOptions]):
    """A message in a Mattermost channel."""

    name, label, groups = "mattermost", "Mattermost", ("chat",)
    documentation = "https://developers.mattermost.com/integrate/webhooks/incoming/"
    description = "Posts to a Mattermost channel through an incoming webhook."

    def request(self, o: MattermostOptions, news: kit.News) -> kit.Call:
        """The plain text of tests and warnings, a coloured attachment for monitors."""
        username = o.username or "Uptime Kuma"
        if not news.is_beat:
            return kit.Call(o.webhook, json={"username": username, "text": news.text})
        title = f"{news.path} service went {news.pick('up!', 'down.')}"
        up, *more = o.emoji.split(" ")
        ping = {"short": False, "title": "Ping", "value": f"{news.ping}ms"}
        error = {"short": False, "title": "Error", "value": kit.limited(news.msg, MAX_CHARS)}
        time = {"short": True, "title": f"Time ({news.zone})", "value": news.local_time}
        attachment = {
            "fallback": f"Your {title}",
            "color": news.pick("#32CD32", "#FF0000"),
            "title": title,
            "title_link": news.url,
            "fields": [news.pick(ping if news.ping else None, error), time],
        }
        return kit.Call(o.webhook, json={
            "username": f"{news.name} {username}",
            "channel": o.channel.lower(),
            "icon_emoji": news.pick(up, more[0]) if len(more) == 1 else o.emoji,
            "icon_url": o.icon_url,
            "attachments": [attachment],
        })  # fmt: skip
