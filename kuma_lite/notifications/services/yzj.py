"""Yunzhijia: a message of a group robot."""

from __future__ import annotations

from kuma_lite.notifications.services import kit


class YzjOptions(kit.ServiceOptions):
    """Which robot."""

    webhook: str = kit.secret(
        "YZJ Webhook URL",
        "yzjWebHookUrl",
        required=True,
        placeholder="https://www.yunzhijia.com/gateway/robot/webhook/send",
        help="Without the question mark and what follows it.",
    )
    token: str = kit.secret(
        "YZJ Robot token", "yzjToken", required=True, help="The yzjtoken in the robot's webhook URL."
    )


class Yzj(kit.HttpService[YzjOptions]):
    """A message of a robot in a Yunzhijia group."""

    name, label, groups = "YZJ", "YZJ (云之家自定义机器人)", ("regional",)
    documentation = "https://www.yunzhijia.com/opendocs/docs.html"
    description = "Posts to a Yunzhijia group through a custom robot."

    def request(self, o: YzjOptions, news: kit.News) -> kit.Call:
        """The state, the reason and the time."""
        mark = news.pick("✅", "❌")
        beat = f"{mark} {news.name} \n> {news.msg}\n> Time ({news.zone}): {news.local_time}"
        return kit.Call(
            o.webhook.strip(),
            query={"yzjtype": 0, "yzjtoken": o.token.strip()},
            json={"content": beat if news.is_beat else news.text},
        )

    def refusal(self, answer: kit.Answer) -> str:
        """Refusals come with status 200 and without success."""
        said = answer.at("errmsg") or answer.text
        return "" if answer.at("success") is True else f"YZJ refused: {said}"
