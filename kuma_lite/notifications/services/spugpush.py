"""Spug Push: a message over the channels of a template."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://push.spug.cc/send"
TAKEN = 200


class SpugPushOptions(kit.ServiceOptions):
    """Which template."""

    key: str = kit.secret("Template Code", "templateKey", required=True)


class SpugPush(kit.HttpService[SpugPushOptions]):
    """A message through Spug Push."""

    name, label, groups = "SpugPush", "SpugPush（Spug推送助手）", ("regional",)
    documentation = "https://push.spug.cc/guide/plan"
    description = "Sends a message through a template of Spug Push."

    def request(self, o: SpugPushOptions, news: kit.News) -> kit.Call:
        """Title and text; the template needs `title` and `content`."""
        title = f"UptimeKuma 「{news.name}」 is {news.pick('Up', 'Down')}"
        return kit.Call(f"{API}/{kit.quoted(o.key.strip())}", json={
            "title": title if news.is_beat else "Uptime Kuma Message",
            "content": f"[{news.state}] {news.msg}" if news.is_beat else news.text,
        })  # fmt: skip

    def refusal(self, answer: kit.Answer) -> str:
        """Refusals come with status 200 and another code in the body."""
        said = answer.at("msg") or answer.text
        return "" if answer.at("code") in (TAKEN, None) else f"Spug Push refused: {said}"
