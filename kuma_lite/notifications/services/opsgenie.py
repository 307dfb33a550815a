"""Opsgenie: an alert, opened and closed."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

SERVERS = {"us": "https://api.opsgenie.com", "eu": "https://api.eu.opsgenie.com"}
REGIONS = {"us": "US (Default)", "eu": "EU"}
USUAL_PRIORITY = 3
# Longer texts are refused.
MAX_MESSAGE = 130  # characters of the title
MAX_DESCRIPTION = 15_000  # characters of the text


class OpsgenieOptions(kit.ServiceOptions):
    """Which account, and how bad."""

    region: str = kit.select("Region", "opsgenieRegion", "us", REGIONS, required=True)
    key: str = kit.secret("API Key", "opsgenieApiKey", required=True)
    priority: int | None = kit.number(
        "Priority",
        "opsgeniePriority",
        minimum=1,
        maximum=5,
        help="From 1, the highest, to 5. Without one it is 3.",
    )


class Opsgenie(kit.HttpService[OpsgenieOptions]):
    """An alert in Opsgenie, one per monitor, by its number: names may be changed or used twice."""

    name, label, groups = "Opsgenie", "Opsgenie", ("incident",)
    documentation = "https://docs.opsgenie.com/docs/alert-api"
    description = "Opens an alert in Opsgenie, and closes it when the monitor is up again."

    def request(self, o: OpsgenieOptions, news: kit.News) -> kit.Call:
        """Create the alert, or close it."""
        alerts = f"{SERVERS.get(o.region, SERVERS['us'])}/v2/alerts"
        headers = {"Authorization": f"GenieKey {o.key.strip()}"}
        alias = f"uptime-kuma-{news.id or 'notification-test'}"
        source = {"source": "Uptime Kuma"}
        if news.up:
            close, by_alias = f"{alerts}/{alias}/close", {"identifierType": "alias"}
            return kit.Call(close, headers=headers, query=by_alias, json=source)
        title = f"Uptime Kuma Alert: {news.name}" if news.is_beat else news.text
        return kit.Call(alerts, headers=headers, json={
            "message": kit.limited(title, MAX_MESSAGE),
            "alias": alias,
            "description": kit.limited(news.text, MAX_DESCRIPTION) if news.is_beat else None,
            "priority": f"P{o.priority or USUAL_PRIORITY}" if news.is_beat else "P5",
            **source,
        })  # fmt: skip
