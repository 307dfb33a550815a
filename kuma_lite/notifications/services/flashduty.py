"""FlashDuty: an alert, opened and closed."""

from __future__ import annotations

import secrets

from kuma_lite.notifications.services import kit

API = "https://api.flashcat.cloud/event/push/alert/standard"
NO_MONITOR = "https://flashcat.cloud"  # stands for the name of a monitor in tests and warnings


class FlashDutyOptions(kit.ServiceOptions):
    """Which integration, and how bad."""

    key: str = kit.secret(
        "Push URL",
        "flashdutyIntegrationKey",
        required=True,
        placeholder="Copy from the alerting integration page",
        help="The whole address, or the integration key alone.",
    )
    severity: str = kit.select(
        "Severity",
        "flashdutySeverity",
        "Info",
        "Info Warning Critical",
        required=True,
        form_default="Critical",
    )


class FlashDuty(kit.HttpService[FlashDutyOptions]):
    """An alert in FlashDuty, one per monitor."""

    name, label, groups = "FlashDuty", "FlashDuty (快猫星云)", ("regional",)
    documentation = "https://docs.flashcat.cloud/en/flashduty/custom-alert-integration-guide"
    description = "Opens an alert in FlashDuty, and closes it when the monitor is up again."

    def request(self, o: FlashDutyOptions, news: kit.News) -> kit.Call:
        """An event; tags of the monitor become labels."""
        key = o.key.strip()
        name = news.name or NO_MONITOR
        resource = (news.host or news.url or news.name) if news.is_beat else news.text
        tags = {tag.name: kit.Exactly(tag.value) for tag in news.tags}
        own = key.startswith("http")
        return kit.Call(key if own else API, query={} if own else {"integration_key": key}, json={
            "description": f"[{news.headline}] [{name}] {news.msg or news.text}",
            "title": news.headline,
            "event_status": news.pick("Ok", o.severity or "Info", "Info"),
            "alert_key": str(news.id) if news.is_beat else secrets.token_hex(8),
            "labels": {"resource": resource, "check": name, **tags},
        })  # fmt: skip

    def refusal(self, answer: kit.Answer) -> str:
        """What was wrong stands in `error`."""
        refused = answer.at("error")
        return f"FlashDuty refused: {answer.at('error', 'message') or answer.text}" if refused else ""
