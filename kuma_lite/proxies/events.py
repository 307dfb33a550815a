"""The Socket.IO events about proxies (Uptime Kuma 2.5, socket reference §4.5)."""

from __future__ import annotations

from typing import Any, Protocol

from kuma_lite.core.access import Actor, Audience, Right
from kuma_lite.core.doors import PAGE, Doors, Push
from kuma_lite.core.records import replace
from kuma_lite.core.resource_events import PushedList, ResourceEvents
from kuma_lite.core.resources import Resource
from kuma_lite.proxies.model import Proxy
from kuma_lite.proxies.service import Proxies


class MonitorList(Protocol):
    """Who pushes all monitors."""

    async def push_list(self, audience: Audience) -> None:
        """`monitorList` to compatible clients."""


def proxy_doors(
    resource: Resource[Proxy], proxies: Proxies, monitors: MonitorList, push: Push
) -> list[Doors]:
    """What clients may ask of proxies; `applyExisting` gives one to all monitors."""

    async def push_monitors(actor: Actor, payload: Any) -> None:
        if payload.get("applyExisting"):
            await monitors.push_list(actor.everybody(Right.MONITORS_VIEW))

    listing = PushedList("proxyList", resource, push, _shown)
    events = ResourceEvents(resource, listing, page=push, missing="proxy not found")
    return events.doors(
        [
            events.save("addProxy", lambda proxy: {"id": proxy.id}, then=push_monitors),
            events.delete("deleteProxy"),
            replace(events.test("testProxy", proxies.test), namespaces=(PAGE,)),
        ]
    )


def _shown(proxy: Proxy, secrets: bool) -> dict[str, Any]:
    """Compatible clients send the password back with their changes, so those who may edit get it."""
    return {key: value for key, value in proxy.as_wire().items() if secrets or key != "password"}
