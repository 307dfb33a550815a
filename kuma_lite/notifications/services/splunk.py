"""Splunk On-Call: an incident, opened and resolved."""

from __future__ import annotations

from collections.abc import Sequence

from kuma_lite.notifications.services import kit

ON_UP = {"0": "Nothing", "ACKNOWLEDGEMENT": "Acknowledge", "RECOVERY": "Resolve"}


class SplunkOptions(kit.ServiceOptions):
    """Which integration, how bad, and what follows when a monitor is up again."""

    address: str = kit.secret(
        "Splunk Rest URL",
        "splunkRestURL",
        required=True,
        placeholder="https://alert.victorops.com/integrations/generic/...",
    )
    severity: str = kit.select("Severity", "splunkSeverity", "CRITICAL", "INFO WARNING CRITICAL")
    on_up: str = kit.select("Auto resolve or acknowledged", "splunkAutoResolve", "0", ON_UP)


class Splunk(kit.HttpService[SplunkOptions]):
    """An incident in Splunk On-Call (VictorOps), one per monitor."""

    name, label, groups = "Splunk", "Splunk", ("incident",)
    documentation = "https://help.splunk.com/en/splunk-enterprise/alert-and-respond/splunk-on-call/integrations-with-splunk-on-call"
    description = "Opens an incident in Splunk On-Call, and resolves it if you wish."

    def request(self, o: SplunkOptions, news: kit.News) -> kit.Call | Sequence[kit.Call]:
        """An alert; none for a recovery that nothing shall follow."""
        if news.up and o.on_up in ("", "0"):
            return []
        source = news.host or news.url or news.name or "Uptime Kuma Test Button"
        return kit.Call(o.address.strip(), json={
            "message_type": o.on_up if news.up else o.severity or "CRITICAL",
            "state_message": f"[{news.headline}] [{source}] {news.msg or news.text}",
            "entity_display_name": f"Uptime Kuma Alert: {news.name}" if news.is_beat else "Uptime Kuma Alert",
            "entity_id": f"Uptime Kuma/{news.id or 'test'}",
            "client": news.link and "Uptime Kuma",
            "client_url": news.link,
        })  # fmt: skip

    def refusal(self, answer: kit.Answer) -> str:
        """`result` says `failure` where something was wrong."""
        refused = answer.at("result") == "failure"
        return f"Splunk On-Call refused: {answer.at('message') or answer.text}" if refused else ""
