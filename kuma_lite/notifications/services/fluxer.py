"""Fluxer: a message of a channel's webhook, with the embeds of Discord."""

from __future__ import annotations

from kuma_lite.notifications.services import kit
from kuma_lite.notifications.services.discord import (
    AVATAR,
    FORMATS,
    LOOK_S,
    USERNAME,
    DiscordOptions,
    embed,
    words,
)

MAX_CONTENT = 4_000  # characters of a webhook's message; a longer one is refused


class FluxerOptions(kit.ServiceOptions):
    """Which webhook, and how the message looks."""

    webhook: str = kit.secret("Fluxer Webhook URL", "fluxerWebhookUrl", required=True)
    username: str = kit.text("Bot Display Name", "fluxerUsername", placeholder=USERNAME, section="content")
    prefix: str = kit.text(
        "Prefix Custom Message",
        "fluxerPrefixMessage",
        placeholder="Hello @everyone is…",
        section="content",
        shown_when=kit.when("fluxerMessageFormat", "normal", ""),
    )
    format: str = kit.select(
        "Message Format", "fluxerMessageFormat", "", FORMATS, form_default="normal", section="content"
    )
    template: str = kit.template(
        "Message Template",
        "fluxerMessageTemplate",
        placeholder="{{ status }} {{ name }}: {{ msg }}",
        help="A Liquid template; empty means the normal format.",
        shown_when=kit.when("fluxerMessageFormat", "custom"),
    )
    use_template: bool = kit.stored("fluxerUseMessageTemplate", False)  # the format has replaced it
    without_url: bool = kit.stored("disableUrl", False)


class Fluxer(kit.HttpService[FluxerOptions]):
    """A message in a Fluxer channel."""

    name, label, groups = "fluxer", "Fluxer", ("chat",)
    documentation = "https://docs.fluxer.app"
    description = "Sends a message to a Fluxer channel through its webhook."

    def request(self, o: FluxerOptions, news: kit.News) -> kit.Calls:
        """Look whether the webhook has a picture of its own, then post."""
        url = o.webhook.strip()
        try:
            webhook = yield kit.Call(url, "GET", timeout=LOOK_S)
            has_no_avatar = isinstance(webhook.json, dict) and not webhook.json.get("avatar")
        except kit.DeliveryFailed:
            has_no_avatar = False  # the post will say what is wrong
        format = o.format or ("custom" if o.use_template else "normal")
        custom = news.templated(o.template) if format == "custom" else ""
        embeds = format != "minimalist" and news.is_beat and not custom
        shown = embed(DiscordOptions.read({"disableUrl": o.without_url}), news)
        del shown["timestamp"]
        yield kit.Call(url, json={
            "username": o.username or USERNAME,
            "avatar_url": AVATAR if has_no_avatar else None,
            "content": kit.limited(o.prefix if embeds else custom or words(format, news), MAX_CONTENT),
            "embeds": [shown] if embeds else None,
        })  # fmt: skip
