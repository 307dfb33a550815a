"""Heii On-Call: an alert of a trigger, raised and resolved."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://heiioncall.com/triggers"


class HeiiOnCallOptions(kit.ServiceOptions):
    """Which trigger."""

    key: str = kit.secret("API Key", "heiiOnCallApiKey", required=True)
    trigger: str = kit.secret("Trigger ID", "heiiOnCallTriggerId", required=True, help="Of a manual trigger.")


class HeiiOnCall(kit.HttpService[HeiiOnCallOptions]):
    """An alert of a manual trigger of Heii On-Call."""

    name, label, groups = "HeiiOnCall", "Heii On-Call", ("chat", "incident")
    documentation = "https://heiioncall.com/docs/manual-triggers"
    description = "Alerts who is on call at Heii On-Call, and resolves it when the monitor is up again."

    def request(self, o: HeiiOnCallOptions, news: kit.News) -> kit.Call:
        """The heartbeat with a link to the monitor."""
        link = {"url": news.link} if news.link else {}
        return kit.Call(
            f"{API}/{kit.quoted(o.trigger.strip())}/{'resolve' if news.up else 'alert'}",
            headers={"Accept": "application/json", **kit.bearer(o.key)},
            json=kit.Exactly({**(news.heartbeat or {"msg": news.text}), **link}),
        )
