"""Pumble: a message of an incoming webhook."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

GREEN = "#5BDD8B"
RED = "#DC3645"


class PumbleOptions(kit.ServiceOptions):
    """Which channel."""

    webhook: str = kit.secret("Webhook URL", "webhookURL", required=True)


class Pumble(kit.HttpService[PumbleOptions]):
    """A message in a Pumble channel."""

    name, label, groups = "pumble", "Pumble", ("chat",)
    documentation = "https://pumble.com/help/integrations/add-pumble-apps/incoming-webhooks-for-pumble/"
    description = "Posts to a Pumble channel through an incoming webhook."

    def request(self, o: PumbleOptions, news: kit.News) -> kit.Call:
        """A coloured attachment."""
        title = f"{news.name} is {news.pick('up', 'down')}" if news.is_beat else news.headline
        attachment = {"title": title, "text": news.msg or news.text, "color": news.pick(GREEN, RED, GREEN)}
        return kit.Call(o.webhook.strip(), json={"attachments": [attachment]})
