"""The Socket.IO events about Docker hosts (Uptime Kuma 2.5, socket reference §4.5)."""

from __future__ import annotations

from typing import Any

from kuma_lite.core.doors import Doors, Push
from kuma_lite.core.resource_events import PushedList, ResourceEvents
from kuma_lite.core.resources import Resource
from kuma_lite.docker_hosts.model import DockerHost
from kuma_lite.docker_hosts.service import DockerHosts


def docker_host_doors(resource: Resource[DockerHost], hosts: DockerHosts, push: Push) -> list[Doors]:
    """What clients may ask of Docker hosts."""

    async def test(document: Any) -> str:
        """Ask the daemon for its containers."""
        count = await hosts.test(document)
        if count == 0:
            return "Connected Successfully, but there are no containers?"
        return f"Connected Successfully. Amount of containers: {count}"

    listing = PushedList("dockerHostList", resource, push, lambda host, _: host.as_wire())
    events = ResourceEvents(resource, listing, page=push, missing="docker host not found")
    return events.doors(
        [
            events.save("addDockerHost", lambda host: {"id": host.id}),
            events.delete("deleteDockerHost"),
            events.test("testDockerHost", test),
        ]
    )
