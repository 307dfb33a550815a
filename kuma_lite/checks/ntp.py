"""NTP: a time server answers, is synchronised, and tells about the time we have."""

from __future__ import annotations

import ipaddress
import secrets
import struct
from time import perf_counter
from typing import ClassVar, Final

from msgspec import Struct

from kuma_lite.checks._host import clean_host
from kuma_lite.checks._network import is_maybe_ours, network_of
from kuma_lite.checks._shared_options import timeout_option
from kuma_lite.core.declarations import (
    RESPONSE_TIME,
    CheckContext,
    CheckFailed,
    CheckResult,
    Kind,
    MonitorType,
    Notation,
    Number,
)
from kuma_lite.core.options import Options, option
from kuma_lite.net import datagram
from kuma_lite.net.errors import ErrorKind, NetworkError

NTP_PORT: Final = 123
TIMEOUT_S: Final = 10.0  # where the monitor names none
UNSYNCHRONIZED: Final = 16
_PACKET_BYTES: Final = 48
_CLIENT: Final = 0x1B  # no warning, version 3, mode 3 (RFC 5905 §7.3)
_SERVER_MODE: Final = 4
_ALARM: Final = 3  # leap indicator of a clock that is not synchronised
_EPOCH: Final = 2_208_988_800  # seconds from 1900 to 1970
_STRATUM, _OFFSET_MS, _DISPERSION_MS = 5, 1000, 500  # thresholds where the monitor names none


class InvalidAnswer(Exception):
    """A datagram that is no answer of a time server."""


class Told(Struct, frozen=True):
    """What a server says; times in ms."""

    stratum: int
    reference: str
    offset: float
    delay: float
    dispersion: float
    synchronized: bool


class NtpOptions(Options):
    """Which server, and what is too far off. Keys are Uptime Kuma 2.5's; 0 and nothing take its defaults."""

    hostname: str = option("", label="Hostname", kind=Kind.HOST, required=True)
    port: int | None = option(None, label="Port", kind=Kind.PORT, form_default=NTP_PORT)
    stratum: float | None = option(
        _STRATUM,
        alias="ntpStratumThreshold",
        label="Stratum",
        kind=Kind.NUMBER,
        minimum=1,
        maximum=15,
        step=1,
        help="Down from this distance to a reference clock on.",
    )
    offset: float | None = option(
        _OFFSET_MS,
        alias="ntpTimeOffsetThreshold",
        label="Time offset",
        kind=Kind.NUMBER,
        unit="ms",
        minimum=0,
        help="Down when its time differs from ours by that much.",
    )
    dispersion: float | None = option(
        _DISPERSION_MS,
        alias="ntpRootDispersionThreshold",
        label="Root dispersion",
        kind=Kind.NUMBER,
        unit="ms",
        minimum=0,
        help="Down when it is that unsure of its time.",
    )
    timeout: float = timeout_option("For the answer.", form_default=int(TIMEOUT_S))


class NtpMonitor(MonitorType[NtpOptions]):
    """One packet, one answer."""

    name = "ntp"
    label = "NTP"
    description = "Asks a time server for the time, and compares it with ours."
    group = "specific"
    options = NtpOptions
    notations = (Notation("ntp", ports=(NTP_PORT,)), Notation(command="ntpdate"))
    numbers = (
        RESPONSE_TIME,
        Number("stratum", "Stratum"),
        Number("offset", "Time offset", "ms"),
        Number("dispersion", "Root dispersion", "ms"),
    )
    form_defaults: ClassVar = {"interval": 300}  # public servers ask for no more

    async def check(self, options: NtpOptions, context: CheckContext) -> CheckResult:
        """The ping is the time of the answer in whole ms, looking up the name included."""
        if not options.hostname.strip():
            raise CheckFailed("Hostname is required")
        begun = perf_counter()
        told = await _ask(options, context)
        ping = round((perf_counter() - begun) * 1000)
        if (problem := judge(told, options)) is not None:
            raise CheckFailed(problem, ping=ping)
        return CheckResult(
            f"Stratum: {told.stratum}, RefID: {told.reference}, Offset: {told.offset:.3f}ms, "
            f"Delay: {told.delay:.3f}ms, Dispersion: {told.dispersion:.3f}ms",
            ping=ping,
            numbers={"stratum": told.stratum, "offset": abs(told.offset), "dispersion": told.dispersion},
        )


async def _ask(options: NtpOptions, context: CheckContext) -> Told:
    host, begun = clean_host(options.hostname), perf_counter()

    def now() -> float:
        return context.now + perf_counter() - begun

    sent = now()
    # What we send as our time comes back as the origin, by which an answer is known to be one. The server
    # needs nothing of it: it can be a number that nobody guesses.
    cookie = secrets.token_bytes(8)
    question = bytes([_CLIENT]).ljust(_PACKET_BYTES - len(cookie), b"\0") + cookie
    try:
        return await datagram.ask(
            network_of(context),
            host,
            options.port or NTP_PORT,
            question,
            lambda data: read_answer(data, cookie, sent, now()),
            timeout=options.timeout or TIMEOUT_S,
        )
    except InvalidAnswer as invalid:
        raise CheckFailed(str(invalid)) from None
    except NetworkError as error:
        raise CheckFailed(_text(error, host), local=is_maybe_ours(error)) from None


def _text(error: NetworkError, host: str) -> str:
    if error.kind is ErrorKind.DNS:
        return f"DNS lookup failed for {host}: {error.message}"
    if error.kind in (ErrorKind.TIMEOUT, ErrorKind.REFUSED):  # which Uptime Kuma cannot tell apart
        return "NTP request timed out"
    return f"UDP socket error: {error.message}"


def read_answer(data: bytes, cookie: bytes, sent: float, received: float) -> Told | None:
    """What a datagram says (RFC 5905 §7.3); None when it does not answer the question with that cookie.

    Args:
        sent, received: when, in seconds since 1970.

    Raises InvalidAnswer.
    """
    if len(data) < _PACKET_BYTES:
        raise InvalidAnswer(f"Invalid NTP response: expected 48+ bytes, got {len(data)}")
    flags, stratum = data[0], data[1]
    if flags & 7 != _SERVER_MODE or data[24:32] != cookie:
        return None
    _root_delay, dispersion = struct.unpack_from(">II", data, 4)
    arrived, left = (_seconds(data, place) for place in (32, 40))
    return Told(
        stratum=stratum,
        reference=_reference(stratum, data[12:16]),
        offset=((arrived - sent) + (left - received)) / 2 * 1000,
        delay=((received - sent) - (left - arrived)) * 1000,
        dispersion=dispersion / 65_536 * 1000,
        synchronized=0 < stratum < UNSYNCHRONIZED and flags >> 6 != _ALARM,
    )


def judge(told: Told, options: NtpOptions) -> str | None:
    """What is wrong with what a server says; None: nothing (pure)."""
    if told.stratum == UNSYNCHRONIZED:
        return "NTP server is unsynchronized (stratum 16)"
    if told.stratum == 0:  # "kiss of death": it does not want to be asked
        return f"NTP server refuses to answer ({told.reference or 'no reason given'})"
    if not told.synchronized:
        return "NTP server is unsynchronized (leap indicator 3)"
    if told.stratum >= (limit := options.stratum or _STRATUM):
        return f"Stratum {told.stratum} meets or exceeds threshold {limit:g}"
    if abs(told.offset) >= (limit := options.offset or _OFFSET_MS):
        return f"Time offset {told.offset:.3f}ms exceeds threshold {limit:g}ms"
    if told.dispersion >= (limit := options.dispersion or _DISPERSION_MS):
        return f"Root dispersion {told.dispersion:.3f}ms exceeds threshold {limit:g}ms"
    return None


def _seconds(data: bytes, place: int) -> float:
    seconds, fraction = struct.unpack_from(">II", data, place)
    return float(seconds) - _EPOCH + float(fraction) / 2**32


def _reference(stratum: int, raw: bytes) -> str:
    """The name of a reference clock, or the address of the server above."""
    if stratum > 1:
        return str(ipaddress.IPv4Address(raw))
    return raw.rstrip(b"\0").decode("ascii", "replace")
