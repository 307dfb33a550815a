"""The Socket.IO events about proxies (Uptime Kuma 2.5, socket reference §4.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from kuma_lite.core.access import Actor, Audience, Right
from kuma_lite.core.doors import PAGE, Caller, Doors, Push
from kuma_lite.core.resource_events import PushedList, ResourceEvents
from kuma_lite.core.resources import Resource
from kuma_lite.proxies.model import Proxy


class MonitorList(Protocol):
    """Who pushes all monitors."""

    async def push_list(self, audience: Audience) -> None:
        """`monitorList` to compatible clients."""


def proxy_doors(proxies: Resource[Proxy], monitors: MonitorList, push: Push) -> list[Doors]:
    """What clients may ask of proxies; `applyExisting` gives one to all monitors."""

    async def push_monitors(actor: Actor, payload: Any) -> None:
        if payload.get("applyExisting"):
            await monitors.push_list(actor.everybody(Right.MONITORS_VIEW))

    events = ResourceEvents(
        proxies, PushedList("proxyList", proxies, push, _shown), missing="proxy not found", reading=_read
    )
    return events.doors(
        [
            events.save("addProxy", lambda proxy: {"id": proxy.id}, then=push_monitors),
            events.delete("deleteProxy"),
        ]
    )


def _shown(proxy: Proxy, namespace: str, secrets: bool) -> dict[str, Any]:
    """Compatible clients send the password back with their changes, so those who may edit get it."""
    shows_password = secrets and namespace != PAGE
    return {key: value for key, value in proxy.as_wire().items() if shows_password or key != "password"}


def _read(caller: Caller, payload: Any, old: Proxy | None) -> Any:
    """Our own page is not shown passwords: it keeps one by leaving it out."""
    if caller.namespace == PAGE and isinstance(payload, Mapping) and "password" not in payload:
        return {**payload, "password": old.password if old else None}
    return payload
