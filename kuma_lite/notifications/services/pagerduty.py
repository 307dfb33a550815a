"""PagerDuty: an event of its Events API v2, https://developer.pagerduty.com/docs/send-alert-event."""

from __future__ import annotations

from collections.abc import Sequence

from kuma_lite.notifications.services import kit

API = "https://events.pagerduty.com/v2/enqueue"
MAX_SUMMARY = 1_024  # characters; a longer one is refused
RESOLVING = {"0": "Do nothing", "acknowledge": "Auto acknowledged", "resolve": "Auto resolve"}


class PagerDutyOptions(kit.ServiceOptions):
    """Which service, and what UP means there."""

    key: str = kit.secret("Integration Key", "pagerdutyIntegrationKey", required=True)
    address: str = kit.url("Integration URL", "pagerdutyIntegrationUrl", API)
    severity: str = kit.select("Priority", "pagerdutyPriority", "warning", "info warning error critical")
    when_up: str = kit.select("Auto resolve or acknowledged", "pagerdutyAutoResolve", "0", RESOLVING)


class PagerDuty(kit.HttpService[PagerDutyOptions]):
    """An incident in PagerDuty."""

    name, label, groups = "PagerDuty", "PagerDuty", ("incident",)
    description = "Opens incidents in PagerDuty, and resolves them if you like."

    def request(self, o: PagerDutyOptions, news: kit.News) -> kit.Call | Sequence[kit.Call]:
        """One event per monitor, known again by its key."""
        if news.up and o.when_up == "0":
            return ()
        title = news.pick("Uptime Kuma Monitor ✅ Up", "Uptime Kuma Monitor 🔴 Down", "Uptime Kuma Alert")
        summary = f"[{title}] [{news.name}] {news.msg}" if news.is_beat else f"[{title}] {news.text}"
        target = news.address if news.type == "port" else news.host or news.url
        source = (target or news.name) if news.is_beat else "Uptime Kuma Test Button"
        return kit.Call(o.address, json={
            "payload": {
                "summary": kit.limited(summary, MAX_SUMMARY),
                "severity": o.severity,
                "source": source,
            },
            "routing_key": o.key,
            "event_action": o.when_up if news.up else "trigger",
            "dedup_key": f"Uptime Kuma/{news.id or 'test'}",
            "client": "Uptime Kuma" if news.link else None,
            "client_url": news.link,
        })  # fmt: skip
