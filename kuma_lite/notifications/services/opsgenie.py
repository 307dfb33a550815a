"""Opsgenie: an alert, https://docs.opsgenie.com/docs/alert-api."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

REGIONS = {"us": "https://api.opsgenie.com/v2/alerts", "eu": "https://api.eu.opsgenie.com/v2/alerts"}
SOURCE = "Uptime Kuma"
MAX_MESSAGE = 130  # characters; a longer one is refused
MAX_ALIAS = 512
MAX_DESCRIPTION = 15_000


class OpsgenieOptions(kit.ServiceOptions):
    """Which account, and how urgent."""

    region: str = kit.select("Region", "opsgenieRegion", "us", {"us": "US", "eu": "EU"}, required=True)
    key: str = kit.secret("API Key", "opsgenieApiKey", required=True)
    priority: int | None = kit.number("Priority", "opsgeniePriority", minimum=1, maximum=5)


class Opsgenie(kit.HttpService[OpsgenieOptions]):
    """An alert in Opsgenie."""

    name, label, groups = "Opsgenie", "Opsgenie", ("incident",)
    description = "Opens alerts in Opsgenie, and closes them."

    def request(self, o: OpsgenieOptions, news: kit.News) -> kit.Call:
        """An alert of the monitor's name; UP closes it."""
        api = REGIONS.get(o.region, REGIONS["us"])
        headers = {"Authorization": f"GenieKey {o.key}"}
        alias = kit.limited(news.name, MAX_ALIAS, end="")
        if news.up:
            address = f"{api}/{kit.quoted(alias)}/close"
            query = {"identifierType": "alias"}
            return kit.Call(address, query=query, headers=headers, json={"source": SOURCE})
        message = f"Uptime Kuma Alert: {news.name}" if news.down else news.text
        return kit.Call(api, headers=headers, json={
            "message": kit.limited(message, MAX_MESSAGE),
            "alias": alias if news.down else "uptime-kuma-notification-test",
            "description": kit.limited(news.text, MAX_DESCRIPTION) if news.down else None,
            "source": SOURCE,
            "priority": f"P{o.priority or 3}" if news.down else "P5",
        })  # fmt: skip
