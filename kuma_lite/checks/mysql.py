"""MySQL and MariaDB: a query succeeds, and on request gives a certain value.

On purpose unlike Uptime Kuma 2.5: everything ends within the monitor's time limit; what kept a connection
from being made is said; `ssl=true` means TLS with a verified chain; values are compared as the server
spells them.
"""

from __future__ import annotations

import asyncio
from typing import Final

from kuma_lite.checks._channel import Channel
from kuma_lite.checks._database_connection import connected, secured
from kuma_lite.checks._mysql_protocol import Session
from kuma_lite.checks._mysql_url import (
    MYSQL_PORT,
    InvalidString,
    InvalidUrl,
    MysqlSecurity,
    MysqlTarget,
    read_target,
)
from kuma_lite.checks._network import network_of
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
    silence,
)
from kuma_lite.core.declarations import CannotCheck, CheckContext, CheckResult, Kind, MonitorType
from kuma_lite.core.notations import connection_string
from kuma_lite.core.options import Options, option
from kuma_lite.net.connect import Stream
from kuma_lite.net.contexts import TlsOptions
from kuma_lite.net.errors import ErrorKind, NetworkError

_DEFAULT_QUERY: Final = "SELECT 1"


class MysqlOptions(Options):
    """Where the database is, what to ask, and what has to come back. Keys are Uptime Kuma 2.5's."""

    connection: str = connection_option(
        "mysql://username:password@host:port/database",
        help='?ssl={"rejectUnauthorized":true} speaks TLS.',
    )
    password: str = option(
        "",
        alias="radiusPassword",
        label="Password",
        kind=Kind.PASSWORD,
        secret=True,
        help="Instead of the one in the connection string.",
    )
    query: str = query_option(_DEFAULT_QUERY)
    conditions: Conditions = conditions_option()


class MysqlMonitor(MonitorType[MysqlOptions]):
    """Connects, logs in, asks."""

    name = "mysql"
    label = "MySQL / MariaDB"
    description = "Logs in to a MySQL or MariaDB database and runs a query."
    group = "specific"
    options = MysqlOptions
    notations = connection_string("mysql", "mariadb", port=MYSQL_PORT)
    condition_variables = VARIABLES
    numbers = NUMBERS

    async def check(self, options: MysqlOptions, context: CheckContext) -> CheckResult:
        """The ping is the time of connection, log-in and query in whole ms."""
        try:
            target = read_target(options.connection)
        except InvalidUrl:
            raise CannotCheck(PREFIX + "Invalid URL") from None
        except InvalidString as error:
            raise misconfigured(str(error)) from None
        statement = options.query if options.query.strip() else _DEFAULT_QUERY
        password = options.password or target.password
        return await ask(_run(target, password, statement, context), options.conditions, context)


async def _run(target: MysqlTarget, password: str, statement: str, context: CheckContext) -> Answer:
    limit = asyncio.timeout(target.connect_timeout or None)
    network, security = network_of(context), target.security
    try:
        async with (
            limit,
            connected(network, target.host, target.port, timeout=context.timeout) as stream,
        ):

            async def secure() -> Channel:
                assert security is not None
                return await _secured(stream, target.host, security, context)

            session = Session(Channel(stream), private=target.host.startswith("/"))
            await session.log_in(target, password, secure if security is not None else None)
            limit.reschedule(None)
            answer = await session.query(statement)
            session.close()
            return answer
    except TimeoutError:
        if not limit.expired():
            raise
        raise NetworkError(silence(target.connect_timeout), "ETIMEDOUT", ErrorKind.TIMEOUT) from None


async def _secured(stream: Stream, host: str, security: MysqlSecurity, context: CheckContext) -> Channel:
    options = TlsOptions(security.verify, security.ca, security.cert, security.key)
    return await secured(network_of(context), stream, host, options, names=security.names, now=context.now)
