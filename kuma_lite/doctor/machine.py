"""The machine around the server: clock, resolver, ping, files, memory, versions."""

from __future__ import annotations

import os
import platform
import resource
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from kuma_lite import UPTIME_KUMA_VERSION, __version__
from kuma_lite.core.clock import SystemClock
from kuma_lite.core.database_look import SQLITE_VERSION
from kuma_lite.core.file_limit import MOST_FILES
from kuma_lite.doctor.model import Finding, Level
from kuma_lite.net.icmp_socket import IcmpSocket

FEW_FILES: Final = 4096
ASKED: Final = "example.com"  # a name that is always there (RFC 2606)
SLOW_ANSWER_S: Final = 1.0
NO_ANSWER_S: Final = 6.0
LITTLE_MEMORY: Final = 150_000_000  # bytes
_SYNCHRONISED: Final = Path("/run/systemd/timesync/synchronized")
_BUILT: Final = datetime(2026, 1, 1, tzinfo=UTC).timestamp()  # a clock before that is wrong
_MEMORY: Final = Path("/proc/meminfo")


def examine_versions() -> Iterator[Finding]:
    """Which ones meet here."""
    own, spoken, python, sqlite = __version__, UPTIME_KUMA_VERSION, platform.python_version(), SQLITE_VERSION
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    says = f"Kuma Lite {own} (speaks Uptime Kuma {spoken}), Python {python}, {system}, SQLite {sqlite}."
    yield Finding("Versions", Level.OK, says)


def examine_clock() -> Iterator[Finding]:
    """Whether it can be right, and whether something keeps it so."""
    yield judge_clock(SystemClock().now(), kept=_is_kept())


def judge_clock(now: float, *, kept: bool) -> Finding:
    """`now` in seconds since 1970; `kept`: whether something synchronises it, or nobody can tell."""
    shown = f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d %H:%M:%S} UTC"
    if now < _BUILT:
        return Finding("Clock", Level.TROUBLE, f"It says {shown}, which cannot be.", "Set it, and start NTP.")
    if not kept:
        do = "Start an NTP client (timedatectl set-ntp true): certificates, pushes and history depend on it."
        return Finding("Clock", Level.WARNING, f"It says {shown}, and nothing keeps it right.", do)
    return Finding("Clock", Level.OK, f"It says {shown}, and is kept right.")


def examine_resolver(name: str = ASKED) -> Iterator[Finding]:
    """Whether names are found, and how fast."""
    begun = time.perf_counter()
    pool = ThreadPoolExecutor(1)
    try:
        pool.submit(socket.getaddrinfo, name, 443).result(NO_ANSWER_S)
        error = None
    except TooLate:
        error = "no answer"
    except OSError as problem:
        error = problem.strerror or str(problem)
    finally:
        pool.shutdown(wait=False)
    yield judge_resolver(name, time.perf_counter() - begun, error)


def judge_resolver(name: str, took: float, error: str | None) -> Finding:
    """`took` in seconds."""
    do = "See /etc/resolv.conf; monitors that have names cannot be checked without it."
    if error is not None:
        return Finding("Resolver", Level.TROUBLE, f"{name} was not found: {error}.", do)
    says = f"{name} was found after {took * 1000:.0f} ms."
    if took > SLOW_ANSWER_S:
        return Finding("Resolver", Level.WARNING, says, "The first name server may be down: see resolv.conf.")
    return Finding("Resolver", Level.OK, says)


def examine_ping() -> Iterator[Finding]:
    """Whether ping monitors can send."""
    allowed = []
    for family, name in ((socket.AF_INET, "IPv4"), (socket.AF_INET6, "IPv6")):
        with suppress(OSError):
            IcmpSocket(family).close()
            allowed.append(name)
    yield judge_ping(allowed)


def judge_ping(allowed: list[str]) -> Finding:
    """`allowed`: the families of addresses it works for."""
    if "IPv4" not in allowed:
        do = 'Allow it: sysctl net.ipv4.ping_group_range="0 2147483647", or give the program CAP_NET_RAW.'
        return Finding("Ping", Level.WARNING, "This user may send no ICMP: ping monitors cannot work.", do)
    return Finding("Ping", Level.OK, f"Allowed for {', '.join(allowed)}.")


def examine_files() -> Iterator[Finding]:
    """How many files and sockets may be open."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield judge_files(MOST_FILES if hard == resource.RLIM_INFINITY else hard)


def judge_files(hard: int) -> Finding:
    """The soft limit is raised to the hard one by the server."""
    says = f"{hard:,} files and connections may be open."
    if hard < FEW_FILES:
        return Finding("Limits", Level.WARNING, says, "LimitNOFILE=65536 in the unit, or ulimit -Hn.")
    return Finding("Limits", Level.OK, says)


def examine_memory() -> Iterator[Finding]:
    """What is free of it, where the kernel tells."""
    rows = dict(
        line.split(":", 1) for line in _MEMORY.read_text(encoding="ascii").splitlines() if ":" in line
    )
    yield judge_memory(*(int(rows[name].split()[0]) * 1024 for name in ("MemAvailable", "MemTotal")))


def judge_memory(free: int, size: int) -> Finding:
    """In bytes."""
    says = f"{free / 1e6:,.0f} MB of {size / 1e6:,.0f} MB are available."
    if free < LITTLE_MEMORY:
        return Finding("Memory", Level.WARNING, says, "Add swap, or end other programs.")
    return Finding("Memory", Level.OK, says)


def examine_time_zone() -> Iterator[Finding]:
    """Whether `TZ` names one."""
    from zoneinfo import ZoneInfo

    name = os.environ.get("TZ", "").lstrip(":")
    if not name or name.startswith("/"):
        return
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # a name that is not there is a KeyError
        says = f"TZ is {name}, which is no time zone: UTC is used instead."
        yield Finding("Time zone", Level.WARNING, says, "TZ=Europe/Berlin, for instance.")
        return
    yield Finding("Time zone", Level.OK, f"{name}, from TZ.")


def _is_kept() -> bool:
    """Whether the kernel says that its clock is synchronised, or nobody can tell."""
    import ctypes

    if _SYNCHRONISED.exists() or platform.system() != "Linux":
        return True
    state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.create_string_buffer(512))
    return bool(state != 5)  # TIME_ERROR of adjtimex(2)
