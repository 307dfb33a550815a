"""Grafana OnCall: an alert group, opened and resolved."""

from __future__ import annotations

from kuma_lite.notifications.services import kit


class GrafanaOncallOptions(kit.ServiceOptions):
    """Which integration."""

    address: str = kit.secret(
        "Grafana Oncall URL",
        "GrafanaOncallURL",
        required=True,
        help="The HTTP endpoint of an integration of the type Formatted Webhook.",
    )


class GrafanaOncall(kit.HttpService[GrafanaOncallOptions]):
    """An alert in Grafana OnCall."""

    name, label, groups = "GrafanaOncall", "Grafana Oncall", ("chat", "incident")
    documentation = "https://grafana.com/docs/oncall/latest/configure/integrations/references/webhook/"
    description = "Raises an alert in Grafana OnCall, and resolves it when the monitor is up again."

    def request(self, o: GrafanaOncallOptions, news: kit.News) -> kit.Call:
        """A formatted alert."""
        state = news.pick("up", "down")
        return kit.Call(o.address.strip(), json={
            "title": f"{news.name} is {state}" if news.is_beat else "General notification",
            "message": news.msg or news.text,
            "state": "ok" if news.up else "alerting",
        })  # fmt: skip
