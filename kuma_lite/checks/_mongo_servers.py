"""Which server of a MongoDB deployment is asked: all that are named are tried at once, then those they name.

As the drivers do it, but only for one command: nothing is left of it afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kuma_lite.checks._channel import open_channel
from kuma_lite.checks._mongo_url import SELECTION_MS, Address, MongoUrl, read_url, wrong
from kuma_lite.checks._mongo_wire import CommandFailed, Conversation
from kuma_lite.checks._network import failed
from kuma_lite.core.declarations import CannotCheck, CheckFailed
from kuma_lite.net.contexts import TlsOptions
from kuma_lite.net.errors import ErrorKind, NetworkError

if TYPE_CHECKING:
    from kuma_lite.net.network import Network

_ELECTION_PAUSE_S: Final = 0.5  # as drivers ask again while there is no primary
_MAX_SERVERS: Final = 50  # of a deployment; what MongoDB allows for a replica set
_MAX_PEM_BYTES: Final = 256 * 1024
_ANY_MEMBER: Final = frozenset({"secondary", "secondarypreferred", "nearest"})
_PRIMARY_AT_FIRST: Final = "primarypreferred"


@dataclass
class Server:
    """A server that has answered."""

    conversation: Conversation
    hello: Mapping[str, Any]
    address: Address

    @property
    def is_primary(self) -> bool:
        """Takes every command: a primary, a router, a server of its own."""
        return bool(self.hello.get("isWritablePrimary") or self.hello.get("ismaster"))

    def members(self) -> list[Address]:
        """The other members of its replica set, its primary first."""
        named = [self.hello.get("primary"), *(self.hello.get("hosts") or [])]
        found: list[Address] = []
        for text in named:
            if isinstance(text, str):
                try:
                    found.extend(read_url(f"mongodb://{text}").hosts)
                except CannotCheck:
                    continue
        return list(dict.fromkeys(found))


@asynccontextmanager
async def selected(network: Network, url: MongoUrl, *, timeout: float, now: float) -> AsyncIterator[Server]:
    """A server that fits, connected and not yet logged in to.

    Args:
        timeout: seconds; the connection string may ask for fewer.

    Raises CheckFailed (in the words of Uptime Kuma's driver), CannotCheck.
    """
    milliseconds = min(url.milliseconds("serverSelectionTimeoutMS", SELECTION_MS), timeout * 1000)
    tls, any_name = await _tls_options(url)
    async with AsyncExitStack() as connections:
        search = _Search(network, url, connections, tls, any_name, now)
        try:
            async with asyncio.timeout(milliseconds / 1000):
                server = await search.run()
        except TimeoutError:
            if search.error is not None:
                raise failed(search.error) from None
            text = f"Server selection timed out after {milliseconds:.0f} ms"
            raise CheckFailed(text, local=not search.answered) from None
        yield server


class _Search:
    def __init__(
        self,
        network: Network,
        url: MongoUrl,
        connections: AsyncExitStack,
        tls: TlsOptions | None,
        any_name: bool,
        now: float,
    ) -> None:
        self._network, self._url, self._connections = network, url, connections
        self._tls, self._any_name, self._now = tls, any_name, now
        self._errors: dict[Address, NetworkError] = {}
        self.answered = False

    @property
    def error(self) -> NetworkError | None:
        """Of the first server, in the order of the connection string, that has one."""
        return next(iter(self._errors.values()), None)

    async def run(self) -> Server:
        """Ask until one fits; raises CheckFailed when no server can be reached."""
        while True:
            server = await self._round()
            if server is not None:
                return server
            if not self.answered and self.error is not None:
                raise failed(self.error)
            await asyncio.sleep(_ELECTION_PAUSE_S)  # servers are there: they may be electing a primary

    async def _round(self) -> Server | None:
        asked: set[Address] = set()
        wanted = list(self._url.hosts)
        fallback: Server | None = None
        self._errors = {}
        while wanted and len(asked) < _MAX_SERVERS:
            asked.update(wanted)
            answers = await self._ask_all(wanted)
            best = next((server for server in answers if self._fits(server)), None)
            if best is not None:
                return best
            fallback = fallback or next(iter(answers), None)
            members = [member for server in answers for member in server.members()]
            wanted = [each for each in dict.fromkeys(members) if each not in asked]
        preference = self._url.options.get("readpreference", "").lower()
        return fallback if preference == _PRIMARY_AT_FIRST else None

    async def _ask_all(self, addresses: list[Address]) -> list[Server]:
        """Those that answer, in that order; one that fits is not kept waiting by one that is silent."""
        tasks = {asyncio.ensure_future(self._ask(address)): address for address in addresses}
        try:
            for done in asyncio.as_completed(tasks):
                server = await done
                if server is not None and self._fits(server):
                    return [server]
            return [server for task in tasks if (server := task.result()) is not None]
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _ask(self, address: Address) -> Server | None:
        """A server of the wanted replica set; None for others, and for one that cannot be reached."""
        try:
            channel = await self._connections.enter_async_context(
                open_channel(
                    self._network,
                    *address,
                    tls=self._tls,
                    timeout=self._url.milliseconds("connectTimeoutMS", SELECTION_MS) / 1000,
                    now=self._now,
                    any_name=self._any_name,
                )
            )
            conversation = Conversation(channel)
            hello = await conversation.hello(self._url)
        except NetworkError as error:
            self._remember(address, _in_its_words(error, address))
            return None
        except CommandFailed as error:
            self._remember(address, NetworkError(error.message, "EPROTO", ErrorKind.PROTOCOL))
            return None
        except TimeoutError:
            text = f"connection timed out to {address[0]}:{address[1]}"
            self._remember(address, NetworkError(text, "ETIMEDOUT", ErrorKind.TIMEOUT))
            return None
        self.answered = True
        replica_set = self._url.options.get("replicaset")
        if replica_set and hello.get("setName") != replica_set:
            return None
        return Server(conversation, hello, address)

    def _remember(self, address: Address, error: NetworkError) -> None:
        self._errors[address] = error
        order = [*self._url.hosts, *self._errors]
        self._errors = dict(sorted(self._errors.items(), key=lambda each: order.index(each[0])))

    def _fits(self, server: Server) -> bool:
        if self._url.flag("directConnection") or server.is_primary:
            return True
        preference = self._url.options.get("readpreference", "").lower()
        return preference in _ANY_MEMBER and bool(server.hello.get("secondary"))


def _in_its_words(error: NetworkError, address: Address) -> NetworkError:
    """What the driver of Uptime Kuma says of a connection that ends."""
    if error.kind is not ErrorKind.RESET:
        return error
    return NetworkError(f"connection <monitor> to {address[0]}:{address[1]} closed", error.code, error.kind)


async def _tls_options(url: MongoUrl) -> tuple[TlsOptions | None, bool]:
    """How TLS is spoken (None: not at all), and whether the certificate may be for another host."""
    if not url.flag("tls", default=url.flag("ssl", default=url.from_dns)):
        return None, False
    lax = url.flag("tlsInsecure")
    if url.options.get("tlscertificatekeyfilepassword"):
        raise wrong("a key file with a password is not supported here")
    own = await _file(url, "tlsCertificateKeyFile")
    options = TlsOptions(
        verify=not (lax or url.flag("tlsAllowInvalidCertificates")),
        ca_pem=await _file(url, "tlsCAFile"),
        cert_pem=own,
        key_pem=None,
    )
    return options, url.flag("tlsAllowInvalidHostnames")


async def _file(url: MongoUrl, option: str) -> str | None:
    path = url.options.get(option.lower())
    if not path:
        return None

    def read() -> str:
        with Path(path).open("rb") as file:
            return file.read(_MAX_PEM_BYTES).decode("ascii", "replace")

    try:
        return await asyncio.to_thread(read)
    except (OSError, ValueError):
        raise wrong(f"the file of {option} cannot be read here") from None
