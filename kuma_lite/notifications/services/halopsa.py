"""Halo PSA: an event of a webhook."""

from __future__ import annotations

from kuma_lite.core.clock import to_ms, wire_time
from kuma_lite.notifications.services import kit

TAKEN = (200, 201, 204)


class HaloPSAOptions(kit.ServiceOptions):
    """Which webhook, as whom."""

    webhook: str = kit.secret(
        "Halo PSA Webhook URL",
        "halowebhookurl",
        required=True,
        placeholder="https://your-instance.halopsa.com/api/v1/webhook",
    )
    username: str = kit.text("Username", "haloUsername", section="authentication")
    password: str = kit.secret("Password", "haloPassword", section="authentication")


class HaloPSA(kit.HttpService[HaloPSAOptions]):
    """An event in Halo PSA."""

    name, label, groups = "HaloPSA", "Halo PSA", ("chat",)
    documentation = "https://halopsa.com/apidoc/"
    description = "Sends the message to a webhook of Halo PSA."

    def request(self, o: HaloPSAOptions, news: kit.News) -> kit.Call:
        """The message in its parts."""
        login = kit.basic(o.username, o.password) if o.username and o.password else {}
        return kit.Call(o.webhook.strip(), headers=login, json={
            "title": "Uptime Kuma Alert",
            "status": news.pick("UP", "DOWN", "UNKNOWN"),
            "monitor": news.name or "No Monitor",
            "monitor_id": kit.Exactly(news.id or None),
            "message": news.text,
            "timestamp": wire_time(to_ms(news.now)).replace(" ", "T") + "Z",
            "uptime_kuma_version": "unknown",  # the value of Uptime Kuma's container image
        })  # fmt: skip

    def refusal(self, answer: kit.Answer) -> str:
        """Any other status than the three it has for success."""
        status = answer.status
        refused = f"Received unexpected status code {status} from notification provider HaloPSA"
        return "" if status in TAKEN else refused
