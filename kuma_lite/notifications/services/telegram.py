"""Telegram: a message of a bot, https://core.telegram.org/bots/api#sendmessage."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from kuma_lite.core.declarations import Choice, DeliveryContext, Kind, Message, NotificationService, ShownWhen
from kuma_lite.core.options import option
from kuma_lite.notifications.services.support.options import ServiceOptions
from kuma_lite.notifications.services.support.outgoing import SENT, call
from kuma_lite.notifications.services.support.texts import (
    NO_ADDRESS,
    NO_NAME,
    cut,
    escape_markdown,
    map_texts,
)

DEFAULT_SERVER: Final = "https://api.telegram.org"
MAX_CHARS: Final = 4096  # of a message; a longer one is refused

_TEMPLATED: Final = ShownWhen("telegramUseTemplate", (True,))


class TelegramOptions(ServiceOptions):
    """Which bot writes to which chat."""

    telegramBotToken: str = option(  # noqa: N815 - a word of the wire
        "",
        label="Bot Token",
        kind=Kind.PASSWORD,
        required=True,
        secret=True,
        help="From @BotFather.",
    )
    telegramChatID: str = option(  # noqa: N815
        "",
        label="Chat ID",
        kind=Kind.TEXT,
        required=True,
        help="Of a person, a group or a channel; a channel may be given as @name.",
    )
    telegramMessageThreadID: str = option(  # noqa: N815
        "",
        label="Message Thread ID",
        kind=Kind.TEXT,
        section="advanced",
        help="The topic of a forum group.",
    )
    telegramServerUrl: str = option(  # noqa: N815
        DEFAULT_SERVER,
        label="Server URL",
        kind=Kind.URL,
        section="advanced",
        help="Only for a Bot API server of your own.",
    )
    telegramUseTemplate: bool = option(  # noqa: N815
        False, label="Use custom message template", kind=Kind.SWITCH, section="content"
    )
    telegramTemplateParseMode: str = option(  # noqa: N815
        "plain",
        label="Message Format",
        kind=Kind.SELECT,
        section="content",
        required=True,
        choices=(Choice("plain", "Plain Text"), Choice("HTML", "HTML"), Choice("MarkdownV2", "MarkdownV2")),
        help="With MarkdownV2, values are escaped and the template's own marks are kept.",
        shown_when=_TEMPLATED,
    )
    telegramTemplate: str = option(  # noqa: N815
        "",
        label="Message Template",
        kind=Kind.TEXTAREA,
        section="content",
        required=True,
        placeholder="{{ status }} {{ name }}: {{ msg }}",
        help="A Liquid template.",
        shown_when=_TEMPLATED,
    )
    telegramSendSilently: bool = option(  # noqa: N815
        False, label="Send Silently", kind=Kind.SWITCH, help="The message makes no sound."
    )
    telegramProtectContent: bool = option(  # noqa: N815
        False,
        label="Protect Forwarding/Saving",
        kind=Kind.SWITCH,
        help="The message can be neither forwarded nor saved.",
    )


class Telegram(NotificationService[TelegramOptions]):
    """A message of a Telegram bot."""

    name = "telegram"
    label = "Telegram"
    description = "Sends a message of your Telegram bot to a chat, a group or a channel."
    groups: ClassVar = ("chat",)
    options: ClassVar = TelegramOptions

    async def send(self, options: TelegramOptions, message: Message, context: DeliveryContext) -> str:
        """Call `sendMessage`."""
        payload: dict[str, Any] = {
            "chat_id": options.telegramChatID,
            "text": cut(message.text, MAX_CHARS),
            "disable_notification": options.telegramSendSilently,
            "protect_content": options.telegramProtectContent,
            "link_preview_options": {"is_disabled": True},
        }
        if options.telegramMessageThreadID:
            payload["message_thread_id"] = options.telegramMessageThreadID
        if options.telegramUseTemplate:
            payload |= self._templated(options, message, context)
        server = (options.telegramServerUrl.strip() or DEFAULT_SERVER).rstrip("/")
        url = f"{server}/bot{options.telegramBotToken.strip()}/sendMessage"
        await call(context, "POST", url, json_body=payload)
        return SENT

    def _templated(
        self, options: TelegramOptions, message: Message, context: DeliveryContext
    ) -> dict[str, str]:
        mode = options.telegramTemplateParseMode
        shown = _escaped(message) if mode == "MarkdownV2" else message
        text = context.render(options.telegramTemplate, shown)
        if mode in ("", "plain"):
            return {"text": cut(text, MAX_CHARS)}  # cutting marked-up text could leave a mark open
        return {"text": text, "parse_mode": mode}


def _escaped(message: Message) -> Message:
    """The message with every value escaped; a test gets a stand-in monitor, as its words need it too."""
    monitor = message.monitor
    if monitor is None:
        monitor = {"name": NO_NAME, "hostname": NO_ADDRESS, "url": NO_ADDRESS}
    # The type decides how the address is found and must stay itself.
    escaped = {**map_texts(monitor, escape_markdown), **{k: monitor[k] for k in ("type",) if k in monitor}}
    return Message(escape_markdown(message.text), escaped, map_texts(message.heartbeat, escape_markdown))
