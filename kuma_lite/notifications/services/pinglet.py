"""Pinglet: a push message to a topic."""

from __future__ import annotations

from kuma_lite.notifications.services import kit


class PingletOptions(kit.ServiceOptions):
    """Which topic."""

    topic: str = kit.url(
        "Topic URL",
        "pingletPublishUrl",
        required=True,
        placeholder="https://app.pinglet.co.uk/your-namespace/alerts",
    )
    key: str = kit.secret("API Key", "pingletApiKey", required=True)


class Pinglet(kit.HttpService[PingletOptions]):
    """A push message through Pinglet."""

    name, label, groups = "pinglet", "Pinglet", ("push",)
    documentation = "https://pinglet.co.uk"
    description = "Publishes to a topic of Pinglet."

    def request(self, o: PingletOptions, news: kit.News) -> kit.Call:
        """Everything that is known, which Pinglet turns into title and text."""
        return kit.Call(
            o.topic.strip().removesuffix("/"),
            query={"rewrite": "uptimekuma"},
            headers=kit.bearer(o.key),
            json={
                "heartbeat": kit.Exactly(news.heartbeat),
                "monitor": kit.Exactly(news.monitor),
                "msg": news.text,
            },
        )
