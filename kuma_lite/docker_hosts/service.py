"""What can be done with Docker hosts."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

from kuma_lite.core import wire_values
from kuma_lite.core.access import Actor
from kuma_lite.core.errors import UserError
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions
from kuma_lite.docker_hosts import store
from kuma_lite.docker_hosts.model import DockerHost, daemon_request, read_host
from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.http import HttpClient, Request

T = TypeVar("T")

REFERENCE: Final = "docker_host"  # the field of a monitor
TEST_TIMEOUT_S: Final = 5.0  # as in Uptime Kuma 2.5


class ReferringMonitors(Protocol):
    """What Docker hosts need of monitors."""

    async def point_away(self, key: str, value: int, also: Callable[[Connection], T]) -> T:
        """Let no monitor refer to `value` any more, in one transaction with `also`."""


class DockerHosts:
    """The Docker hosts of all organisations: few, and all in memory."""

    def __init__(
        self, database: Transactions, monitors: ReferringMonitors, http: HttpClient, data_folder: Path
    ) -> None:
        self._database = database
        self._monitors = monitors
        self._http = http
        self.data_folder = data_folder
        self.changed: list[Callable[[], Awaitable[None]]] = []  # called after hosts were changed
        self._hosts: dict[int, DockerHost] = {}

    async def load(self) -> None:
        """Read all of them."""
        self._hosts = {host.id: host for host in await self._database.read(store.read_all)}

    def request_maker(self, host_id: int) -> Callable[[str, float], Request] | None:
        """Makes the request for a path of a host's API, given the seconds it may take; None for no host."""
        host = self._hosts.get(host_id)
        if host is None:
            return None
        return lambda path, timeout: daemon_request(host, path, timeout, self.data_folder)

    async def test(self, payload: Any) -> int:
        """How many containers a host has that need not be stored. Raises UserError: why that is unknown."""
        host = read_host(payload)
        request = daemon_request(host, "/containers/json?all=true", TEST_TIMEOUT_S, self.data_folder)
        try:
            response = await self._http.send(request)
        except NetworkError as error:
            if error.kind is ErrorKind.TIMEOUT:
                raise UserError("Connection to Docker daemon timed out.") from None
            raise UserError(error.message) from None
        if not 200 <= response.status < 300:
            raise UserError("Request failed with status code {the_status}", the_status=response.status)
        try:
            containers = json.loads(response.text)
        except ValueError:
            containers = None
        if not isinstance(containers, list):
            raise UserError("Invalid Docker response, is it Docker really a daemon?")
        return len(containers)

    def exists(self, organisation: int, host_id: int) -> bool:
        """Whether an organisation has the host of that number."""
        found = self._hosts.get(host_id)
        return found is not None and found.organisation == organisation

    def labelled(self) -> list[DockerHost]:
        """Those whose containers make monitors."""
        return [host for host in self._hosts.values() if host.labels]

    # --- as the keeper of a resource ---------------------------------------------------------------------

    async def all(self, actor: Actor) -> list[DockerHost]:
        """The hosts of an organisation, oldest first."""
        return [host for host in self._hosts.values() if host.organisation == actor.organisation]

    async def find(self, _actor: Actor, key: Any) -> DockerHost | None:
        """One by its id."""
        return self._hosts.get(wire_values.whole(key) or 0)

    def document(self, host: DockerHost) -> dict[str, Any]:
        """What can be chosen."""
        return host.document()

    async def create(self, actor: Actor, document: Any) -> DockerHost:
        """A new one. Raises UserError."""
        return await self._save(read_host(document, 0, actor))

    async def replace(self, actor: Actor, host: DockerHost, document: Any) -> DockerHost:
        """Another document for one. Raises UserError."""
        return await self._save(read_host(document, host.id, actor, host)._replace(user_id=host.user_id))

    async def delete(self, _actor: Actor, host: DockerHost) -> None:
        """Remove one; the monitors that named it name none."""
        await self._monitors.point_away(REFERENCE, host.id, lambda db: store.delete(db, host.id))
        del self._hosts[host.id]
        await self._tell()

    async def _save(self, host: DockerHost) -> DockerHost:
        number = await self._database.write(lambda db: store.put(db, host))
        self._hosts[number] = host._replace(id=number)
        await self._tell()
        return self._hosts[number]

    async def _tell(self) -> None:
        for tell in self.changed:
            await tell()
