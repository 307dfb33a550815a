"""SNMP: an object of an agent has the value that is wanted."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from time import perf_counter
from typing import Final

from kuma_lite.checks import _snmp_messages as snmp
from kuma_lite.checks._ber import BerError
from kuma_lite.checks._host import clean_host
from kuma_lite.checks._json_query import VALUE, query
from kuma_lite.checks._json_query_options import expected_option, operator_option, path_option
from kuma_lite.checks._jsonata import QueryError
from kuma_lite.checks._network import failed, network_of
from kuma_lite.checks._shared_options import timeout_option
from kuma_lite.checks._snmp_messages import Answer, Engine, Value
from kuma_lite.core.declarations import (
    RESPONSE_TIME,
    CannotCheck,
    CheckContext,
    CheckFailed,
    CheckResult,
    Choice,
    Kind,
    MonitorType,
    Notation,
    ShownWhen,
)
from kuma_lite.core.json_text import compact_json
from kuma_lite.core.limits import DEFAULT_TIMEOUT_SHARE
from kuma_lite.core.options import Options, option, stored
from kuma_lite.net.datagram import Conversation, converse
from kuma_lite.net.errors import ErrorKind, NetworkError

SNMP_PORT: Final = 161
FORM_TIMEOUT_S: Final = 5
_VERSIONS: Final = {"1": snmp.V1, "2c": snmp.V2C, "3": snmp.V3}
_TIMED_OUT: Final = "Request timed out"
# Error status of RFC 3416 §3 and reports of RFC 3414 §5, as Uptime Kuma's library calls them.
_ERRORS: Final = (
    *("NoError", "TooBig", "NoSuchName", "BadValue", "ReadOnly", "GeneralError", "NoAccess", "WrongType"),
    *("WrongLength", "WrongEncoding", "WrongValue", "NoCreation", "InconsistentValue"),
    *("ResourceUnavailable", "CommitFailed", "UndoFailed", "AuthorizationError", "NotWritable"),
    "InconsistentName",
)
_REPORTS: Final = {
    f"{snmp.USM_STATISTICS}{number}.0": sentence
    for number, sentence in enumerate(
        (
            "Unsupported Security Level",
            "Not In Time Window",
            "Unknown User Name",
            "Unknown Engine ID",
            "Wrong Digest (incorrect password, community or key)",
            "Decryption Error",
        ),
        1,
    )
}


class SnmpOptions(Options):
    """Which agent, what to ask it, and what it should say. Keys are Uptime Kuma 2.5's."""

    hostname: str = option("", label="Hostname", kind=Kind.HOST, required=True)
    port: int | None = option(None, label="Port", kind=Kind.PORT, form_default=SNMP_PORT)
    version: str = option(
        "2c",
        alias="snmpVersion",
        label="Version",
        kind=Kind.SELECT,
        choices=(Choice("1", "SNMPv1"), Choice("2c", "SNMPv2c"), Choice("3", "SNMPv3")),
    )
    community: str = option(
        "",
        alias="radiusPassword",
        label="Community string",
        kind=Kind.PASSWORD,
        secret=True,
        shown_when=ShownWhen("snmpVersion", ("1", "2c")),
        help="The password of SNMPv1 and SNMPv2c; many devices come with public.",
    )
    user: str = option(
        "",
        alias="snmpV3Username",
        label="User name",
        kind=Kind.TEXT,
        shown_when=ShownWhen("snmpVersion", ("3",)),
        help="Of a user without authentication (noAuthNoPriv). It is not shown again; empty keeps it.",
    )
    object_id: str = option(
        "",
        alias="snmpOid",
        label="OID",
        kind=Kind.TEXT,
        required=True,
        placeholder="1.3.6.1.2.1.1.5.0",
        help="The number of the object, in dots and without one in front.",
    )
    path: str = path_option()
    operator: str = operator_option()
    expected: str = expected_option()
    timeout: float = timeout_option("For each try.", form_default=FORM_TIMEOUT_S)
    retries: int = stored(0, "maxretries")


class SnmpMonitor(MonitorType[SnmpOptions]):
    """Asks for one object (GET) and compares its value.

    A check never takes longer than its share of the interval, or the timeout where that is longer, however
    many retries it has. A Counter64 and net-snmp's floats are numbers here; Uptime Kuma compares their bytes.
    """

    name = "snmp"
    label = "SNMP"
    description = "Asks a device for a value by SNMP, and compares it with what you expect."
    options = SnmpOptions
    notations = (Notation("snmp", ports=(SNMP_PORT,)),)
    numbers = (RESPONSE_TIME, VALUE)

    def deadline(self, options: SnmpOptions, context: CheckContext) -> float:
        """All tries together."""
        del options
        return _limit(context) + 20

    async def check(self, options: SnmpOptions, context: CheckContext) -> CheckResult:
        """The ping is the time until the value is there in whole ms, looking up the name included."""
        begun = perf_counter()
        try:
            async with (
                asyncio.timeout(_limit(context)),
                converse(
                    network_of(context), clean_host(options.hostname), options.port or SNMP_PORT
                ) as peer,
            ):
                value = await _Asking(options, context.timeout, peer).value()
        except TimeoutError:
            raise CheckFailed(_TIMED_OUT, local=True) from None
        except NetworkError as error:
            if error.kind is ErrorKind.REFUSED:  # which Uptime Kuma does not hear
                raise CheckFailed(_TIMED_OUT) from None
            raise failed(error) from None
        ping = round((perf_counter() - begun) * 1000)
        text = value if isinstance(value, str) else compact_json(value)
        try:
            comparison = await query(text, options.path, options.operator, options.expected)
        except QueryError as error:
            raise CheckFailed(str(error), ping=ping) from None
        if not comparison.passes:
            raise CheckFailed(comparison.sentence(), ping=ping)
        return CheckResult(comparison.sentence(), ping=ping, numbers=comparison.numbers())


def _limit(context: CheckContext) -> float:
    """Seconds for all tries together."""
    return max(context.timeout, DEFAULT_TIMEOUT_SHARE * context.interval)


class _Asking:
    """One check's questions to one agent."""

    def __init__(self, options: SnmpOptions, seconds: float, peer: Conversation) -> None:
        self._options = options
        self._version = _VERSIONS.get(options.version, snmp.V2C)
        self._seconds = seconds
        self._tries = 1 + max(options.retries, 0)
        self._peer = peer

    async def value(self) -> Value:
        """What the agent says the value is. Raises CheckFailed, CannotCheck, TimeoutError, NetworkError."""
        options = self._options
        object_id = options.object_id.strip()
        try:
            if self._version != snmp.V3:
                community = options.community.encode("utf-8", "replace")
                answer = await self._ask(lambda number: snmp.get(self._version, community, object_id, number))
            else:
                answer = await self._ask_v3(options.user.encode("utf-8", "replace"), object_id)
        except BerError:
            # Said of the question: what does not fit as an answer is passed over.
            raise CannotCheck("argument is not a valid OID string") from None
        return _judged(answer, ".".join(str(int(arc)) for arc in object_id.split(".")))

    async def _ask_v3(self, user: bytes, object_id: str) -> Answer:
        if not user:
            raise CannotCheck("SNMPv3 username is required")
        snmp.get_v3(Engine(), user, object_id, 0)  # an OID that is none, before anything is sent
        report = await self._ask(lambda number: snmp.get_v3(Engine(), b"", "", number))
        if report.kind != snmp.REPORT or report.object_id != snmp.UNKNOWN_ENGINE or not report.engine.id:
            return report
        return await self._ask(lambda number: snmp.get_v3(report.engine, user, object_id, number))

    async def _ask(self, question: Callable[[int], bytes]) -> Answer:
        number = secrets.randbelow(2**31 - 1) + 1
        message = question(number)
        for _ in range(self._tries):
            self._peer.send(message)
            try:
                async with asyncio.timeout(self._seconds):
                    while (answer := self._read(await self._peer.receive(), number)) is None:
                        pass
                return answer
            except TimeoutError:
                continue
        raise TimeoutError

    def _read(self, data: bytes, number: int) -> Answer | None:
        try:
            return snmp.read(data, self._version, number)
        except BerError:
            return None


def _judged(answer: Answer, object_id: str) -> Value:
    """The value. Raises CheckFailed with what is wrong."""
    if answer.kind == snmp.REPORT:
        raise CheckFailed(_REPORTS.get(answer.object_id, "Unexpected Report PDU"))
    if answer.status:
        error = _ERRORS[answer.status] if 0 < answer.status < len(_ERRORS) else "GeneralError"
        raise CheckFailed(f"{error}: {answer.object_id}" if answer.index > 0 and answer.objects else error)
    if not answer.objects:
        raise CheckFailed(f"No varbinds returned from SNMP session (OID: {object_id})")
    if answer.object_id != object_id:
        raise CheckFailed(
            f"OID '{object_id}' in request at position '0' does not match OID '{answer.object_id}' "
            "in response at position '0'"
        )
    if answer.tag == snmp.NO_SUCH_INSTANCE:
        raise CheckFailed(f"The SNMP query returned that no instance exists for OID {object_id}")
    if answer.tag == snmp.END_OF_MIB_VIEW:
        raise CheckFailed(f"The SNMP query returned that nothing comes after OID {object_id}")
    # An unknown object has no value, and the query says so, in Uptime Kuma's words.
    return answer.value
