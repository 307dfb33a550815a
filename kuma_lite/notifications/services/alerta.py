"""Alerta: an alert, raised and cleared."""

from __future__ import annotations

from kuma_lite.notifications.services import kit


class AlertaOptions(kit.ServiceOptions):
    """Which server, and which severities."""

    endpoint: str = kit.url(
        "API Endpoint", "alertaApiEndpoint", required=True, placeholder="https://alerta.example.com/api/alert"
    )
    environment: str = kit.text("Environment", "alertaEnvironment", required=True, placeholder="Production")
    key: str = kit.secret("API Key", "alertaApiKey", required=True)
    down: str = kit.text("Alert State", "alertaAlertState", required=True, form_default="critical")
    up: str = kit.text("Recover State", "alertaRecoverState", required=True, form_default="cleared")


class Alerta(kit.HttpService[AlertaOptions]):
    """An alert in Alerta, one per name and type of a monitor."""

    name, label, groups = "alerta", "Alerta", ("incident",)
    documentation = "https://docs.alerta.io/api/reference.html#create-an-alert"
    description = "Raises an alert in Alerta, and clears it when the monitor is up again."

    def request(self, o: AlertaOptions, news: kit.News) -> kit.Call:
        """One alert with the severity of the state."""
        kind = news.type if news.is_beat else "msg"
        state = news.pick("up", "down")
        headers = {
            "Content-Type": "application/json;charset=UTF-8",
            "Authorization": f"Key {o.key.strip()}",
        }
        return kit.Call(o.endpoint, headers=headers, json={
            "environment": o.environment,
            "severity": news.pick(o.up or "cleared", o.down or "critical", "critical"),
            "event": kind,
            "group": f"uptimekuma-{kind}",
            "resource": news.name if news.is_beat else "Message",
            "text": f"Service {kind} is {state}." if news.is_beat else news.text,
            "correlate": [],
            "service": ["UptimeKuma"],
            "value": "Timeout",
            "tags": ["uptimekuma"],
            "attributes": {},
            "origin": "uptimekuma",
            "type": "exceptionAlert",
        })  # fmt: skip
