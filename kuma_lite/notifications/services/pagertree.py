"""PagerTree: an alert, opened and resolved."""

from __future__ import annotations

from collections.abc import Sequence

from kuma_lite.notifications.services import kit

ON_UP = {"resolve": "Resolve", "0": "Nothing"}


class PagerTreeOptions(kit.ServiceOptions):
    """Which integration, how urgent, and what follows when a monitor is up again."""

    address: str = kit.secret(
        "Integration URL",
        "pagertreeIntegrationUrl",
        required=True,
        help="How to get it: "
        "https://pagertree.com/docs/integration-guides/introduction#copy-the-endpoint-url",
    )
    urgency: str = kit.select("Urgency", "pagertreeUrgency", "medium", "silent low medium high critical")
    on_up: str = kit.select("Auto Resolve", "pagertreeAutoResolve", "resolve", ON_UP)


class PagerTree(kit.HttpService[PagerTreeOptions]):
    """An alert in PagerTree, one per monitor."""

    name, label, groups = "PagerTree", "PagerTree", ("incident",)
    documentation = "https://pagertree.com/docs/integration-guides/uptime-kuma"
    description = "Opens an alert in PagerTree, and resolves it when the monitor is up again."

    def request(self, o: PagerTreeOptions, news: kit.News) -> kit.Call | Sequence[kit.Call]:
        """An event with all that is known; none for a recovery that nothing shall follow."""
        if news.up and o.on_up == "0":
            return []
        return kit.Call(o.address.strip(), json={
            "event_type": "resolve" if news.up else "create",
            "id": news.id or "uptime-kuma",
            "title": kit.Exactly(news.pick(None, f'Uptime Kuma Monitor "{news.name}" is DOWN', news.text)),
            "urgency": o.urgency or "medium",
            "heartbeat": kit.Exactly(news.heartbeat),
            "monitor": kit.Exactly(news.monitor),
        })  # fmt: skip
