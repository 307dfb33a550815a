"""Redis and what speaks its protocol (Valkey, KeyDB): it answers PING."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from time import perf_counter
from typing import Final
from urllib.parse import unquote

from kuma_lite.checks._channel import Channel, open_channel
from kuma_lite.checks._network import failed, network_of
from kuma_lite.checks._shared_options import ignore_tls_option
from kuma_lite.core.declarations import CheckContext, CheckFailed, CheckResult, Kind, MonitorType
from kuma_lite.core.notations import connection_string
from kuma_lite.core.options import Options, option
from kuma_lite.net.contexts import TlsOptions
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http.url import parse_url

CONNECT_TIMEOUT_S: Final = 5.0  # as in Uptime Kuma 2.5
REDIS_PORT: Final = 6379
_SCHEMES: Final = {"redis": False, "rediss": True}  # whether with TLS
_MAX_LINE_BYTES: Final = 64 * 1024
_MAX_TEXT_BYTES: Final = 1024 * 1024  # a PING is answered with four


@dataclass(frozen=True, slots=True)
class RedisAddress:
    """What a connection string says."""

    host: str
    port: int
    secure: bool
    credentials: tuple[str, ...] = field(default=(), repr=False)  # (password) or (user, password)
    database: str = ""


class RedisOptions(Options):
    """Where to connect. Keys are Uptime Kuma 2.5's."""

    connection: str = option(
        "",
        alias="databaseConnectionString",
        label="Connection string",
        kind=Kind.TEXT,
        required=True,
        secret=True,
        placeholder="redis://user:password@host:port",
        form_default="redis://user:password@host:port",
        help="rediss:// speaks TLS; a number after the port chooses a database.",
    )
    ignore_tls: bool = ignore_tls_option()


class RedisMonitor(MonitorType[RedisOptions]):
    """Connects, logs in, asks PING."""

    name = "redis"
    label = "Redis"
    description = "Connects to a Redis database and asks it PING."
    group = "specific"
    options = RedisOptions
    notations = connection_string("redis", "rediss", port=REDIS_PORT)

    def deadline(self, options: RedisOptions, context: CheckContext) -> float:
        """The connection, the dialogue, and the handshake that fetches an invalid certificate."""
        del options
        return CONNECT_TIMEOUT_S + context.timeout + 20

    async def check(self, options: RedisOptions, context: CheckContext) -> CheckResult:
        """The ping is the time of connection, log-in and answer in whole ms."""
        target = read_target(options.connection)
        tls = TlsOptions(verify=not options.ignore_tls) if target.secure else None
        begun = perf_counter()
        try:
            async with (
                open_channel(
                    network_of(context),
                    target.host,
                    target.port,
                    tls=tls,
                    timeout=CONNECT_TIMEOUT_S,
                    now=context.now,
                ) as channel,
                asyncio.timeout(context.timeout),
            ):
                answer = await _dialogue(channel, target)
        except TimeoutError:
            raise CheckFailed("Connection timeout", local=True) from None
        except NetworkError as error:
            raise failed(error) from None
        return CheckResult(answer, ping=round((perf_counter() - begun) * 1000))


def read_target(connection: str) -> RedisAddress:
    """Read `redis[s]://[[user]:password@]host[:port][/database]`. Raises CheckFailed."""
    scheme, separator, rest = connection.strip().partition("://")
    secure = _SCHEMES.get(scheme.lower())
    if secure is None or not separator:
        raise CheckFailed("Invalid protocol" if separator else "Invalid URL")
    userinfo, at, address = rest.rpartition("@")
    try:
        url = parse_url(f"https://{address}")
    except NetworkError as error:
        raise CheckFailed(error.message) from None
    user, _, password = userinfo.partition(":") if at else ("", "", "")
    credentials = tuple(unquote(text) for text in ((user, password) if user else (password,)))
    has_port = address.partition("/")[0].rpartition("]")[2].partition(":")[2]
    database = url.target.partition("?")[0].strip("/")
    if database and not (database.isascii() and database.isdigit()):
        raise CheckFailed("Invalid pathname")
    return RedisAddress(
        url.host,
        url.port if has_port else REDIS_PORT,
        secure,
        credentials if user or password else (),
        database,
    )


async def _dialogue(channel: Channel, target: RedisAddress) -> str:
    if target.credentials:
        await _ask(channel, "AUTH", *target.credentials)
    if target.database:
        await _ask(channel, "SELECT", target.database)
    return await _ask(channel, "PING")


async def _ask(channel: Channel, *words: str) -> str:
    """One command and its answer (RESP 2). Raises CheckFailed with the words of an error."""
    parts = [word.encode("utf-8", "replace") for word in words]
    channel.write(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%b\r\n" % (len(part), part) for part in parts))
    line = (await channel.line(_MAX_LINE_BYTES)).decode("utf-8", "replace")
    kind, text = line[:1], line[1:]
    if kind == "-":
        raise CheckFailed(text)
    if kind == "$" and text.isdecimal() and int(text) <= _MAX_TEXT_BYTES:
        return (await channel.exactly(int(text) + 2))[:-2].decode("utf-8", "replace")
    if kind != "+":
        raise CheckFailed("Unexpected answer: no Redis server is listening there")
    return text
