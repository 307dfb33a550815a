"""SIGNL4: an alert, opened and closed."""

from __future__ import annotations

from kuma_lite.notifications.services import kit


class Signl4Options(kit.ServiceOptions):
    """Which team."""

    address: str = kit.secret(
        "SIGNL4 Webhook URL",
        "webhookURL",
        required=True,
        placeholder="https://connect.signl4.com/webhook/team-secret",
    )


class Signl4(kit.HttpService[Signl4Options]):
    """An alert in SIGNL4, one per monitor."""

    name, label, groups = "SIGNL4", "SIGNL4", ("incident",)
    documentation = "https://docs.signl4.com/integrations/webhook/webhook.html"
    description = "Alerts a team through SIGNL4, and closes the alert when the monitor is up again."

    def request(self, o: Signl4Options, news: kit.News) -> kit.Call:
        """The three parts of the message, and what SIGNL4 needs to know."""
        return kit.Call(o.address.strip(), json={
            "heartbeat": kit.Exactly(news.heartbeat),
            "monitor": kit.Exactly(news.monitor),
            "msg": news.text,
            "X-S4-SourceSystem": "UptimeKuma",
            "monitorUrl": kit.Exactly(news.address),
            "title": news.headline,
            "message": None if news.is_beat else news.text,
            "X-S4-ExternalID": f"UptimeKuma-{news.id}" if news.is_beat else None,
            "X-S4-Status": news.pick("resolved", "new"),
        })  # fmt: skip
