"""The Socket.IO events about Docker hosts (Uptime Kuma 2.5, socket reference §4.5)."""

from __future__ import annotations

from typing import Any, Final

from kuma_lite.core.doors import COMPATIBLE, PAGE, Answer, Caller, Doors, Event, Push, user_of
from kuma_lite.docker_hosts.service import DockerHosts

_LOGIN_ORDER: Final = 30  # of the list, after monitors and `info`
_PAGE_ORDER: Final = 60  # after what the page shows first


class DockerHostEvents:
    """What clients may ask of Docker hosts."""

    def __init__(self, hosts: DockerHosts, push: Push) -> None:
        self._hosts = hosts
        self._push = push

    def doors(self) -> list[Doors]:
        """Every event of this feature, and the list at login."""
        events = [
            Event("addDockerHost", self.save, 2),
            Event("deleteDockerHost", self.delete, 1),
            Event("testDockerHost", self.test, 1),
        ]
        return [
            Doors(events=events, on_login=self.send_list, login_order=_LOGIN_ORDER),
            Doors(on_login=self.send_list, login_order=_PAGE_ORDER, namespace=PAGE),
        ]

    async def save(self, caller: Caller, payload: Any, host_id: Any) -> Answer:
        """A new host, or changes to one."""
        user = user_of(caller)
        saved = await self._hosts.save(user, payload, host_id)
        await self._push_change(user)
        return {"ok": True, "msg": "Saved.", "msgi18n": True, "id": saved}

    async def delete(self, caller: Caller, host_id: Any) -> Answer:
        """Remove."""
        user = user_of(caller)
        await self._hosts.delete(user, host_id)
        await self._push_change(user)
        return {"ok": True, "msg": "successDeleted", "msgi18n": True}

    async def test(self, caller: Caller, payload: Any) -> Answer:
        """Ask the daemon for its containers."""
        del caller
        count = await self._hosts.test(payload)
        if count == 0:
            return {"ok": True, "msg": "Connected Successfully, but there are no containers?"}
        return {"ok": True, "msg": f"Connected Successfully. Amount of containers: {count}"}

    async def send_list(self, caller: Caller) -> None:
        """`dockerHostList` at login; to everybody of the user, as Uptime Kuma 2.5 does."""
        await self._push_list(user_of(caller), caller.namespace)

    async def _push_change(self, user: int) -> None:
        for namespace in (COMPATIBLE, PAGE):
            await self._push_list(user, namespace)

    async def _push_list(self, user: int, namespace: str) -> None:
        items = [host.as_wire() for host in self._hosts.of(user)]
        await self._push.to_user(user, "dockerHostList", items, namespace=namespace)
