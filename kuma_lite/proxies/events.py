"""The Socket.IO events about proxies (Uptime Kuma 2.5, socket reference §4.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from kuma_lite.core.access import Actor, Audience, Right
from kuma_lite.core.doors import PAGE, Answer, Caller, Push, actor_of
from kuma_lite.core.owned_list import OwnedListEvents, OwnedThing
from kuma_lite.proxies.service import Proxies


class MonitorList(Protocol):
    """Who pushes all monitors."""

    async def push_list(self, audience: Audience) -> None:
        """`monitorList` to compatible clients."""


class ProxyEvents(OwnedListEvents):
    """What clients may ask of proxies. Our own page is not shown passwords."""

    def __init__(self, proxies: Proxies, monitors: MonitorList, push: Push) -> None:
        super().__init__("Proxy", proxies, push, view=Right.PROXIES_VIEW, edit=Right.PROXIES_EDIT)
        self._proxies = proxies
        self._monitors = monitors

    def shown(self, thing: OwnedThing, namespace: str, *, secrets: bool) -> dict[str, Any]:
        """Compatible clients send the password back with their changes, so those who may edit get it."""
        wire = super().shown(thing, namespace, secrets=secrets)
        shows_password = secrets and namespace != PAGE
        return {key: value for key, value in wire.items() if shows_password or key != "password"}

    async def save(self, caller: Caller, payload: Any, thing_id: Any) -> Answer:
        """A new proxy, or changes to one; `applyExisting` gives it to all monitors."""
        actor = actor_of(caller)
        if caller.namespace == PAGE and isinstance(payload, Mapping) and "password" not in payload:
            payload = {**payload, "password": self._password_of(actor, thing_id)}
        answer = await super().save(caller, payload, thing_id)
        if payload.get("applyExisting"):
            await self._monitors.push_list(actor.everybody(Right.MONITORS_VIEW))
        return answer

    def _password_of(self, actor: Actor, proxy_id: Any) -> Any:
        """What is stored: our page keeps it by leaving it out."""
        wires = (proxy.as_wire() for proxy in self._proxies.of(actor.organisation))
        return next((wire["password"] for wire in wires if str(wire["id"]) == str(proxy_id)), None)
