"""Rocket.Chat: a message of an incoming webhook."""

from __future__ import annotations

from kuma_lite.notifications.services import kit


class RocketChatOptions(kit.ServiceOptions):
    """Which webhook, and under which name."""

    webhook: str = kit.secret("Webhook URL", "rocketwebhookURL", required=True)
    username: str = kit.text("Username", "rocketusername")
    emoji: str = kit.text(
        "Icon Emoji",
        "rocketiconemo",
        placeholder=":bear:",
        help="The names are listed at https://www.webfx.com/tools/emoji-cheat-sheet/.",
    )
    channel: str = kit.text("Channel Name", "rocketchannel", placeholder="#general")
    button: str = kit.stored("rocketbutton", "")  # our address, from before it was a setting of the server


class RocketChat(kit.HttpService[RocketChatOptions]):
    """A message in a Rocket.Chat channel."""

    name, label, groups = "rocket.chat", "Rocket.Chat", ("chat",)
    documentation = "https://docs.rocket.chat/docs/integrations"
    description = "Posts to a Rocket.Chat channel through an incoming webhook."

    def request(self, o: RocketChatOptions, news: kit.News) -> kit.Call:
        """The plain text of tests and warnings, a coloured attachment for monitors."""
        attachment = {
            "title": f"Uptime Kuma Alert *Time ({news.zone})*\n{news.local_time}",
            "text": f"*Message*\n{news.text}",
            "color": news.pick("#32cd32", "#ff0000"),
            "title_link": news.link or (o.button and f"{o.button}/dashboard/{news.id}"),
        }
        return kit.Call(o.webhook, json={
            "text": "Uptime Kuma Alert" if news.is_beat else news.text,
            "channel": o.channel,
            "username": o.username,
            "icon_emoji": o.emoji,
            "attachments": [attachment] if news.is_beat else None,
        })  # fmt: skip

    def refusal(self, answer: kit.Answer) -> str:
        """`success` is false where something was wrong."""
        refused = answer.at("success") is False
        return f"Rocket.Chat refused: {answer.at('error') or answer.text}" if refused else ""
