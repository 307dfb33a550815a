"""What can be done with Docker hosts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

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
    """The Docker hosts of all users: few, and all in memory."""

    def __init__(
        self, database: Transactions, monitors: ReferringMonitors, http: HttpClient, data_folder: Path
    ) -> None:
        self._database = database
        self._monitors = monitors
        self._http = http
        self._data_folder = data_folder
        self._hosts: dict[int, DockerHost] = {}

    async def load(self) -> None:
        """Read all of them."""
        self._hosts = {host.id: host for host in await self._database.read(store.read_all)}

    def of(self, owner: int) -> list[DockerHost]:
        """A user's hosts, oldest first."""
        return [host for host in self._hosts.values() if host.owner == owner]

    def find(self, host_id: int) -> Callable[[str, float], Request] | None:
        """Makes the request for a path of a host's API, given the seconds it may take; None for no host."""
        host = self._hosts.get(host_id)
        if host is None:
            return None
        return lambda path, timeout: daemon_request(host, path, timeout, self._data_folder)

    async def save(self, owner: int, payload: Any, host_id: Any) -> int:
        """Add a host, or change the one of that id; returns the id. Raises UserError."""
        old = self._owned(owner, host_id) if host_id else None
        host = read_host(payload, old.id if old else 0, owner)
        saved = await self._database.write(lambda db: store.put(db, host))
        self._hosts[saved] = host._replace(id=saved)
        return saved

    async def delete(self, owner: int, host_id: Any) -> None:
        """Remove a host; the monitors that named it name none. Raises UserError."""
        host = self._owned(owner, host_id)
        await self._monitors.point_away(REFERENCE, host.id, lambda db: store.delete(db, host.id))
        del self._hosts[host.id]

    async def test(self, payload: Any) -> int:
        """How many containers a host has that need not be stored. Raises UserError: why that is unknown."""
        host = read_host(payload)
        request = daemon_request(host, "/containers/json?all=true", TEST_TIMEOUT_S, self._data_folder)
        try:
            response = await self._http.send(request)
        except NetworkError as error:
            if error.kind is ErrorKind.TIMEOUT:
                raise UserError("Connection to Docker daemon timed out.") from None
            raise UserError(error.message) from None
        if not 200 <= response.status < 300:
            raise UserError(f"Request failed with status code {response.status}")
        try:
            containers = json.loads(response.text)
        except ValueError:
            containers = None
        if not isinstance(containers, list):
            raise UserError("Invalid Docker response, is it Docker really a daemon?")
        return len(containers)

    def _owned(self, owner: int, host_id: Any) -> DockerHost:
        host = self._hosts.get(host_id) if isinstance(host_id, int) else None
        if host is None or host.owner != owner:
            raise UserError("docker host not found")
        return host
