"""Keeps monitors as the labels of containers say, for every host where that is switched on."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, Protocol

from kuma_lite.core.clock import Clock
from kuma_lite.docker_hosts.daemon_events import happenings
from kuma_lite.docker_hosts.labels import Container, Labelled, read
from kuma_lite.docker_hosts.model import DockerHost, tls_context
from kuma_lite.docker_hosts.service import DockerHosts
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http import HttpClient

log = logging.getLogger(__name__)

EVERY_S: Final = 60.0  # between two lists where no event came
GRACE_S: Final = 600.0  # after its container went: a new one of the same service comes within this
SETTLE_S: Final = 0.5  # after an event: `docker compose up` makes many
AGAIN_S: Final = 5.0  # after a stream of events broke off
LIST_S: Final = 10.0  # what a list of containers may take


class Fulfils(Protocol):
    """Who makes the monitors of a host be these."""

    def made(self, host: DockerHost) -> frozenset[str]:
        """Ids of the monitors that were made for a host."""

    async def fulfil(self, host: DockerHost, wanted: Labelled, kept: frozenset[str]) -> str:
        """Make it so. What is not wanted any more goes, but for the ids `kept`.

        What does not fit is refused in `wanted`, and all others are made. Returns why nothing could be made,
        "" when it was.
        """


class HostWatch:
    """One host.

    Args:
        host: which.
        hosts: ask it.
        http: how.
        clock: of the grace.
        fulfils: makes and removes monitors.
        knows: whether there is a type of monitors.
    """

    def __init__(
        self,
        host: DockerHost,
        hosts: DockerHosts,
        http: HttpClient,
        clock: Clock,
        fulfils: Fulfils,
        knows: Callable[[str], bool],
    ) -> None:
        self.host = host
        self._hosts = hosts
        self._http = http
        self._clock = clock
        self._fulfils = fulfils
        self._knows = knows
        self._gone: dict[str, float] = {}  # id → when its container was missed first, monotonic
        self._wake = asyncio.Event()
        self.problems: dict[str, str] = {}  # container, or "" for the host → what is wrong
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to follow it."""
        self._tasks = [
            asyncio.create_task(self._keep(), name=f"labels of docker host {self.host.id}"),
            asyncio.create_task(self._follow(), name=f"events of docker host {self.host.id}"),
        ]

    async def stop(self) -> None:
        """Follow it no more; its monitors stay."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        self._tasks = []

    async def round(self) -> None:
        """Look at all containers once, and make it so."""
        try:
            containers = await self._containers()
        except (NetworkError, ValueError) as error:
            self.problems = {"": str(error)}
            return
        wanted = read(containers, self.host.name or "", self._knows)
        there = frozenset(wanted.monitors) | wanted.faulty
        kept = self._kept(there) | wanted.faulty
        failed = await self._fulfils.fulfil(self.host, wanted, frozenset(kept))
        problems = dict(wanted.problems)
        if failed:
            problems[""] = failed
        if problems != self.problems:
            for container, sentence in problems.items():
                log.warning("Labels of %s on Docker host %s: %s", container, self.host.name, sentence)
        self.problems = problems

    def _kept(self, there: frozenset[str]) -> set[str]:
        """Ids whose containers went a short while ago."""
        now = self._clock.monotonic()
        gone = self._fulfils.made(self.host) - there
        self._gone = {key: self._gone.get(key, now) for key in gone}
        return {key for key, since in self._gone.items() if now - since < GRACE_S}

    async def _containers(self) -> Sequence[Container]:
        """All there are, stopped ones too. Raises NetworkError, ValueError."""
        ask = self._hosts.request_maker(self.host.id)
        if ask is None:
            raise ValueError("the host is gone")
        response = await self._http.send(ask("/containers/json?all=true", LIST_S))
        if response.status != 200:
            raise ValueError(f"the daemon answers with status {response.status}")
        found = json.loads(response.text)
        if not isinstance(found, list):
            raise ValueError("this is no Docker daemon")
        return [_container(one) for one in found if isinstance(one, Mapping)]

    async def _keep(self) -> None:
        while True:
            try:
                await self.round()
            except Exception:
                log.exception("The labels of Docker host %s could not be followed", self.host.name)
            # Not `wait_for`: that of Python 3.11 swallows a cancellation that comes with the wish to wake.
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY_S):
                    await self._wake.wait()
                await asyncio.sleep(SETTLE_S)
            self._wake.clear()

    async def _follow(self) -> None:
        while True:
            try:
                context = await asyncio.to_thread(tls_context, self.host, self._hosts.data_folder)
                async for _ in happenings(self.host, context):
                    self._wake.set()
            except (OSError, ValueError) as error:
                log.debug("No events of Docker host %s: %s", self.host.name, error)
            await asyncio.sleep(AGAIN_S)


class LabelWatch:
    """All hosts where labels make monitors; `sync` after hosts were changed."""

    def __init__(self, hosts: DockerHosts, make: Callable[[DockerHost], HostWatch]) -> None:
        self._hosts = hosts
        self._make = make
        self._watches: dict[int, HostWatch] = {}

    async def sync(self) -> None:
        """Begin and end to follow hosts, as they are now."""
        wanted = {host.id: host for host in self._hosts.labelled()}
        for number, watch in list(self._watches.items()):
            if wanted.get(number) != watch.host:
                await self._watches.pop(number).stop()
        for number, host in wanted.items():
            if number not in self._watches:
                watch = self._watches[number] = self._make(host)
                watch.start()

    async def stop(self) -> None:
        """Follow none."""
        for watch in self._watches.values():
            await watch.stop()
        self._watches.clear()

    def problems(self) -> dict[int, tuple[DockerHost, Mapping[str, str]]]:
        """Number of a host → host, and container → what is wrong."""
        found = {number: (watch.host, watch.problems) for number, watch in self._watches.items()}
        return {number: entry for number, entry in found.items() if entry[1]}


def _container(given: Mapping[str, Any]) -> Container:
    names, labels = given.get("Names"), given.get("Labels")
    identity = str(given.get("Id") or "")
    name = str(names[0]).removeprefix("/") if isinstance(names, list) and names else identity[:12]
    found = {str(key): str(value) for key, value in labels.items()} if isinstance(labels, Mapping) else {}
    return Container(identity, name, str(given.get("Image") or ""), found)
