"""AlertNow: an incident, opened and closed."""

from __future__ import annotations

from kuma_lite.core.clock import wire_date
from kuma_lite.notifications.services import kit


class AlertNowOptions(kit.ServiceOptions):
    """Which integration."""

    webhook: str = kit.secret("Webhook URL", "alertNowWebhookURL", required=True)


class AlertNow(kit.HttpService[AlertNowOptions]):
    """An incident in AlertNow, one per monitor, by its number."""

    name, label, groups = "AlertNow", "AlertNow", ("incident",)
    documentation = "https://docs.alertnow.com/"
    description = "Opens an incident in AlertNow, and closes it when the monitor is up again."

    def request(self, o: AlertNowOptions, news: kit.News) -> kit.Call:
        """An event; those of one id are one incident, so messages without a monitor share one per day."""
        up, down = f"[{news.name}] ✅ Application is back online", f"[{news.name}] 🔴 Application went down"
        today = wire_date(news.now)[:10].replace("-", "")
        link = f" >> {news.link}" if news.link else ""
        return kit.Call(o.webhook.strip(), json={
            "summary": f"{news.pick(up, down, '')} - {news.text}{link}",
            "status": "close" if news.up else "open",
            "event_type": "INFO" if news.up else "ERROR",
            "event_id": f"uptime-kuma-{news.id}" if news.is_beat else today,
        })  # fmt: skip
