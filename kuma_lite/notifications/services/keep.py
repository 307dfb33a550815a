"""Keep: an event."""

from __future__ import annotations

from kuma_lite.core.declarations import Kind
from kuma_lite.notifications.services import kit


class KeepOptions(kit.ServiceOptions):
    """Which server."""

    server: str = kit.secret(  # a key that holds credentials in other types is one everywhere
        "Host URL",
        "webhookURL",
        kind=Kind.URL,
        required=True,
        placeholder="https://api.keephq.dev",
        help="The address of Keep's API.",
    )
    key: str = kit.secret("API Key", "webhookAPIKey", required=True)


class Keep(kit.HttpService[KeepOptions]):
    """An event in Keep."""

    name, label, groups = "Keep", "Keep", ("chat", "incident")
    documentation = "https://docs.keephq.dev/providers/documentation/uptimekuma-provider"
    description = "Sends the message to the alert management of Keep."

    def request(self, o: KeepOptions, news: kit.News) -> kit.Call:
        """The whole message."""
        whole = {"heartbeat": news.heartbeat, "monitor": news.monitor, "msg": news.text}
        address = f"{o.server.strip().rstrip('/')}/alerts/event/uptimekuma"
        return kit.Call(address, headers={"x-api-key": o.key.strip()}, json=kit.Exactly(whole))
