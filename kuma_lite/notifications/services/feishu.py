"""Feishu and Lark: a message of a group's bot, https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

TOO_OFTEN = 11232  # more than 100 messages a minute


class FeishuOptions(kit.ServiceOptions):
    """Which group."""

    webhook: str = kit.secret("Feishu WebHookURL", "feishuWebHookUrl", required=True)


class Feishu(kit.HttpService[FeishuOptions]):
    """A message in a Feishu group."""

    name, label, groups = "Feishu", "Feishu (飞书)", ("regional",)
    description = "Sends a message of your bot to a Feishu or Lark group."

    def request(self, o: FeishuOptions, news: kit.News) -> kit.Call:
        """A coloured card for monitors."""
        if not news.is_beat:
            return kit.Call(o.webhook, json={"msg_type": "text", "content": {"text": news.text}})
        title = f"UptimeKuma Alert: [{news.pick('UP', 'Down')}] {news.name}"
        ping = f"{news.ping} ms" if news.ping else "N/A"
        time = f"**Time ({news.zone})**: {news.local_time}"
        text = f"**Message**: {news.msg}\n**Ping**: {ping}\n{time}"
        return kit.Call(o.webhook, json={"msg_type": "interactive", "card": {
            "config": {"update_multi": False, "wide_screen_mode": True},
            "header": {
                "title": {"tag": "plain_text", "content": title},
                "template": news.pick("green", "red"),
            },
            "elements": [{"tag": "div", "text": {"tag": "lark_md", "content": text}}],
        }})  # fmt: skip

    def refusal(self, answer: kit.Answer) -> str:
        """Feishu answers 200 whatever it thinks; `code` is 0, or not there, when it took the message."""
        return f"Feishu refused: {answer.text}" if answer.at("code") else ""

    def heals(self, answer: kit.Answer) -> bool:
        """Too many messages a minute pass by themselves."""
        return answer.at("code") == TOO_OFTEN or super().heals(answer)
