"""VK Teams: a message of a bot."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

SERVER = "https://myteam.mail.ru"
MODES = {"plain": "Plain Text", "MarkdownV2": "MarkdownV2", "HTML": "HTML"}
ESCAPES = {"HTML": kit.escaping.html, "MarkdownV2": kit.escaping.markdown_v2}

TEMPLATED = kit.when("vkteamsUseTemplate", True)


class VKTeamsOptions(kit.ServiceOptions):
    """Which bot writes to which chat."""

    token: str = kit.secret("Bot Token", "vkteamsBotToken", required=True, help="From Metabot.")
    chat: str = kit.text("Chat ID", "vkteamsChatId", required=True, placeholder="*****@chat.agent")
    server: str = kit.url(
        "API URL",
        "vkteamsBaseUrl",
        SERVER,
        required=True,
        help="Of your company's own server, if it has one.",
    )
    use_template: bool = kit.switch("Use custom message template", "vkteamsUseTemplate", section="content")
    mode: str = kit.select(
        "Message Format",
        "vkteamsTemplateFormat",
        "plain",
        MODES,
        section="content",
        required=True,
        help="With MarkdownV2 and HTML, values are escaped and the template's own marks are kept.",
        shown_when=TEMPLATED,
    )
    template: str = kit.template(
        "Message Template",
        "vkteamsTemplate",
        required=True,
        placeholder="{{ status }} {{ name }}: {{ msg }}",
        help="A Liquid template.",
        shown_when=TEMPLATED,
    )


class VKTeams(kit.HttpService[VKTeamsOptions]):
    """A message of a VK Teams bot."""

    name, label, groups = "VKTeams", "VKTeams", ("regional",)
    documentation = "https://teams.vk.com/botapi/"
    description = "Sends a message of your VK Teams bot to a chat."

    def request(self, o: VKTeamsOptions, news: kit.News) -> kit.Call:
        """Call `sendText`; a blank template is none."""
        escape = ESCAPES.get(o.mode, kit.escaping.plain)
        custom = news.templated(o.template, escape=escape) if o.use_template else ""
        server = (o.server.strip() or SERVER).rstrip("/")
        return kit.Call(f"{server}/bot/v1/messages/sendText", "GET", query={
            "token": o.token.strip(),
            "chatId": o.chat.strip(),
            "text": custom or news.text,
            "parseMode": o.mode if custom and o.mode in ESCAPES else None,
        })  # fmt: skip

    def refusal(self, answer: kit.Answer) -> str:
        """`ok` is false; `description` says why."""
        why = answer.at("description") or "unknown error"
        return f"VKTeams API returned error: {why}" if answer.at("ok") is False else ""
