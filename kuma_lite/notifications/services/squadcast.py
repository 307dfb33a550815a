"""Squadcast: an incident, opened and resolved."""

from __future__ import annotations

from kuma_lite.notifications.services import kit


class SquadcastOptions(kit.ServiceOptions):
    """Which service at Squadcast."""

    address: str = kit.secret(
        "Post URL", "squadcastWebhookURL", required=True, help="The webhook of its Uptime Kuma alert source."
    )


class Squadcast(kit.HttpService[SquadcastOptions]):
    """An incident in Squadcast, one per monitor."""

    name, label, groups = "squadcast", "SquadCast", ("incident",)
    documentation = "https://support.squadcast.com/integrations/alert-source-integrations-native/uptime-kuma"
    description = "Opens an incident in Squadcast, and resolves it when the monitor is up again."

    def request(self, o: SquadcastOptions, news: kit.News) -> kit.Call:
        """What happened, and the heartbeat; tags of the monitor become tags of the incident."""
        tags = {tag.name: {"value": kit.Exactly(tag.value), "color": tag.color} for tag in news.tags}
        address = {"AlertAddress": kit.Exactly(news.address)} if news.is_beat else {}
        state = news.pick("UP", "DOWN")
        return kit.Call(o.address, json={
            "message": f"{news.name} is {state}" if news.is_beat else news.text,
            "description": kit.Exactly(news.msg),
            "event_id": news.id if news.is_beat else None,
            "status": news.pick("resolve", "trigger"),
            "tags": {**address, **tags},
            "heartbeat": kit.Exactly(news.heartbeat),
            "source": "uptime-kuma",
        })  # fmt: skip
