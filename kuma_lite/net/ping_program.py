"""The system's `ping` program: the last resort where ICMP sockets are not allowed."""

from __future__ import annotations

import math
from functools import lru_cache

from kuma_lite.core.patterns import pattern
from kuma_lite.core.programs import path_of, run

# Seconds the program may take beyond its own deadline before it is killed.
KILL_GRACE = 2.0

_TIME = pattern(r"time[=<]([0-9.]+) ?ms")


class PingUnavailable(RuntimeError):
    """This process cannot ping at all: trouble of ours, never the target's."""

    def __init__(self) -> None:
        super().__init__(
            "Ping is not possible here: allow unprivileged ICMP (net.ipv4.ping_group_range), "
            "grant CAP_NET_RAW, or install the ping program."
        )


@lru_cache(maxsize=1)
def find_ping() -> str | None:
    """The path of the program."""
    return path_of("ping")


def arguments(
    program: str,
    ip: str,
    version: int,
    count: int,
    size: int,
    per_request_timeout: float,
    total_timeout: float,
) -> list[str]:
    """The command line; what both iputils and BusyBox understand. Timeouts are rounded up to seconds."""
    seconds = {"-W": per_request_timeout, "-w": total_timeout}
    limits = [text for flag, value in seconds.items() for text in (flag, str(max(1, math.ceil(value))))]
    return [program, f"-{version}", "-n", "-c", str(count), "-s", str(size), *limits, "--", ip]


def parse_times(output: str) -> list[float]:
    """The round trips in the program's output, in ms."""
    return [float(match) for match in _TIME.findall(output)]


async def run_ping(
    ip: str, version: int, count: int, size: int, per_request_timeout: float, total_timeout: float
) -> list[float]:
    """Ping an address (never a name). Raises PingUnavailable."""
    program = find_ping()
    if program is None:
        raise PingUnavailable
    command = arguments(program, ip, version, count, size, per_request_timeout, total_timeout)
    ended = await run(*command, timeout=math.ceil(total_timeout) + KILL_GRACE)
    return parse_times(ended.output)
