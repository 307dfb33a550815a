"""Google Chat: a card of a space's webhook, https://developers.google.com/workspace/chat/quickstart/webhooks."""

from __future__ import annotations

from kuma_lite.notifications.services import kit


class GoogleChatOptions(kit.ServiceOptions):
    """Which space, and how the message looks."""

    webhook: str = kit.secret("Webhook URL", "googleChatWebhookURL", required=True)
    use_template: bool = kit.switch(
        "Template plain text instead of using cards", "googleChatUseTemplate", section="content"
    )
    template: str = kit.area(
        "Message template",
        "googleChatTemplate",
        required=True,
        section="content",
        help="A Liquid template.",
        shown_when=kit.when("googleChatUseTemplate", True),
    )


class GoogleChat(kit.HttpService[GoogleChatOptions]):
    """A card in a Google Chat space."""

    name, label, groups = "GoogleChat", "Google Chat (Google Workspace)", ("chat",)
    description = "Posts a card to a Google Chat space."

    def request(self, o: GoogleChatOptions, news: kit.News) -> kit.Call:
        """A card with what is known, or the user's own text."""
        text = news.templated(o.template) if o.use_template else ""
        if text:
            return kit.Call(o.webhook, json={"text": text})
        title = news.pick(f"✅ {news.name} is back online", f"🔴 {news.name} went down", "Uptime Kuma Alert")
        known = {"Message": news.text, f"Time ({news.zone})": news.local_time, "Address": news.address}
        link = news.link or (news.base and f"{news.base}/")
        button = {"text": "Visit Uptime Kuma", "onClick": {"openLink": {"url": link}}}
        widgets = [
            *(
                {"textParagraph": {"text": f"<b>{name}:</b>\n{kit.escaping.html(value)}"}}
                for name, value in known.items()
                if value
            ),
            {"buttonList": {"buttons": [button]}} if link else None,
        ]
        card = {"header": {"title": title}, "sections": [{"widgets": widgets}]}
        return kit.Call(o.webhook, json={"fallbackText": title, "cardsV2": [{"card": card}]})
