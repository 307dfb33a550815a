"""Oracle Database: a query succeeds, and on request gives a certain value.

On purpose unlike Uptime Kuma 2.5: everything ends within the monitor's time limit; no ids of connections in
the texts, which would make each failure a new one; dates are compared as SQL writes them. The driver is an
extra.
"""

from __future__ import annotations

import re
import ssl
from contextlib import suppress
from datetime import datetime
from types import ModuleType
from typing import Any, Final

from kuma_lite.checks._driver import address_of, load
from kuma_lite.checks._network import is_maybe_ours, network_of
from kuma_lite.checks._oracle_net import Place, at_place, ping, places_of
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
from kuma_lite.core.declarations import CannotCheck, CheckContext, CheckFailed, CheckResult, Kind, MonitorType
from kuma_lite.core.json_text import compact_json, text_of
from kuma_lite.core.options import Options, option
from kuma_lite.net.errors import ErrorKind, NetworkError, connect_error

_DEFAULT_QUERY: Final = "SELECT 1 FROM DUAL"
_ROWS_AT_ONCE: Final = 1000
_PROTOCOLS: Final = frozenset({"tcp", "tcps"})  # others would have the driver read files and ask services
_CONNECTION_ID: Final = re.compile(r" ?\(CONNECTION_ID=[^()]*\)")
_DRIVERS_HELP: Final = re.compile(r"\nHelp: https://python-oracledb\.\S*")
_NOT_FOUND: Final = (
    "NJS-530: The host addresses or URLs provided by the connect string are incorrect or unresolvable in "
    "your network."
)
_CHANGES_ROWS: Final = ("INSERT", "UPDATE", "DELETE", "MERGE")


class OracleOptions(Options):
    """Where the database is, what to ask, and what has to come back. Keys are Uptime Kuma 2.5's."""

    connection: str = connection_option("localhost:1521/FREEPDB1", help="host:port/service, or a descriptor.")
    user: str = option("", alias="basic_auth_user", label="Username", kind=Kind.TEXT, required=True)
    password: str = option(
        "", alias="basic_auth_pass", label="Password", kind=Kind.PASSWORD, secret=True, required=True
    )
    query: str = query_option(_DEFAULT_QUERY)
    conditions: Conditions = conditions_option()


class OracleMonitor(MonitorType[OracleOptions]):
    """Connects, logs in, asks."""

    name = "oracledb"
    label = "Oracle Database"
    description = "Logs in to an Oracle database and runs a query."
    group = "specific"
    options = OracleOptions
    condition_variables = VARIABLES
    numbers = NUMBERS

    async def check(self, options: OracleOptions, context: CheckContext) -> CheckResult:
        """The ping is the time of connection, log-in and query in whole ms."""
        driver = load("oracledb", extra="oracle")
        descriptor = read_descriptor(driver, options.connection)
        if not options.user or not options.password:
            raise CannotCheck("Username and password are needed.")
        return await ask(_run(driver, descriptor, options, context), options.conditions, context)


def read_descriptor(driver: ModuleType, connection: str) -> str:
    """The full descriptor of an Easy Connect string, an alias, or a descriptor. Raises CannotCheck."""
    text = connection.strip()
    scheme, separator, _ = text.partition("://")
    if separator and scheme.lower() not in _PROTOCOLS and "(" not in scheme:
        raise misconfigured("it begins with neither tcp:// nor tcps://")
    params = driver.ConnectParams()
    try:
        params.parse_connect_string(text)
        descriptor = str(params.get_connect_string() or "")
    except (driver.Error, ValueError, TypeError):
        descriptor = ""
    if not places_of(descriptor):
        raise misconfigured("it is neither host:port/service nor a descriptor, and no known alias")
    return descriptor


async def _run(driver: ModuleType, descriptor: str, options: OracleOptions, context: CheckContext) -> Answer:
    place, descriptor = await _listener(descriptor, context)
    statement = options.query if options.query.strip() else _DEFAULT_QUERY
    connection = None
    try:
        connection = await driver.connect_async(
            user=options.user,
            password=options.password,
            dsn=descriptor,
            tcp_connect_timeout=context.timeout + 1,
        )
        with connection.cursor() as cursor:
            await cursor.execute(statement)
            answer = await _answer(cursor, statement)
        with suppress(driver.Error):  # the answer counts
            await connection.close()
        return answer
    except driver.Error as error:
        raise _failed(error, place) from None
    finally:
        # Without another reference the driver closes the socket; an orderly end would wait for the server.
        del connection


async def _listener(descriptor: str, context: CheckContext) -> tuple[Place, str]:
    """The first address at which a listener answers, and the descriptor that leads there."""
    network, failure = network_of(context), None
    places = places_of(descriptor)
    for place in places:
        try:
            if place.protocol == "tcp":
                ip = await ping(network, place, context.timeout)
                return place, at_place(descriptor, ip, place.port)
            await address_of(network, place.host)
            return place, descriptor  # the handshake tells whom it has reached
        except NetworkError as error:
            failure = failure or _unreachable(error, place)
    assert failure is not None
    raise failure


def _unreachable(error: NetworkError, place: Place) -> CheckFailed:
    """In the words of Oracle's driver for Uptime Kuma's runtime."""
    where = f"connection to host {place.host} port {place.port}"
    if error.kind is ErrorKind.DNS:
        words = _NOT_FOUND
    elif error.kind in (ErrorKind.RESET, ErrorKind.PROTOCOL):
        words = _closed(place)
    else:
        words = f"NJS-503: {where} could not be established.\n{error.message}"
    return CheckFailed(PREFIX + words, local=is_maybe_ours(error))


def _closed(place: Place) -> str:
    return (
        "NJS-500: connection to Oracle Database was closed or broken\n"
        f"NJS-521: connection to host {place.host} port {place.port} received end-of-file on communication "
        "channel."
    )


def _failed(error: Exception, place: Place) -> CheckFailed:
    """What the driver says; what the database says stays as it is."""
    reason: BaseException = error
    while reason.__cause__ is not None:  # "cannot connect" has its reason below
        reason = reason.__cause__
    text = str(reason)
    code = text.partition(":")[0]
    where = f"connection to host {place.host} port {place.port}"
    local = False
    if isinstance(reason, ssl.SSLError):
        words = f"NJS-506: {where} encountered TLS handshake failure.\n{reason.reason or text}"
    elif isinstance(reason, OSError):
        failure = connect_error(reason, place.host, place.port)
        words, local = (
            f"NJS-503: {where} could not be established.\n{failure.message}",
            is_maybe_ours(failure),
        )
    elif code == "DPY-4011":
        words, local = _closed(place), True
    elif code in ("DPY-6001", "DPY-6003"):
        name = re.search(r'"[^"]*"', text)
        kind, number = ("Service", 518) if code == "DPY-6001" else ("SID", 519)
        words = (
            f"NJS-{number}: cannot connect to Oracle Database. {kind} {name.group() if name else ''} is not "
            f"registered with the listener at host {place.host} port {place.port}."
        )
    elif code == "DPY-6000":
        cause = re.search(r"ORA-\d+", text)
        words = f"NJS-511: connection to listener at host {place.host} port {place.port} was refused."
        words += f"\nCause: {cause.group()}" if cause else ""
    else:
        words = _DRIVERS_HELP.sub("", _CONNECTION_ID.sub("", text))
    return CheckFailed(PREFIX + words, local=local)


async def _answer(cursor: Any, statement: str) -> Answer:
    """All rows are fetched and counted, none but the first is kept."""
    if cursor.description is None:
        word = statement.split(None, 1)[0].upper()
        if word in _CHANGES_ROWS:
            return Answer(None, instead=f"Rows affected: {cursor.rowcount}")
        return Answer(None, instead="Query executed successfully")
    count, value = 0, ""
    while rows := await cursor.fetchmany(_ROWS_AT_ONCE):
        if not count:
            value = await _text(rows[0][0])
        count += len(rows)
    return Answer(count, len(cursor.description), value)


async def _text(value: Any) -> str:
    """A value as a condition sees it."""
    if hasattr(value, "read"):  # a large object
        value = await value.read()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, list | dict):
        return compact_json(value)
    return text_of(value)
