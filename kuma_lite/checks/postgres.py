"""PostgreSQL and what speaks its protocol (CockroachDB, PgBouncer, TimescaleDB): a query succeeds.

On purpose unlike Uptime Kuma 2.5: everything ends within the monitor's time limit; a connection without a
password is tried; several hosts are tried in turn; `connect_timeout` counts.
"""

from __future__ import annotations

import asyncio
from time import perf_counter

from kuma_lite.checks._channel import Channel
from kuma_lite.checks._database_connection import connected, read_pem, secured
from kuma_lite.checks._network import failed, network_of
from kuma_lite.checks._postgres_protocol import SSL_REQUEST, Session, as_said
from kuma_lite.checks._postgres_url import POSTGRES_PORT, InvalidString, PostgresTarget, Security, read_target
from kuma_lite.checks._sql import connection_option, misconfigured, query_option, silence
from kuma_lite.core.declarations import CheckContext, CheckFailed, CheckResult, MonitorType
from kuma_lite.core.notations import connection_string
from kuma_lite.core.options import Options
from kuma_lite.net.connect import Stream
from kuma_lite.net.contexts import TlsOptions
from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.network import Network

_DEFAULT_QUERY = "SELECT 1"


class PostgresOptions(Options):
    """Where the database is, and what to ask. Keys are Uptime Kuma 2.5's."""

    connection: str = connection_option(
        "postgres://username:password@host:port/database",
        help="?sslmode=require speaks TLS and verifies the certificate, no-verify accepts any.",
    )
    query: str = query_option(_DEFAULT_QUERY)


class PostgresMonitor(MonitorType[PostgresOptions]):
    """Connects, logs in, asks."""

    name = "postgres"
    label = "PostgreSQL"
    description = "Logs in to a PostgreSQL database and runs a query."
    group = "specific"
    options = PostgresOptions
    notations = connection_string("postgres", "postgresql", port=POSTGRES_PORT)

    async def check(self, options: PostgresOptions, context: CheckContext) -> CheckResult:
        """The ping is the time of connection, log-in and query in whole ms; the text is empty."""
        begun = perf_counter()
        try:
            target = read_target(options.connection)
        except InvalidString as error:
            raise misconfigured(str(error)) from None
        if not target.user:
            raise misconfigured("the user is missing")
        statement = options.query if options.query.strip() else _DEFAULT_QUERY
        try:
            async with asyncio.timeout(context.timeout):
                await _run(target, statement, context)
        except TimeoutError:
            raise CheckFailed(silence(context.timeout).capitalize(), local=True) from None
        except NetworkError as error:
            if error.kind is ErrorKind.URL:  # a file that cannot be read
                raise misconfigured(error.message) from None
            raise failed(error) from None
        return CheckResult(ping=round((perf_counter() - begun) * 1000))


async def _run(target: PostgresTarget, statement: str, context: CheckContext) -> None:
    """On the first host that can be reached."""
    failure: NetworkError | None = None
    for host, port in target.hosts:
        where = f"{host}/.s.PGSQL.{port}" if host.startswith("/") else host
        limit = asyncio.timeout(target.connect_timeout or None)
        try:
            async with limit, connected(network_of(context), where, port, timeout=context.timeout) as stream:
                session = Session(await _channel(stream, host, target.security, context))
                await session.log_in(target)
                limit.reschedule(None)
                await session.query(statement)
                session.close()
                return
        except TimeoutError:
            if not limit.expired():
                raise
            failure = NetworkError(
                silence(target.connect_timeout).capitalize(), "ETIMEDOUT", ErrorKind.TIMEOUT
            )
        except NetworkError as error:
            failure = error
    assert failure is not None
    raise failure


async def _channel(stream: Stream, host: str, security: Security | None, context: CheckContext) -> Channel:
    if security is None:
        return Channel(stream)
    stream.writer.write(SSL_REQUEST)
    try:
        answer = await Channel(stream).exactly(1)
    except NetworkError as error:
        raise as_said(error, heard=False) from None
    if answer == b"N":
        raise CheckFailed("The server does not support SSL connections")
    if answer != b"S":  # nothing that is said before the handshake can be believed
        raise CheckFailed("There was an error establishing an SSL connection")
    network: Network = network_of(context)
    options = TlsOptions(
        verify=security.verify,
        ca_pem=await read_pem(security.ca, "sslrootcert"),
        cert_pem=await read_pem(security.cert, "sslcert"),
        key_pem=await read_pem(security.key, "sslkey"),
    )
    return await secured(network, stream, host, options, names=security.names, now=context.now)
