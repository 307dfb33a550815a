"""Feishu, abroad Lark: a message of a custom bot, https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

MAX_BYTES = 15_000  # of the text; Feishu refuses requests of more than 20 KB
TOO_OFTEN = frozenset({9499, 11232})


class FeishuOptions(kit.ServiceOptions):
    """Which bot."""

    webhook: str = kit.secret(
        "Feishu WebHookURL",
        "feishuWebHookUrl",
        required=True,
        placeholder="https://open.feishu.cn/open-apis/bot/v2/hook/...",
    )


class Feishu(kit.HttpService[FeishuOptions]):
    """A message of a bot in a Feishu or Lark group."""

    name, label, groups = "Feishu", "Feishu (飞书)", ("regional",)
    pace = kit.Pace(5, 3)  # a bot takes five a second, and a hundred a minute
    description = "Posts to a Feishu or Lark group through a custom bot."

    def request(self, o: FeishuOptions, news: kit.News) -> kit.Call:
        """The plain text of tests and warnings, a coloured card for monitors."""
        msg = kit.limited(news.msg or news.text, MAX_BYTES, kit.Unit.BYTES)
        if not news.is_beat:
            return kit.Call(o.webhook, json={"msg_type": "text", "content": {"text": harmless(msg)}})
        title = f"UptimeKuma Alert: {news.pick('[UP]', '[Down]')} {news.name}"
        lines = {
            "Message": harmless(msg),
            "Ping": f"{news.ping} ms" if news.ping else "N/A",
            f"Time ({news.zone})": news.local_time,
        }
        text = "\n".join(f"**{name}**: {value}" for name, value in lines.items())
        header = {"title": {"tag": "plain_text", "content": title}, "template": news.pick("green", "red")}
        card = {
            "config": {"update_multi": False, "wide_screen_mode": True},
            "header": header,
            "elements": [{"tag": "div", "text": {"tag": "lark_md", "content": text}}],
        }
        return kit.Call(o.webhook, json={"msg_type": "interactive", "card": card})

    def refusal(self, answer: kit.Answer) -> str:
        """Refusals come with status 200 and a code other than 0; older bots write it in capitals."""
        if not (answer.at("code") or answer.at("StatusCode")):
            return ""
        return f"Feishu refused: {answer.at('msg') or answer.at('StatusMessage') or answer.text}"

    def heals(self, answer: kit.Answer) -> bool:
        """A bot may write 5 messages a second and 100 a minute."""
        return answer.at("code") in TOO_OFTEN or super().heals(answer)


def harmless(text: str) -> str:
    """Text of others in which nobody is mentioned."""
    return text.replace("<at", "&lt;at")
