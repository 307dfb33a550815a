"""MongoDB: a server of the deployment carries out a command, and its answer is as expected.

On purpose otherwise than in Uptime Kuma 2.5: where no server can be reached at all, the failure is told at
once and not after `serverSelectionTimeoutMS`; the monitor's time-out bounds everything.
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from time import perf_counter
from typing import Any, Final

from kuma_lite.checks import _driver
from kuma_lite.checks._jsonata import FUNCTION, UNDEFINED, QueryError, evaluate
from kuma_lite.checks._mongo_url import DEFAULT_PORT, MongoUrl, read_url
from kuma_lite.checks._network import is_maybe_ours, network_of
from kuma_lite.core.declarations import CannotCheck, CheckContext, CheckFailed, CheckResult, Kind, MonitorType
from kuma_lite.core.errors import UserError
from kuma_lite.core.json_text import JsonTextError, compact_json, parse_json, text_of
from kuma_lite.core.notations import connection_string
from kuma_lite.core.options import Options, option
from kuma_lite.core.targets import Target
from kuma_lite.net.errors import ErrorKind, NetworkError

DEFAULT_DATABASE: Final = "test"  # as the drivers
_PING: Final = '{"ping": 1}'
_SHOWN_CHARS: Final = 1000  # of a value in a failure


class MongodbOptions(Options):
    """Where to connect, what to ask. Keys are Uptime Kuma 2.5's."""

    connection: str = option(
        "",
        alias="databaseConnectionString",
        label="Connection string",
        kind=Kind.TEXT,
        required=True,
        secret=True,
        placeholder="mongodb://user:password@host:port/database",
        form_default="mongodb://username:password@host:port/database",
        help="With the options of MongoDB's drivers; mongodb+srv:// is looked up in DNS.",
    )
    command: str = option(
        "",
        alias="databaseQuery",
        label="Command",
        kind=Kind.JSON,
        section="request",
        placeholder=_PING,
        help="A command of MongoDB as JSON. Empty sends a ping.",
    )
    path: str = option(
        "",
        alias="jsonPath",
        label="JSON query",
        kind=Kind.TEXT,
        section="content",
        form_default="$",
        help="A JSONata expression that must find something in the answer, such as ok.",
    )
    expected: str = option(
        "",
        alias="expectedValue",
        label="Expected value",
        kind=Kind.TEXT,
        section="content",
        help="What the query must find. Empty accepts everything but 0, false and nothing.",
    )


class MongodbMonitor(MonitorType[MongodbOptions]):
    """Connects, logs in, runs a command."""

    name = "mongodb"
    label = "MongoDB"
    description = "Runs a command in a MongoDB database and looks at its answer."
    options = MongodbOptions
    notations = connection_string("mongodb", "mongodb+srv", port=DEFAULT_PORT)

    def validate(self, options: MongodbOptions, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """The command must be JSON."""
        del options
        command = document.get("databaseQuery")
        if command:
            try:
                parse_json(command)
            except JsonTextError as error:
                raise UserError(
                    "Invalid JSON in database query: {reason}", reason=error, about="databaseQuery"
                ) from None
        return {}

    def target(self, options: MongodbOptions) -> Target | None:
        """The first host of the connection string."""
        try:
            return Target(*read_url(options.connection).hosts[0])
        except CannotCheck:
            return None

    async def check(self, options: MongodbOptions, context: CheckContext) -> CheckResult:
        """The ping is the time of connection, log-in and command in whole ms."""
        command = _read_command(options.command)
        _driver.load("bson")  # the first check need not seem slow
        url = read_url(options.connection)
        begun = perf_counter()
        try:
            answer = await _ask(url, command, context)
        except NetworkError as error:
            raise CheckFailed(error.message, local=is_maybe_ours(error)) from None
        ping = round((perf_counter() - begun) * 1000)
        return CheckResult(await judge(_plain(answer), options, ping), ping=ping)


async def judge(answer: Any, options: MongodbOptions, ping: float) -> str:
    """The text of an answer that is as it should be. Raises CheckFailed."""
    if answer["ok"] != 1:
        raise CheckFailed("MongoDB command failed", ping=ping)
    text, value = "Command executed successfully", answer
    if options.path:
        try:
            value = await evaluate(options.path, answer)
        except QueryError as error:
            raise CheckFailed(str(error), ping=ping) from None
        if value is UNDEFINED or value in (None, False, 0, ""):
            raise CheckFailed("Queried value not found.", ping=ping)
        text += " and the jsonata expression produces a result."
    if options.expected:
        if _text(value) != options.expected:
            shown = "undefined" if value is FUNCTION else compact_json(value)
            shown = shown if len(shown) <= _SHOWN_CHARS else f"{shown[:_SHOWN_CHARS]}..."
            raise CheckFailed(
                f"Query executed, but value is not equal to expected value, value was: [{shown}]", ping=ping
            )
        text = "Command executed successfully and expected value was found"
    return text


def _text(value: Any) -> str:
    """As JavaScript makes text of a value."""
    if isinstance(value, list):
        return ",".join("" if each is None else _text(each) for each in value)
    return "[object Object]" if isinstance(value, dict) else text_of(value)


def _read_command(text: str) -> dict[str, Any]:
    try:
        command = parse_json(text or _PING)
    except JsonTextError as error:
        raise CannotCheck(str(error)) from None  # the text of Uptime Kuma 2.5
    if not isinstance(command, dict) or not command:
        raise CannotCheck("Command: it must be a JSON object with the name of a command.")
    return command


async def _ask(url: MongoUrl, command: dict[str, Any], context: CheckContext) -> dict[str, Any]:
    """The answer to the command, from connecting on within the monitor's time. Raises NetworkError."""
    from kuma_lite.checks import _mongo_dns, _mongo_servers, _mongo_wire

    until = perf_counter() + context.timeout
    if url.from_dns:
        url = await _mongo_dns.with_hosts(url, timeout=context.timeout)
    remaining = max(0.001, until - perf_counter())
    async with _mongo_servers.selected(
        network_of(context), url, timeout=remaining, now=context.now
    ) as server:
        host, port = server.address
        try:
            async with asyncio.timeout(min(until - perf_counter(), _patience(url))):
                await server.conversation.log_in(url, server.hello)
                return await _run(server, command, url)
        except _mongo_wire.CommandFailed as error:
            raise CheckFailed(error.message) from None
        except TimeoutError:
            raise CheckFailed(f"connection 1 to {host}:{port} timed out", local=True) from None
        except NetworkError as error:
            if error.kind is not ErrorKind.RESET:
                raise
            raise CheckFailed(f"connection 1 to {host}:{port} closed", local=True) from None


async def _run(server: Any, command: dict[str, Any], url: MongoUrl) -> dict[str, Any]:
    if not server.is_primary:
        command = {**command, "$readPreference": {"mode": "primaryPreferred"}}
    try:
        answer: dict[str, Any] = await server.conversation.run(url.database or DEFAULT_DATABASE, command)
    except ValueError:
        raise CannotCheck("Command: it has a key or a number that MongoDB does not know.") from None
    return answer


def _patience(url: MongoUrl) -> float:
    """Seconds that a server may take for one answer, if the connection string says so."""
    return (url.milliseconds("socketTimeoutMS", 0) or float("inf")) / 1000


def _plain(value: Any) -> Any:
    """A value of BSON as Uptime Kuma's driver writes it in JSON."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return int(value) if isinstance(value, int) or value.is_integer() else value
    if isinstance(value, datetime):
        return f"{value.isoformat(timespec='milliseconds').removesuffix('+00:00')}Z"
    if isinstance(value, bytes):
        return b64encode(value).decode("ascii")
    kind = type(value).__name__
    if kind == "Timestamp":
        return {"$timestamp": str(value.time << 32 | value.inc)}
    return {"$numberDecimal": str(value)} if kind == "Decimal128" else str(value)
