"""WeCom: a message of a group robot, https://developer.work.weixin.qq.com/document/path/91770."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"
MAX_BYTES = 2_048  # of a text; a longer one is refused
PASSING = frozenset({-1, 45009})  # busy, and 20 messages a minute


class WeComOptions(kit.ServiceOptions):
    """Which robot, and whom it mentions."""

    key: str = kit.secret("WeCom Bot Key", "weComBotKey", required=True)
    phones: str = kit.text(
        "WeCom Mentioned Mobile List",
        "weComMentionedMobileList",
        placeholder="13800001111,13900002222,@all",
        help="Commas between them; @all mentions everybody.",
    )


class WeCom(kit.HttpService[WeComOptions]):
    """A message of a robot in a WeCom group."""

    name, label, groups = "WeCom", "WeCom (企业微信群机器人)", ("regional",)
    pace = kit.Pace(20, 60)  # of a robot
    description = "Posts to a WeCom group through a robot."

    def request(self, o: WeComOptions, news: kit.News) -> kit.Call:
        """The text under a line that says what it is about."""
        what = news.pick("Monitor Up", "Monitor Down", "Message")
        text = kit.limited(f"UptimeKuma {what}\n{news.text}", MAX_BYTES, kit.Unit.BYTES)
        phones = [phone.strip() for phone in o.phones.split(",") if phone.strip()]
        body = {"content": text, "mentioned_mobile_list": phones or None}
        return kit.Call(API, query={"key": o.key.strip()}, json={"msgtype": "text", "text": body})

    def refusal(self, answer: kit.Answer) -> str:
        """Refusals come with status 200 and a code other than 0."""
        return f"WeCom refused: {answer.at('errmsg') or answer.text}" if answer.at("errcode") else ""

    def heals(self, answer: kit.Answer) -> bool:
        """A robot may write 20 messages a minute."""
        return answer.at("errcode") in PASSING or super().heals(answer)
