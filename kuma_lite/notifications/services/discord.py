"""Discord: a message of a channel's webhook, https://discord.com/developers/docs/resources/webhook."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

USERNAME = "Uptime Kuma"  # channels may already sort by it
AVATAR = "https://github.com/louislam/uptime-kuma/raw/master/public/icon.png"
RED = 0xFF0000
GREEN = 0x00FF00
SUPPRESS_NOTIFICATIONS = 4096  # a message flag of Discord
LOOK_S = 5.0  # for the question whether the webhook has a picture; not worth waiting longer

# Longer texts are refused by Discord.
MAX_CONTENT = 2000
MAX_TITLE = 256
MAX_VALUE = 1024

FORMATS = {
    "normal": "Normal (rich embeds)",
    "minimalist": "Minimalist (short status)",
    "custom": "Custom template",
}
PLACES = {
    "channel": "Send to Channel",
    "createNewForumPost": "Create new forum post",
    "postToThread": "Post to existing thread / forum post",
}


class DiscordOptions(kit.ServiceOptions):
    """Which webhook, and how the message looks."""

    webhook: str = kit.secret(
        "Discord Webhook URL",
        "discordWebhookUrl",
        required=True,
        help="Server Settings → Integrations → Webhooks → Copy Webhook URL.",
    )
    username: str = kit.text("Bot Display Name", "discordUsername", placeholder=USERNAME, section="content")
    prefix: str = kit.text(
        "Prefix Custom Message",
        "discordPrefixMessage",
        placeholder="Hello @everyone is…",
        section="content",
        shown_when=kit.when("discordMessageFormat", "normal", ""),
    )
    format: str = kit.select(
        "Message Format", "discordMessageFormat", "", FORMATS, form_default="normal", section="content"
    )
    template: str = kit.template(
        "Message Template",
        "discordMessageTemplate",
        placeholder="{{ status }} {{ name }}: {{ msg }}",
        help="A Liquid template; empty means the normal format.",
        shown_when=kit.when("discordMessageFormat", "custom"),
    )
    use_template: bool = kit.stored("discordUseMessageTemplate", False)  # the format has replaced it
    place: str = kit.select("Select message type", "discordChannelType", "channel", PLACES)
    post_name: str = kit.text(
        "Forum post name",
        "postName",
        required=True,
        shown_when=kit.when("discordChannelType", "createNewForumPost"),
    )
    thread: str = kit.text(
        "Thread / forum post ID",
        "threadId",
        required=True,
        shown_when=kit.when("discordChannelType", "postToThread"),
    )
    without_url: bool = kit.switch("Disable URL in Notification", "disableUrl", section="content")
    silent: bool = kit.switch(
        "Suppress Notifications",
        "discordSuppressNotifications",
        section="advanced",
        help="The message appears without a push or desktop notification.",
    )


class Discord(kit.HttpService[DiscordOptions]):
    """A message in a Discord channel, thread or forum."""

    name, label, groups = "discord", "Discord", ("chat",)
    pace = kit.Pace(5, 10)  # a webhook takes 30 messages a minute, five of them at once
    description = "Sends a message to a Discord channel through its webhook."

    def request(self, o: DiscordOptions, news: kit.News) -> kit.Calls:
        """Look whether the webhook has a picture of its own, then post."""
        url = o.webhook.strip()
        query = {"thread_id": o.thread.strip()} if o.place == "postToThread" else {}
        try:
            webhook = yield kit.Call(url, "GET", query=query, timeout=LOOK_S)
            has_no_avatar = isinstance(webhook.json, dict) and not webhook.json.get("avatar")
        except kit.DeliveryFailed:
            has_no_avatar = False  # the post will say what is wrong
        format = o.format or ("custom" if o.use_template else "normal")
        custom = news.templated(o.template) if format == "custom" else ""
        embeds = format != "minimalist" and news.is_beat and not custom
        yield kit.Call(url, query=query, json={
            "username": o.username or USERNAME,
            "avatar_url": AVATAR if has_no_avatar else None,
            "thread_name": o.post_name if o.place == "createNewForumPost" else None,
            "flags": SUPPRESS_NOTIFICATIONS if o.silent else None,
            "content": kit.limited(o.prefix if embeds else custom or words(format, news), MAX_CONTENT),
            "embeds": [embed(o, news)] if embeds else None,
        })  # fmt: skip


def words(format: str, news: kit.News) -> str:
    """The message in one line."""
    if format == "minimalist":
        return news.pick(f"🟢 {news.name} is up.", f"🔴 {news.name} is down.", f"Test: {news.text}")
    return news.text


def embed(o: DiscordOptions, news: kit.News) -> dict[str, object]:
    """The message with all that is known."""
    name = news.name
    title = news.pick(f"✅ Your service {name} is up! ✅", f"❌ Your service {name} went down. ❌", "")
    since = news.down_since
    fields = {
        "Service Name": name,
        "Service Type" if news.type == "push" else "Service URL": "" if o.without_url else news.address,
        "Went Offline": "" if since is None else f"<t:{since}:F>",  # shown in the zone of whoever reads it
        "Downtime Duration": duration(news.at - since) if news.up and since is not None else "",
        f"Time ({news.zone})": news.local_time,
        "Ping": f"{news.ping} ms" if news.up and news.ping else "",
        "Error": news.msg if news.down else "",
    }
    return {
        "title": kit.limited(title, MAX_TITLE),
        "color": news.pick(GREEN, RED),
        "timestamp": news.time,
        "fields": [
            {"name": name, "value": kit.limited(value, MAX_VALUE)} for name, value in fields.items() if value
        ],
    }


def duration(seconds: int) -> str:
    """`1h 5m`, `4m 10s`, `0s`: seconds only under an hour."""
    hours, rest = divmod(max(seconds, 0), 3600)
    minutes, seconds = divmod(rest, 60)
    parts = [f"{hours}h"] if hours else []
    if minutes:
        parts.append(f"{minutes}m")
    if not hours and (seconds or not parts):
        parts.append(f"{seconds}s")
    return " ".join(parts)
