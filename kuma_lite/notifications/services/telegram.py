"""Telegram: a message of a bot, https://core.telegram.org/bots/api#sendmessage."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

SERVER = "https://api.telegram.org"
MAX_CHARS = 4096  # of a message; a longer one is refused
MODES = {"plain": "Plain Text", "HTML": "HTML", "MarkdownV2": "MarkdownV2"}
ESCAPES = {"HTML": kit.escaping.html, "MarkdownV2": kit.escaping.markdown_v2}

TEMPLATED = kit.when("telegramUseTemplate", True)


class TelegramOptions(kit.ServiceOptions):
    """Which bot writes to which chat."""

    token: str = kit.secret("Bot Token", "telegramBotToken", required=True, help="From @BotFather.")
    chat: str = kit.text(
        "Chat ID",
        "telegramChatID",
        required=True,
        help="Of a person, a group or a channel; a channel may be given as @name.",
    )
    thread: str = kit.text(
        "Message Thread ID",
        "telegramMessageThreadID",
        section="advanced",
        help="The topic of a forum group.",
    )
    server: str = kit.url(
        "Server URL",
        "telegramServerUrl",
        SERVER,
        section="advanced",
        help="Only for a Bot API server of your own.",
    )
    use_template: bool = kit.switch("Use custom message template", "telegramUseTemplate", section="content")
    mode: str = kit.select(
        "Message Format",
        "telegramTemplateParseMode",
        "plain",
        MODES,
        section="content",
        required=True,
        help="With HTML and MarkdownV2, values are escaped and the template's own marks are kept.",
        shown_when=TEMPLATED,
    )
    template: str = kit.template(
        "Message Template",
        "telegramTemplate",
        required=True,
        placeholder="{{ status }} {{ name }}: {{ msg }}",
        help="A Liquid template.",
        shown_when=TEMPLATED,
    )
    silent: bool = kit.switch("Send Silently", "telegramSendSilently", help="The message makes no sound.")
    protected: bool = kit.switch(
        "Protect Forwarding/Saving",
        "telegramProtectContent",
        help="The message can be neither forwarded nor saved.",
    )


def filled(o: TelegramOptions, news: kit.News, escape: kit.escaping.Escape) -> str:
    """The user's text; "" where nothing but blanks came of the template, which Telegram would refuse."""
    text = news.templated(o.template, escape=escape, limit=MAX_CHARS)
    return text if text.strip() else ""


class Telegram(kit.HttpService[TelegramOptions]):
    """A message of a Telegram bot."""

    name, label, groups = "telegram", "Telegram", ("chat",)
    pace = kit.Pace(20, 60)  # what a bot may send to one group
    description = "Sends a message of your Telegram bot to a chat, a group or a channel."

    def request(self, o: TelegramOptions, news: kit.News) -> kit.Call:
        """Call `sendMessage`."""
        escape = ESCAPES.get(o.mode) if o.use_template else None
        own = o.use_template and filled(o, news, escape or kit.escaping.plain)
        escape = escape if own else None  # the usual text has no marks
        text = own or news.text
        server = (o.server.strip() or SERVER).rstrip("/")
        return kit.Call(f"{server}/bot{o.token.strip()}/sendMessage", json={
            "chat_id": o.chat,
            "text": text if escape else kit.limited(text, MAX_CHARS),
            "disable_notification": o.silent,
            "protect_content": o.protected,
            "link_preview_options": {"is_disabled": True},
            "message_thread_id": o.thread,
            "parse_mode": o.mode if escape else None,
        })  # fmt: skip
