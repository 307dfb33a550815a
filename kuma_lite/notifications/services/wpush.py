"""WPush: a push message over one of several Chinese channels."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://api.wpush.cn/api/v1/send"
CHANNELS = {
    "wechat": "WeChat",
    "sms": "SMS",
    "mail": "Mail",
    "feishu": "Feishu",
    "dingtalk": "DingTalk",
    "wechat_work": "WeCom",
}


class WPushOptions(kit.ServiceOptions):
    """Whose account, and over which channel."""

    key: str = kit.secret("WPush API Key", "wpushAPIkey", required=True, placeholder="WPushxxxxx")
    channel: str = kit.select("Channel", "wpushChannel", "wechat", CHANNELS, required=True)


class WPush(kit.HttpService[WPushOptions]):
    """A push message through WPush."""

    name, label, groups = "WPush", "WPush(wpush.cn)", ("regional",)
    documentation = "https://wpush.cn"
    description = "Sends a message through WPush to WeChat, SMS, mail, Feishu, DingTalk or WeCom."

    def request(self, o: WPushOptions, news: kit.News) -> kit.Call:
        """Title and text."""
        what = news.pick("Monitor Up", "Monitor Down", "Message")
        return kit.Call(API, json={
            "title": f"UptimeKuma {what} {news.name}".strip(),
            "content": news.text,
            "apikey": o.key.strip(),
            "channel": o.channel,
        })  # fmt: skip

    def refusal(self, answer: kit.Answer) -> str:
        """Refusals may come with status 200 and a code other than 0."""
        said = answer.at("message") or answer.text
        return "" if answer.at("code") == 0 else f"WPush refused: {said}"
