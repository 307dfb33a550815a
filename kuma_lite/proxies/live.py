"""The Socket.IO events about proxies (Uptime Kuma 2.5, socket reference §4.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

from kuma_lite.core.doors import COMPATIBLE, PAGE, Answer, Caller, Doors, Event, Push, user_of
from kuma_lite.proxies.service import Proxies

_LOGIN_ORDER: Final = 30  # of the list, after monitors and `info`
_PAGE_ORDER: Final = 60  # after what the page shows first


class MonitorList(Protocol):
    """Who pushes all monitors."""

    async def push_list(self, user_id: int) -> None:
        """`monitorList` to compatible clients."""


class ProxyEvents:
    """What clients may ask of proxies."""

    def __init__(self, proxies: Proxies, monitors: MonitorList, push: Push) -> None:
        self._proxies = proxies
        self._monitors = monitors
        self._push = push

    def doors(self) -> list[Doors]:
        """Every event of this feature, and the list at login."""
        events = [Event("addProxy", self.save, 2), Event("deleteProxy", self.delete, 1)]
        return [
            Doors(events=events, on_login=self.send_list, login_order=_LOGIN_ORDER),
            Doors(on_login=self.send_list, login_order=_PAGE_ORDER, namespace=PAGE),
        ]

    async def save(self, caller: Caller, payload: Any, proxy_id: Any) -> Answer:
        """A new proxy, or changes to one; `applyExisting` gives it to all monitors."""
        user = user_of(caller)
        if caller.namespace == PAGE and isinstance(payload, Mapping) and "password" not in payload:
            payload = {**payload, "password": self._password_of(user, proxy_id)}
        saved = await self._proxies.save(user, payload, proxy_id)
        await self._push_change(user)
        if payload.get("applyExisting"):
            await self._monitors.push_list(user)
        return {"ok": True, "msg": "Saved.", "msgi18n": True, "id": saved}

    async def delete(self, caller: Caller, proxy_id: Any) -> Answer:
        """Remove; the monitors that used it are not pushed (as in the original)."""
        user = user_of(caller)
        await self._proxies.delete(user, proxy_id)
        await self._push_change(user)
        return {"ok": True, "msg": "successDeleted", "msgi18n": True}

    async def send_list(self, caller: Caller) -> None:
        """`proxyList` at login; to everybody of the user, as Uptime Kuma 2.5 does."""
        await self._push_list(user_of(caller), caller.namespace)

    async def _push_change(self, user: int) -> None:
        for namespace in (COMPATIBLE, PAGE):
            await self._push_list(user, namespace)

    def _password_of(self, user: int, proxy_id: Any) -> Any:
        """What is stored: our page is not shown it, and keeps it by leaving it out."""
        wires = (proxy.as_wire() for proxy in self._proxies.of(user))
        return next((wire["password"] for wire in wires if str(wire["id"]) == str(proxy_id)), None)

    async def _push_list(self, user: int, namespace: str) -> None:
        items = [proxy.as_wire() for proxy in self._proxies.of(user)]
        if namespace == PAGE:
            items = [{key: value for key, value in item.items() if key != "password"} for item in items]
        await self._push.to_user(user, "proxyList", items, namespace=namespace)
