"""Discord: a message of a channel's webhook, https://discord.com/developers/docs/resources/webhook."""

from __future__ import annotations

from typing import Any, ClassVar, Final
from urllib.parse import urlencode, urlsplit

from kuma_lite.core.clock import MILLISECONDS, parse_wire_time
from kuma_lite.core.declarations import (
    Choice,
    DeliveryContext,
    DeliveryFailed,
    Kind,
    Message,
    NotificationService,
    ShownWhen,
    Status,
)
from kuma_lite.core.options import option
from kuma_lite.notifications.services.support.options import ServiceOptions
from kuma_lite.notifications.services.support.outgoing import SENT, answered, call
from kuma_lite.notifications.services.support.texts import EMPTY_TEXT, address, cut

DEFAULT_USERNAME: Final = "Uptime Kuma"  # channels may already sort by it
DEFAULT_AVATAR: Final = "https://github.com/louislam/uptime-kuma/raw/master/public/icon.png"
RED: Final = 0xFF0000
GREEN: Final = 0x00FF00
SUPPRESS_NOTIFICATIONS: Final = 4096  # a message flag of Discord
LOOK_S: Final = 5.0  # for the question whether the webhook has a picture; not worth waiting longer

# Longer texts are refused by Discord.
MAX_CONTENT: Final = 2000
MAX_TITLE: Final = 256
MAX_VALUE: Final = 1024


class DiscordOptions(ServiceOptions):
    """Which webhook, and how the message looks."""

    discordWebhookUrl: str = option(  # noqa: N815 - a word of the wire
        "",
        label="Discord Webhook URL",
        kind=Kind.PASSWORD,
        required=True,
        secret=True,
        help="Server Settings → Integrations → Webhooks → Copy Webhook URL.",
    )
    discordUsername: str = option(  # noqa: N815
        "", label="Bot Display Name", kind=Kind.TEXT, placeholder=DEFAULT_USERNAME, section="content"
    )
    discordPrefixMessage: str = option(  # noqa: N815
        "",
        label="Prefix Custom Message",
        kind=Kind.TEXT,
        placeholder="Hello @everyone is…",
        section="content",
        shown_when=ShownWhen("discordMessageFormat", ("normal", "")),
    )
    discordMessageFormat: str = option(  # noqa: N815
        "",
        label="Message Format",
        kind=Kind.SELECT,
        form_default="normal",
        section="content",
        choices=(
            Choice("normal", "Normal (rich embeds)"),
            Choice("minimalist", "Minimalist (short status)"),
            Choice("custom", "Custom template"),
        ),
    )
    discordMessageTemplate: str = option(  # noqa: N815
        "",
        label="Message Template",
        kind=Kind.TEXTAREA,
        placeholder="{{ status }} {{ name }}: {{ msg }}",
        help="A Liquid template; empty means the normal format.",
        section="content",
        shown_when=ShownWhen("discordMessageFormat", ("custom",)),
    )
    discordUseMessageTemplate: bool = False  # noqa: N815 - older entries; the format has replaced it
    discordChannelType: str = option(  # noqa: N815
        "channel",
        label="Select message type",
        kind=Kind.SELECT,
        choices=(
            Choice("channel", "Send to Channel"),
            Choice("createNewForumPost", "Create new forum post"),
            Choice("postToThread", "Post to existing thread / forum post"),
        ),
    )
    postName: str = option(  # noqa: N815
        "",
        label="Forum post name",
        kind=Kind.TEXT,
        required=True,
        shown_when=ShownWhen("discordChannelType", ("createNewForumPost",)),
    )
    threadId: str = option(  # noqa: N815
        "",
        label="Thread / forum post ID",
        kind=Kind.TEXT,
        required=True,
        shown_when=ShownWhen("discordChannelType", ("postToThread",)),
    )
    disableUrl: bool = option(  # noqa: N815
        False, label="Disable URL in Notification", kind=Kind.SWITCH, section="content"
    )
    discordSuppressNotifications: bool = option(  # noqa: N815
        False,
        label="Suppress Notifications",
        kind=Kind.SWITCH,
        section="advanced",
        help="The message appears without a push or desktop notification.",
    )


class Discord(NotificationService[DiscordOptions]):
    """A message in a Discord channel, thread or forum."""

    name = "discord"
    label = "Discord"
    description = "Sends a message to a Discord channel through its webhook."
    groups: ClassVar = ("chat",)
    options: ClassVar = DiscordOptions

    async def send(self, options: DiscordOptions, message: Message, context: DeliveryContext) -> str:
        """Look whether the webhook has a picture of its own, then post."""
        url = options.discordWebhookUrl.strip()
        payload: dict[str, Any] = {"username": options.discordUsername or DEFAULT_USERNAME}
        if await _has_no_avatar(url, context):
            payload["avatar_url"] = DEFAULT_AVATAR
        if options.discordChannelType == "createNewForumPost":
            payload["thread_name"] = options.postName
        if options.discordSuppressNotifications:
            payload["flags"] = SUPPRESS_NOTIFICATIONS
        payload |= _content(options, message, context)
        if options.discordChannelType == "postToThread":
            url = _with_thread(url, options.threadId.strip())
        await call(context, "POST", url, json_body=payload)
        return SENT


async def _has_no_avatar(url: str, context: DeliveryContext) -> bool:
    try:
        webhook = answered(await call(context, "GET", url, timeout=LOOK_S))
    except DeliveryFailed:
        return False  # the post will say what is wrong
    return isinstance(webhook, dict) and not webhook.get("avatar")


def _with_thread(url: str, thread: str) -> str:
    parts = urlsplit(url)
    added = urlencode({"thread_id": thread})
    return parts._replace(query=f"{parts.query}&{added}" if parts.query else added).geturl()


def _content(options: DiscordOptions, message: Message, context: DeliveryContext) -> dict[str, Any]:
    """The part of the payload that carries the words."""
    style = options.discordMessageFormat or ("custom" if options.discordUseMessageTemplate else "normal")
    monitor, heartbeat = message.monitor, message.heartbeat
    if style == "custom" and options.discordMessageTemplate.strip():
        return {"content": cut(context.render(options.discordMessageTemplate, message), MAX_CONTENT)}
    if heartbeat is None or monitor is None:
        text = f"Test: {message.text}" if style == "minimalist" else message.text
        return {"content": cut(text, MAX_CONTENT)}
    up = heartbeat.get("status") == Status.UP
    if style == "minimalist":
        word = "🟢 {} is up." if up else "🔴 {} is down."
        return {"content": cut(word.format(monitor.get("name")), MAX_CONTENT)}
    embed = {
        "title": cut(_title(str(monitor.get("name")), up), MAX_TITLE),
        "color": GREEN if up else RED,
        "timestamp": heartbeat.get("time"),
        "fields": _target_fields(options, monitor)
        + (_up_fields(heartbeat) if up else _down_fields(heartbeat)),
    }
    found: dict[str, Any] = {"embeds": [embed]}
    if options.discordPrefixMessage:
        found["content"] = cut(options.discordPrefixMessage, MAX_CONTENT)
    return found


def _title(name: str, up: bool) -> str:
    return f"✅ Your service {name} is up! ✅" if up else f"❌ Your service {name} went down. ❌"


def _field(name: str, value: object) -> dict[str, str]:
    return {"name": name, "value": cut(str(value), MAX_VALUE)}


def _target_fields(options: DiscordOptions, monitor: Any) -> list[dict[str, str]]:
    fields = [_field("Service Name", monitor.get("name"))]
    where = address(monitor)
    if where and not options.disableUrl:
        fields.append(_field("Service Type" if monitor.get("type") == "push" else "Service URL", where))
    return fields


def _down_fields(heartbeat: Any) -> list[dict[str, str]]:
    return [
        _field("Went Offline", _moment(heartbeat["time"])),
        _field(f"Time ({heartbeat.get('timezone')})", heartbeat.get("localDateTime")),
        _field("Error", heartbeat.get("msg") or EMPTY_TEXT),
    ]


def _up_fields(heartbeat: Any) -> list[dict[str, str]]:
    fields = []
    since = heartbeat.get("lastDownTime")
    if since:
        seconds = _seconds(heartbeat["time"]) - _seconds(since)
        fields += [_field("Went Offline", _moment(since)), _field("Downtime Duration", duration(seconds))]
    fields.append(_field(f"Time ({heartbeat.get('timezone')})", heartbeat.get("localDateTime")))
    if heartbeat.get("ping") is not None:
        fields.append(_field("Ping", f"{heartbeat['ping']} ms"))
    return fields


def _seconds(wire: str) -> int:
    return parse_wire_time(wire) // MILLISECONDS


def _moment(wire: str) -> str:
    """A time that Discord shows in the zone of whoever reads it."""
    return f"<t:{_seconds(wire)}:F>"


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
