"""The Socket.IO events about Docker hosts (Uptime Kuma 2.5, socket reference §4.5)."""

from __future__ import annotations

from typing import Any

from kuma_lite.core.access import Right
from kuma_lite.core.doors import Answer, Caller, Event, Push
from kuma_lite.core.owned_list import OwnedListEvents
from kuma_lite.docker_hosts.service import DockerHosts


class DockerHostEvents(OwnedListEvents):
    """What clients may ask of Docker hosts."""

    def __init__(self, hosts: DockerHosts, push: Push) -> None:
        super().__init__(
            "DockerHost", hosts, push, view=Right.DOCKER_HOSTS_VIEW, edit=Right.DOCKER_HOSTS_EDIT
        )
        self._hosts = hosts

    def events(self) -> list[Event]:
        """Those of the list, and a test."""
        return [*super().events(), Event("testDockerHost", self.test, 1, needs=self.edit)]

    async def test(self, caller: Caller, payload: Any) -> Answer:
        """Ask the daemon for its containers."""
        del caller
        count = await self._hosts.test(payload)
        if count == 0:
            return {"ok": True, "msg": "Connected Successfully, but there are no containers?"}
        return {"ok": True, "msg": f"Connected Successfully. Amount of containers: {count}"}
