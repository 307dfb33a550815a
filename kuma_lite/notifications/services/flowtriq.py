"""Flowtriq: an alert of an incoming webhook."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

OF_BEAT = ("status", "time", "ping", "msg", "timezone")
OF_MONITOR = ("id", "name", "type", "url", "hostname", "port")


class FlowtriqOptions(kit.ServiceOptions):
    """Which webhook."""

    webhook: str = kit.secret(
        "Webhook URL",
        "flowtriqWebhookUrl",
        required=True,
        placeholder="https://app.flowtriq.com/api/webhooks/...",
    )
    key: str = kit.secret("API Key", "flowtriqApiKey", placeholder="Optional")


class Flowtriq(kit.HttpService[FlowtriqOptions]):
    """An alert in Flowtriq."""

    name, label, groups = "Flowtriq", "Flowtriq", ("incident",)
    documentation = "https://flowtriq.com/docs"
    description = "Sends the message to a webhook of Flowtriq."

    def request(self, o: FlowtriqOptions, news: kit.News) -> kit.Call:
        """The text, and what Flowtriq knows of monitors and heartbeats."""
        beat, monitor = news.heartbeat or {}, news.monitor or {}
        return kit.Call(o.webhook.strip(), headers={"X-API-Key": o.key.strip()}, json={
            "source": "uptime-kuma",
            "status": news.pick("up", "down", "info"),
            "monitor": news.name or "Unknown",
            "msg": news.text,
            "heartbeat": {key: kit.Exactly(beat[key]) for key in OF_BEAT if key in beat} or None,
            "monitorInfo": {key: kit.Exactly(monitor[key]) for key in OF_MONITOR if key in monitor} or None,
        })  # fmt: skip
