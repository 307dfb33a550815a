"""Google Chat: a card in a space through its webhook, https://developers.google.com/workspace/chat/quickstart/webhooks."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

MAX_BYTES = 20_000  # of the text; Google refuses messages of more than 32,000 bytes


class GoogleChatOptions(kit.ServiceOptions):
    """Which webhook, and how the message looks."""

    webhook: str = kit.secret("Webhook URL", "googleChatWebhookURL", required=True)
    use_template: bool = kit.switch(
        "Template plain text instead of using cards", "googleChatUseTemplate", section="content"
    )
    template: str = kit.template(
        "Message template",
        "googleChatTemplate",
        required=True,
        placeholder="{{ status }} {{ name }}: {{ msg }}",
        help="A Liquid template.",
        shown_when=kit.when("googleChatUseTemplate", True),
    )


class GoogleChat(kit.HttpService[GoogleChatOptions]):
    """A message in a Google Chat space. One that is refused for haste waits in the outbox as every other."""

    name, label, groups = "GoogleChat", "Google Chat (Google Workspace)", ("chat",)
    pace = kit.Pace(1, 1)  # of a space
    description = "Posts to a Google Chat space through its webhook."

    def request(self, o: GoogleChatOptions, news: kit.News) -> kit.Call:
        """A template's text, or a card."""
        if custom := o.use_template and news.templated(o.template):
            return kit.Call(o.webhook, json={"text": kit.limited(custom, MAX_BYTES, kit.Unit.BYTES)})
        name = news.name
        title = news.pick(f"✅ {name} is back online", f"🔴 {name} went down", "Uptime Kuma Alert")
        card = {"header": {"title": title}, "sections": [{"widgets": widgets(news)}]}
        return kit.Call(o.webhook, json={"fallbackText": title, "cardsV2": [{"card": card}]})


def widgets(news: kit.News) -> list[object]:
    """What is known, paragraph by paragraph, and a button to our page."""
    text = kit.limited(news.text, MAX_BYTES, kit.Unit.BYTES, escape=kit.escaping.html)
    known = {
        "Message": text,
        f"Time ({news.zone})": news.local_time,
        "Address": kit.escaping.html(news.address),
    }
    paragraphs = [
        {"textParagraph": {"text": f"<b>{title}:</b>\n{value}"}} for title, value in known.items() if value
    ]
    page = news.link or (news.base_url and f"{news.base_url}/")
    button = {"text": "Visit Uptime Kuma", "onClick": {"openLink": {"url": page}}}
    return [*paragraphs, {"buttonList": {"buttons": [button]}} if page else None]
