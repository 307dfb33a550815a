"""Alerta: an alert in its console, https://docs.alerta.io/api/reference.html#create-an-alert."""

from __future__ import annotations

from kuma_lite.notifications.services import kit


class AlertaOptions(kit.ServiceOptions):
    """Which console, and how severe it is there."""

    endpoint: str = kit.url("API Endpoint", "alertaApiEndpoint", required=True)
    environment: str = kit.text("Environment", "alertaEnvironment", required=True)
    key: str = kit.secret("API Key", "alertaApiKey", required=True)
    down: str = kit.text("Alert State", "alertaAlertState", required=True, placeholder="critical")
    up: str = kit.text("Recover State", "alertaRecoverState", required=True, placeholder="cleared")


class Alerta(kit.HttpService[AlertaOptions]):
    """An alert in an Alerta console."""

    name, label, groups = "alerta", "Alerta", ("incident",)
    description = "Opens and clears alerts in Alerta."

    def request(self, o: AlertaOptions, news: kit.News) -> kit.Call:
        """An alert whose resource is the monitor; the same one is cleared by UP."""
        headers = {"Content-Type": "application/json;charset=UTF-8", "Authorization": f"Key {o.key}"}
        return kit.Call(o.endpoint, headers=headers, json={
            "environment": o.environment,
            "severity": news.pick(o.up, o.down, "critical"),
            "correlate": [],
            "service": ["UptimeKuma"],
            "value": "Timeout",
            "tags": ["uptimekuma"],
            "attributes": {},
            "origin": "uptimekuma",
            "type": "exceptionAlert",
            "event": news.type if news.is_beat else "msg",
            "group": f"uptimekuma-{news.type}" if news.is_beat else "uptimekuma-msg",
            "resource": news.name if news.is_beat else "Message",
            "text": news.pick(f"Service {news.type} is up.", f"Service {news.type} is down.", news.text),
        })  # fmt: skip
