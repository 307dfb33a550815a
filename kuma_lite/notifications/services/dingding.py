"""DingTalk: a message of a group robot, https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages."""

from __future__ import annotations

import hmac
from base64 import b64encode

from kuma_lite.notifications.services import kit

MAX_BYTES = 15_000  # of the text; DingTalk refuses requests of more than 20,000 bytes
PASSING = frozenset({-1, 130101, 410100})  # busy, and 20 messages a minute
WHOM = {
    "nobody": "Nobody",
    "everyone": "Everyone",
    "specify-mobiles": "Specify mobiles",
    "specify-users": "Specify users",
}


class DingDingOptions(kit.ServiceOptions):
    """Which robot, and whom it mentions."""

    webhook: str = kit.secret(
        "WebHookUrl",
        "webHookUrl",
        required=True,
        placeholder="https://oapi.dingtalk.com/robot/send?access_token=...",
    )
    key: str = kit.secret("SecretKey", "secretKey", required=True, help="Of the robot's signature.")
    whom: str = kit.select("Mentioning", "mentioning", "nobody", WHOM, required=True)
    phones: tuple[str, ...] = kit.texts(
        "Mobile list", "mobileList", shown_when=kit.when("mentioning", "specify-mobiles")
    )
    users: tuple[str, ...] = kit.texts(
        "User ID list", "userList", shown_when=kit.when("mentioning", "specify-users")
    )


class DingDing(kit.HttpService[DingDingOptions]):
    """A message of a robot in a DingTalk group."""

    name, label, groups = "DingDing", "DingDing (钉钉自定义机器人)", ("regional",)
    pace = kit.Pace(20, 60)  # a robot that sends more is silenced for ten minutes
    description = "Posts to a DingTalk group through a custom robot."

    def request(self, o: DingDingOptions, news: kit.News) -> kit.Call:
        """Plain text for tests and warnings, Markdown for monitors; signed for an hour."""
        phones = o.phones if o.whom == "specify-mobiles" else ()
        users = o.users if o.whom == "specify-users" else ()
        names = " ".join(f"@{name}" for name in (*phones, *users))
        mentions = names and f"\n{names}"
        msg = kit.limited(news.msg or news.text, MAX_BYTES, kit.Unit.BYTES)
        title = f"{news.pick('[UP]', '[DOWN]')} {news.name}"
        text = f"## {title} \n> {msg}\n> Time ({news.zone}): {news.local_time}{mentions}"
        beat = {"msgtype": "markdown", "markdown": {"title": title, "text": text}}
        plain = {"msgtype": "text", "text": {"content": f"{msg}{mentions}"}}
        at = {"isAtAll": o.whom == "everyone", "atUserIds": users, "atMobiles": phones}
        body = {**(beat if news.is_beat else plain), "at": at}
        return kit.Call(o.webhook.strip(), query=signature(o.key.strip(), news.now), json=body)

    def refusal(self, answer: kit.Answer) -> str:
        """Refusals come with status 200 and another word than `ok`."""
        said = answer.at("errmsg")
        return "" if said == "ok" else f"DingTalk refused: {said or answer.text}"

    def heals(self, answer: kit.Answer) -> bool:
        """A robot may write 20 messages a minute."""
        return answer.at("errcode") in PASSING or super().heals(answer)


def signature(key: str, now: float) -> dict[str, str]:
    """The query that proves who we are; `now` in seconds since 1970."""
    timestamp = str(round(now * 1000))
    digest = hmac.digest(key.encode(), f"{timestamp}\n{key}".encode(), "sha256")
    return {"timestamp": timestamp, "sign": b64encode(digest).decode()}
