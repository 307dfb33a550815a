"""Every type against peers that are silent, slow, confused or gone: it ends in time and leaves nothing.

A type with neither host nor URL that is not in `DOCUMENTS` or `WITHOUT_PEER` fails the test that says so.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import resource
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import pytest

from kuma_lite.checks import monitor_types
from kuma_lite.core.declarations import (
    AnyMonitorType,
    CannotCheck,
    CheckFailed,
    CheckResult,
    Kind,
    MonitorType,
)
from kuma_lite.net.connect import OUR_OWN_LIMITS
from kuma_lite.net.network import Network
from tests.checks.support import Context

TIMEOUT_S: Final = 0.6  # of the monitors
AT_MOST_S: Final = 14.0  # the longest limit of its own that a type has
BLOCKED_S: Final = 2.0  # the loop may not stand still that long: other monitors would be late
SETTLE_S: Final = 3.0  # for what is still closing when a check has ended

PROTO: Final = """syntax = "proto3";
message Ask { string name = 1; }
service Greeter { rpc Hello (Ask) returns (Ask); }
"""

# Monitors that ask the peer at a port of 127.0.0.1, where host and port or the URL alone are not enough.
DOCUMENTS: Final[dict[str, Callable[[int], dict[str, Any]]]] = {
    "dns": lambda port: {"hostname": "example.org", "dns_resolve_server": "127.0.0.1", "port": port},
    "http": lambda port: {"url": f"http://127.0.0.1:{port}/"},
    "json-query": lambda port: {"url": f"http://127.0.0.1:{port}/", "jsonPath": "a", "expectedValue": "1"},
    "keyword": lambda port: {"url": f"https://127.0.0.1:{port}/", "keyword": "x"},
    "ntp": lambda port: {"hostname": "127.0.0.1", "port": port, "timeout": TIMEOUT_S},
    "port": lambda port: {"hostname": "127.0.0.1", "port": port, "smtpSecurity": "starttls"},
    "ldap": lambda port: {"hostname": "127.0.0.1", "port": port},
    "imap": lambda port: {"hostname": "127.0.0.1", "port": port, "basic_auth_user": "u"},
    "pop3": lambda port: {"hostname": "127.0.0.1", "port": port, "basic_auth_user": "u"},
    "ssh": lambda port: {"hostname": "127.0.0.1", "port": port},
    "tls": lambda port: {"hostname": "127.0.0.1", "port": port},
    "mqtt": lambda port: {"hostname": "127.0.0.1", "port": port, "mqttTopic": "a"},
    "smtp": lambda port: {"hostname": "127.0.0.1", "port": port},
    "radius": lambda port: {
        "hostname": "127.0.0.1",
        "port": port,
        "radiusUsername": "u",
        "radiusPassword": "p",
        "radiusSecret": "s",
    },
    "sip-options": lambda port: {"hostname": "127.0.0.1", "port": port},
    "snmp": lambda port: {
        "hostname": "127.0.0.1",
        "port": port,
        "radiusPassword": "public",
        "snmpOid": "1.3.6.1.2.1.1.5.0",
        "timeout": TIMEOUT_S,
    },
    "udp": lambda port: {"hostname": "127.0.0.1", "port": port, "body": "hello"},
    "mysql": lambda port: {"databaseConnectionString": f"mysql://u:p@127.0.0.1:{port}/d"},
    "oracledb": lambda port: {
        "databaseConnectionString": f"127.0.0.1:{port}/XEPDB1",
        "basic_auth_user": "u",
        "basic_auth_pass": "p",
    },
    "postgres": lambda port: {"databaseConnectionString": f"postgres://u:p@127.0.0.1:{port}/d"},
    "sqlserver": lambda port: {
        "databaseConnectionString": f"Server=127.0.0.1,{port};Database=d;User Id=u;Password=p;Encrypt=false"
    },
    "grpc-keyword": lambda port: {
        "grpcUrl": f"127.0.0.1:{port}",
        "grpcProtobuf": PROTO,
        "grpcServiceName": "Greeter",
        "grpcMethod": "hello",
        "grpcBody": "{}",
        "keyword": "x",
    },
    "kafka-producer": lambda port: {
        "kafkaProducerBrokers": [f"127.0.0.1:{port}"],
        "kafkaProducerTopic": "t",
        "kafkaProducerMessage": "m",
        "timeout": TIMEOUT_S,
    },
    "mongodb": lambda port: {"databaseConnectionString": f"mongodb://127.0.0.1:{port}/d"},
    "flow": lambda port: {"url": f"http://127.0.0.1:{port}", "body": '[{"url": "/"}, {"url": "/"}]'},
    "gamedig": lambda port: {"hostname": "127.0.0.1", "port": port, "game": "counterstrike2"},
    "prometheus": lambda port: {"url": f"http://127.0.0.1:{port}", "databaseQuery": "up"},
    "rabbitmq": lambda port: {"rabbitmqNodes": [f"http://127.0.0.1:{port}"], "rabbitmqUsername": "u"},
    "redis": lambda port: {"databaseConnectionString": f"redis://:x@127.0.0.1:{port}"},
    "websocket-upgrade": lambda port: {"url": f"ws://127.0.0.1:{port}/", "accepted_statuscodes": ["1000"]},
}
# Those that ask nobody at a port, and why.
WITHOUT_PEER: Final = {
    "globalping": "asks an API elsewhere over the HTTP client that `http` is swept with",
    "steam": "asks an API elsewhere over the HTTP client that `http` is swept with",
    "domain": "asks a registry over the HTTP client that `http` is swept with",
    "docker": "asks a daemon that is named elsewhere; over the HTTP client that `http` is swept with",
    "group": "concludes from other monitors",
    "manual": "is set by hand",
    "ping": "ICMP has no port",
    "pm2": "asks a program of this machine",
    "push": "is asked, and asks nobody",
    "real-browser": "has Chromium ask; `test_real_browser` sweeps it with these peers",
    "system-service": "asks a program of this machine",
    "tailscale-ping": "asks a program of this machine",
}


def _derived(kind: AnyMonitorType) -> Callable[[int], dict[str, Any]] | None:
    """A monitor of a type that has a host or URL to ask, so that a new type is swept by itself."""
    kinds = {words.kind: key for key, (_, words) in kind.options.words().items()}
    if Kind.HOST in kinds and Kind.PORT in kinds:
        return lambda port: {kinds[Kind.HOST]: "127.0.0.1", kinds[Kind.PORT]: port}
    if Kind.URL in kinds:
        return lambda port: {kinds[Kind.URL]: f"http://127.0.0.1:{port}"}
    return None


SWEPT: Final = {
    kind.name: document
    for kind in monitor_types().built_in()
    if kind.name not in WITHOUT_PEER and (document := DOCUMENTS.get(kind.name) or _derived(kind)) is not None
}

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
GARBAGE: Final = b"\xff\x00garbage: \xff\x00\r\n\x17\x03\x03\xff\xff" * 40


async def _silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.read(4096):
        pass


async def _dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A byte every tenth of a second, for much longer than any check may take."""
    for _ in range(600):
        writer.write(b"2")
        await writer.drain()
        await asyncio.sleep(0.1)


async def _closing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    return


async def _babbling(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(GARBAGE)
    await writer.drain()
    while await reader.read(4096):
        writer.write(GARBAGE)
        await writer.drain()


PEERS: Final[dict[str, Talk]] = {
    "silent": _silent,
    "dripping": _dripping,
    "closing": _closing,
    "babbling": _babbling,
}


class _Datagrams(asyncio.DatagramProtocol):
    """The same over UDP: nothing, or nonsense."""

    def __init__(self, babbles: bool) -> None:
        self._babbles = babbles

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if self._babbles:
            self._transport.sendto(GARBAGE[:100], addr)
            self._transport.sendto(data[: len(data) // 2], addr)
            self._transport.sendto(data, addr)


@asynccontextmanager
async def peer(talk: Talk) -> AsyncIterator[int]:
    """Somebody at a port of 127.0.0.1, for TCP and UDP alike."""
    talking: set[asyncio.Task[Any]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talking.add(task)
        try:
            with contextlib.suppress(OSError):
                await talk(reader, writer)
        finally:
            talking.discard(task)
            writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _Datagrams(talk is _babbling), local_addr=("127.0.0.1", port)
    )
    try:
        yield port
    finally:
        transport.close()
        server.close()
        for task in [*talking]:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)


def _files() -> set[str]:
    """What this process has open, without what the interpreter and the test keep."""
    found = set()
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            found.add(f"{name} {os.readlink(f'/proc/self/fd/{name}')}")
    return {each for each in found if "socket:" in each or "pipe:" in each}


def _children() -> set[str]:
    path = Path(f"/proc/self/task/{os.getpid()}/children")
    return set(path.read_text().split()) if path.exists() else set()


class Left:
    """What was there before a check, to be compared with what is there after it."""

    def __init__(self) -> None:
        self._before = self._now()

    @staticmethod
    def _now() -> tuple[set[Any], set[str], set[str], set[str]]:
        threads = {thread.name for thread in threading.enumerate() if not _is_pool(thread.name)}
        return set(asyncio.all_tasks()), _files(), _children(), threads

    async def nothing(self) -> str:
        """Empty once nothing is left; else, after a while, what is."""
        found = ""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_S):
                while found := self._found():
                    await asyncio.sleep(0.05)
                    gc.collect()
        return found

    def _found(self) -> str:
        more = [now - before for now, before in zip(self._now(), self._before, strict=True)]
        return "; ".join(str(each) for each in more if each)


def _is_pool(name: str) -> bool:
    """Threads of bounded pools stay, that is what pools are for."""
    return name.startswith(("resolver", "asyncio", "drivers"))


@asynccontextmanager
async def moving() -> AsyncIterator[None]:
    """Fails when the loop stood still meanwhile: a driver has blocked it."""
    gaps = [0.0]

    async def tick() -> None:
        last = perf_counter()
        while True:
            await asyncio.sleep(0.05)
            gaps.append(perf_counter() - last)
            last = perf_counter()

    ticking = asyncio.create_task(tick())
    await asyncio.sleep(0)
    try:
        yield
    finally:
        ticking.cancel()
        await asyncio.wait([ticking])
    assert max(gaps) < BLOCKED_S, f"the loop stood still for {max(gaps):.1f} s"


async def checked(kind: MonitorType[Any], document: dict[str, Any], network: Network) -> str:
    """How a check ended; fails when it does not end in time or with something nobody foresaw."""
    context = Context(network, timeout=TIMEOUT_S, interval=2)
    try:
        async with moving(), asyncio.timeout(AT_MOST_S):
            result = await kind.check(kind.options.read(document), context)
    except CheckFailed as failed:
        assert failed.message
        return f"failed: {failed.message}"
    except CannotCheck as cannot:
        return f"cannot: {cannot.message}"
    assert isinstance(result, CheckResult)
    return f"{result.status.name}: {result.message}"


def kind_of(name: str) -> MonitorType[Any]:
    kind = monitor_types().get(name)
    assert isinstance(kind, MonitorType)
    return kind


@pytest.fixture(autouse=True)
def _short_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits of types that do not follow the monitor's."""
    monkeypatch.setattr("kuma_lite.checks.port.TLS_TIMEOUT_S", 1.0)


def test_every_type_is_swept_or_says_why_not() -> None:
    types = {kind.name for kind in monitor_types().built_in()}
    assert types == SWEPT.keys() | WITHOUT_PEER.keys()
    assert DOCUMENTS.keys() <= types
    assert not DOCUMENTS.keys() & WITHOUT_PEER.keys()


@pytest.mark.parametrize("talk", PEERS)
@pytest.mark.parametrize("name", SWEPT)
async def test_it_ends_and_leaves_nothing(name: str, talk: str) -> None:
    kind, network = kind_of(name), Network()
    try:
        async with peer(PEERS[talk]) as port:
            document = SWEPT[name](port)
            await checked(kind, document, network)  # the first one imports, and makes pools and contexts
            left = Left()
            said = await checked(kind, document, network)
            await asyncio.sleep(0)
        assert await left.nothing() == ""
        assert talk == "babbling" or not said.startswith("UP"), said
    finally:
        network.close()


@pytest.mark.parametrize("name", SWEPT)
async def test_a_check_that_is_cancelled_leaves_nothing(name: str) -> None:
    kind, network = kind_of(name), Network()
    try:
        async with peer(_silent) as port:
            document = SWEPT[name](port)
            await checked(kind, document, network)
            left = Left()
            running = asyncio.create_task(checked(kind, document, network))
            await asyncio.sleep(0.1)
            running.cancel()
            await asyncio.wait([running])
        assert await left.nothing() == ""
    finally:
        network.close()


@pytest.fixture
def few_files() -> Iterator[Callable[[int], None]]:
    """Leaves this process so many more descriptors."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)

    def leave(count: int) -> None:
        free = []
        while len(free) <= count:
            free.append(os.open("/dev/null", os.O_RDONLY))
        for each in free:
            os.close(each)
        resource.setrlimit(resource.RLIMIT_NOFILE, (free[count], before[1]))

    yield leave
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize("left", [0, 1])
@pytest.mark.parametrize("name", SWEPT)
async def test_without_descriptors_it_is_not_the_target(
    name: str, left: int, few_files: Callable[[int], None]
) -> None:
    """With none left, no type says that its target is down: our own limit, or nothing that is believed."""
    kind, network = kind_of(name), Network()
    try:
        async with peer(_silent) as port:
            document = SWEPT[name](port)
            await checked(kind, document, network)
            few_files(left)
            try:
                async with asyncio.timeout(AT_MOST_S):
                    await kind.check(
                        kind.options.read(document), Context(network, timeout=TIMEOUT_S, interval=2)
                    )
            except CheckFailed as failed:
                assert failed.local, f"{failed.message} is told as the target's"
            except CannotCheck:
                pass
            except OSError as error:
                assert error.errno in OUR_OWN_LIMITS, error
            else:
                raise AssertionError("it cannot have asked anybody")
    finally:
        network.close()


def test_the_sweep_notices_what_is_left() -> None:
    async def main() -> str:
        left = Left()
        kept = socket.socket()
        try:
            return left._found()
        finally:
            kept.close()

    assert "socket:" in asyncio.run(main())
