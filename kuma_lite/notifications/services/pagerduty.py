"""PagerDuty: an incident, opened and resolved, https://developer.pagerduty.com/docs/events-api-v2-overview."""

from __future__ import annotations

from collections.abc import Sequence

from kuma_lite.notifications.services import kit

API = "https://events.pagerduty.com/v2/enqueue"
MAX_CHARS = 1_024  # of the summary; a longer one is refused
ON_UP = {"0": "Nothing", "acknowledge": "Acknowledge", "resolve": "Resolve"}


class PagerDutyOptions(kit.ServiceOptions):
    """Which integration, how bad, and what follows when a monitor is up again."""

    key: str = kit.secret("Integration Key", "pagerdutyIntegrationKey", required=True)
    address: str = kit.url(
        "Integration URL",
        "pagerdutyIntegrationUrl",
        API,
        help="Accounts in the EU use https://events.eu.pagerduty.com/v2/enqueue.",
    )
    priority: str = kit.select("Priority", "pagerdutyPriority", "warning", "info warning error critical")
    on_up: str = kit.select("Auto resolve or acknowledged", "pagerdutyAutoResolve", "0", ON_UP)


class PagerDuty(kit.HttpService[PagerDutyOptions]):
    """An incident in PagerDuty, one per monitor."""

    name, label, groups = "PagerDuty", "PagerDuty", ("incident",)
    pace = kit.Pace(120, 60)  # events of one integration
    description = "Opens an incident in PagerDuty, and resolves it if you wish."

    def request(self, o: PagerDutyOptions, news: kit.News) -> kit.Call | Sequence[kit.Call]:
        """An event; none for a recovery that nothing shall follow."""
        if news.up and o.on_up in ("", "0"):
            return []
        what = f"[{news.name}] {news.msg}" if news.is_beat else news.text
        source = news.host or news.url or news.name
        return kit.Call(o.address.strip() or API, json={
            "payload": {
                "summary": kit.limited(f"[{news.headline}] {what}", MAX_CHARS),
                "severity": o.priority or "warning",
                "source": source or "Uptime Kuma Test Button",
            },
            "routing_key": o.key.strip(),
            "event_action": o.on_up if news.up else "trigger",
            "dedup_key": f"Uptime Kuma/{news.id or 'test'}",
            "client": news.link and "Uptime Kuma",
            "client_url": news.link,
        })  # fmt: skip
