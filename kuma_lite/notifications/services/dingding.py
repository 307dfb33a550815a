"""DingTalk: a message of a group's robot, https://open.dingtalk.com/document/robots/custom-robot-access."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode

from kuma_lite.core.clock import to_ms
from kuma_lite.notifications.services import kit

TOO_OFTEN = 130101  # more than 20 messages a minute
MENTIONING = {
    "nobody": "Don't mention people",
    "everyone": "Mention everyone",
    "specify-mobiles": "Mention people by mobile number",
    "specify-users": "Mention people by user ID",
}


class DingDingOptions(kit.ServiceOptions):
    """Which group, and who is mentioned."""

    webhook: str = kit.secret("WebHookUrl", "webHookUrl", required=True)
    key: str = kit.secret("SecretKey", "secretKey", required=True)
    mentioning: str = kit.select("Mentioning", "mentioning", "nobody", MENTIONING, required=True)
    mobiles: tuple[str, ...] = kit.texts(
        "Mobile list", "mobileList", shown_when=kit.when("mentioning", "specify-mobiles")
    )
    users: tuple[str, ...] = kit.texts(
        "User ID list", "userList", shown_when=kit.when("mentioning", "specify-users")
    )


class DingDing(kit.HttpService[DingDingOptions]):
    """A message in a DingTalk group."""

    name, label, groups = "DingDing", "DingDing (钉钉自定义机器人)", ("regional",)
    description = "Sends a message of your robot to a DingTalk group."

    def request(self, o: DingDingOptions, news: kit.News) -> kit.Call:
        """Signed with the time; whoever is mentioned must be named in the text as well."""
        users = o.users if o.mentioning == "specify-users" else ()
        mobiles = o.mobiles if o.mentioning == "specify-mobiles" else ()
        names = "".join(f"\n@{name}" for name in (*users, *mobiles))
        title = f"[{news.pick('UP', 'DOWN')}] {news.name}"
        beat = {"title": title, "text": f"## {title} \n> {news.msg}\n> {news.when}{names}"}
        at = {"isAtAll": o.mentioning == "everyone", "atUserIds": users, "atMobiles": mobiles}
        now = to_ms(news.now)
        return kit.Call(o.webhook, query={"timestamp": now, "sign": signature(now, o.key)}, json={
            "msgtype": "markdown" if news.is_beat else "text",
            "markdown": beat if news.is_beat else None,
            "text": None if news.is_beat else {"content": f"{news.text}{names}"},
            "at": at,
        })  # fmt: skip

    def refusal(self, answer: kit.Answer) -> str:
        """DingTalk answers 200 whatever it thinks."""
        return "" if answer.at("errmsg") == "ok" else f"DingTalk refused: {answer.text}"

    def heals(self, answer: kit.Answer) -> bool:
        """Too many messages a minute pass by themselves."""
        return answer.at("errcode") == TOO_OFTEN or super().heals(answer)


def signature(now: int, key: str) -> str:
    """Base64 of the HMAC-SHA256 over time (milliseconds) and key."""
    return b64encode(hmac.digest(key.encode(), f"{now}\n{key}".encode(), hashlib.sha256)).decode()
