"""MAX: a message of a bot."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

SERVER = "https://platform-api.max.ru"
MAX_CHARS = 4_000  # of a message; a longer one is refused
FORMATS = {"plain": "Plain Text", "markdown": "Markdown", "html": "HTML"}
TEMPLATED = kit.when("maxUseTemplate", True)


class MaxOptions(kit.ServiceOptions):
    """Which bot writes to which chat."""

    token: str = kit.secret("Bot Token", "maxBotToken", required=True)
    server: str = kit.url("API URL", "maxApiUrl", SERVER, required=True)
    chat: str = kit.text("Chat ID", "maxChatID", required=True)
    use_template: bool = kit.switch("Use custom message template", "maxUseTemplate", section="content")
    format: str = kit.select(
        "Message Format",
        "maxTemplateFormat",
        "plain",
        FORMATS,
        section="content",
        required=True,
        help="With HTML, values are escaped and the template's own marks are kept.",
        shown_when=TEMPLATED,
    )
    template: str = kit.template(
        "Message Template",
        "maxTemplate",
        required=True,
        placeholder="{{ status }} {{ name }}: {{ msg }}",
        help="A Liquid template.",
        shown_when=TEMPLATED,
    )


class Max(kit.HttpService[MaxOptions]):
    """A message of a MAX bot."""

    name, label, groups = "max", "MAX messenger", ("chat",)
    documentation = "https://dev.max.ru/docs-api/methods/POST/messages"
    description = "Sends a message of your MAX bot to a chat."

    def request(self, o: MaxOptions, news: kit.News) -> kit.Call:
        """The text, or the user's own."""
        escape = kit.escaping.html if o.format == "html" else kit.escaping.plain
        own = news.templated(o.template, escape=escape, limit=MAX_CHARS) if o.use_template else ""
        return kit.Call(
            f"{(o.server.strip() or SERVER).rstrip('/')}/messages",
            query={"chat_id": o.chat.strip()},
            headers={"Authorization": o.token.strip()},
            json={
                "text": own or kit.limited(news.text, MAX_CHARS),
                "format": o.format if own and o.format != "plain" else None,
            },
        )
