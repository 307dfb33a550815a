"""Microsoft SQL Server and what speaks its protocol (Azure SQL, Babelfish): a query succeeds.

On purpose unlike Uptime Kuma 2.5: everything ends within the monitor's time limit; with `Encrypt=true`
nothing is said in plain text; of several reasons for a refused log-in the first one is told; dates are
compared as SQL writes them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from kuma_lite.checks._ado_string import SQL_SERVER_PORT, InvalidString, SqlServerTarget, read_target
from kuma_lite.checks._database_connection import connected
from kuma_lite.checks._host import clean_host
from kuma_lite.checks._network import is_maybe_ours, network_of
from kuma_lite.checks._shared_options import Conditions
from kuma_lite.checks._sql import (
    NUMBERS,
    PREFIX,
    VARIABLES,
    Answer,
    ask,
    conditions_option,
    connection_option,
    misconfigured,
    query_option,
)
from kuma_lite.checks._tds_session import Route, Session
from kuma_lite.core.declarations import CheckContext, CheckFailed, CheckResult, MonitorType, Notation
from kuma_lite.core.notations import CONNECTION
from kuma_lite.core.options import Options
from kuma_lite.core.records import replace
from kuma_lite.net import datagram
from kuma_lite.net.errors import ErrorKind, NetworkError

_DEFAULT_QUERY: Final = "SELECT 1"
_BROWSER_PORT: Final = 1434
_MAX_ROUTES: Final = 5  # a gateway sends on once
_PATTERN: Final = (
    "Server=<hostname>,<port>;Database=<your database>;User Id=<your user id>;Password=<your password>;"
    "Encrypt=<true/false>;TrustServerCertificate=<Yes/No>;Connection Timeout=<int>"
)


class SqlServerOptions(Options):
    """Where the database is, what to ask, and what has to come back. Keys are Uptime Kuma 2.5's."""

    connection: str = connection_option(_PATTERN, help="TLS is the default; Encrypt=false does without.")
    query: str = query_option(_DEFAULT_QUERY)
    conditions: Conditions = conditions_option()


class SqlServerMonitor(MonitorType[SqlServerOptions]):
    """Connects, logs in, asks."""

    name = "sqlserver"
    label = "Microsoft SQL Server"
    description = "Logs in to a Microsoft SQL Server database and runs a query."
    group = "specific"
    options = SqlServerOptions
    notations = (
        Notation(prefix="Server=", into=CONNECTION),
        Notation(prefix="Data Source=", into=CONNECTION),
    )
    condition_variables = VARIABLES
    numbers = NUMBERS

    async def check(self, options: SqlServerOptions, context: CheckContext) -> CheckResult:
        """The ping is the time of connection, log-in and query in whole ms."""
        try:
            target = read_target(options.connection)
        except InvalidString as error:
            raise misconfigured(str(error)) from None
        statement = options.query if options.query.strip() else _DEFAULT_QUERY
        return await ask(_run(target, statement, context), options.conditions, context)


async def _run(target: SqlServerTarget, statement: str, context: CheckContext) -> Answer:
    """On the server itself, or on the one that it sends us to."""
    limit = asyncio.timeout(target.connect_timeout or None)
    place = target.host
    try:
        async with limit:
            port = target.port or await _usual_port(target, context)
            place = f"{target.host}:{port}"
            for _ in range(_MAX_ROUTES):
                answer = await _on(target, port, statement, context, lambda: limit.reschedule(None))
                if isinstance(answer, Answer):
                    return answer
                target, port = replace(target, host=answer.host), answer.port
    except TimeoutError:
        if not limit.expired():
            raise
        seconds = target.connect_timeout
        words = f"{PREFIX}Failed to connect to {place} in {seconds * 1000:g}ms"
        raise CheckFailed(words, local=True) from None
    raise CheckFailed(PREFIX + "The server keeps sending us on to others")


async def _on(
    target: SqlServerTarget, port: int, statement: str, context: CheckContext, welcome: Callable[[], None]
) -> Answer | Route:
    """`welcome` is called when the log-in is over."""
    connecting = True
    try:
        async with connected(network_of(context), target.host, port, timeout=context.timeout) as stream:
            session = Session(stream)
            connecting = False
            await session.begin(target, context.now)
            route = await session.log_in(target)
            if route is not None:
                return route
            welcome()
            return await session.query(statement)
    except NetworkError as error:
        place = f"{target.host}:{port}"
        if connecting or error.kind is ErrorKind.TLS:
            # The original does not tell refusals apart from other reasons why no address can be reached.
            nowhere = error.kind in (ErrorKind.REFUSED, ErrorKind.UNREACHABLE)
            reason = "Could not connect (sequence)" if nowhere else error.message
            words = f"{PREFIX}Failed to connect to {place} - {reason}"
        else:
            words = f"{PREFIX}Connection lost - {error.message}"
        raise CheckFailed(words, local=is_maybe_ours(error)) from None


async def _usual_port(target: SqlServerTarget, context: CheckContext) -> int:
    """That of an instance, which SQL Server Browser knows (MC-SQLR)."""
    if not target.instance:
        return SQL_SERVER_PORT
    question = b"\x04" + target.instance.encode("utf-8", "replace") + b"\0"
    try:
        return await datagram.ask(
            network_of(context),
            clean_host(target.host),
            _BROWSER_PORT,
            question,
            lambda reply: read_instance(reply, target.instance),
            timeout=context.timeout + 1,
        )
    except NetworkError as error:
        reason = f"SQL Server Browser on {target.host} does not tell the port of {target.instance}"
        words = f"{PREFIX}{reason}: {error.message}"
        raise CheckFailed(words, local=is_maybe_ours(error)) from None


def read_instance(reply: bytes, instance: str) -> int | None:
    """The port of an instance; None for a reply about something else (pure)."""
    if len(reply) < 3 or reply[0] != 5:
        return None
    words = reply[3:].decode("latin-1").split(";")
    pairs = dict(zip(words[::2], words[1::2], strict=False))
    port = pairs.get("tcp", "")
    if pairs.get("InstanceName", "").lower() != instance.lower() or not (port.isascii() and port.isdigit()):
        return None
    return int(port) if 0 < int(port) < 65_536 else None
