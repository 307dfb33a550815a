"""Tailscale: a machine of one's own net answers, by whatever way the net finds to it."""

from __future__ import annotations

import re
from typing import Final

from kuma_lite.checks._program import ProgramMissing, as_argument, run_program
from kuma_lite.core.declarations import (
    CannotCheck,
    CheckContext,
    CheckFailed,
    CheckResult,
    Kind,
    MonitorType,
    Notation,
)
from kuma_lite.core.options import Options, option
from kuma_lite.core.programs import Finished

SHARE_OF_INTERVAL: Final = 0.8  # as in Uptime Kuma 2.5
_PROGRAM: Final = "tailscale"
_PREFIX: Final = "Error checking Tailscale ping: Error: "
_PONG: Final = "pong from"
_KNOWN: Final = {
    "timed out": "Ping timed out",
    "no matching peer": "Nonexistant or inaccessible due to ACLs",
    "is local Tailscale IP": "Tailscale only works if used on other machines",
}
# What the program says while our own end of the net is not there.
_OUR_END: Final = re.compile(
    r"connect to local tailscale|tailscale is (?:stopped|starting)|logged out|needs ?login", re.IGNORECASE
)
_LATENCY: Final = re.compile(r" in (?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)(s|ms|µs|us))?")  # durations of Go
_MS: Final = {"s": 1000.0, "ms": 1.0, "µs": 0.001, "us": 0.001}


class TailscalePingOptions(Options):
    """Which machine."""

    hostname: str = option(
        "",
        label="Hostname",
        kind=Kind.HOST,
        required=True,
        help="Name or address of a machine in the Tailscale net that this machine belongs to.",
    )


class TailscalePingMonitor(MonitorType[TailscalePingOptions]):
    """Asks the program `tailscale`.

    Other than Uptime Kuma 2.5: where that is missing, stopped or logged out, nothing is said about the other
    machine; a pong counts although the program warns; seconds and minutes are read as such.
    """

    name = "tailscale-ping"
    label = "Tailscale ping"
    description = "Pings a machine of a Tailscale net with the program tailscale."
    options = TailscalePingOptions
    notations = (Notation(command="tailscale ping"),)

    def deadline(self, options: TailscalePingOptions, context: CheckContext) -> float:
        """The program has its share of the interval."""
        del options
        return SHARE_OF_INTERVAL * context.interval + 20

    async def check(self, options: TailscalePingOptions, context: CheckContext) -> CheckResult:
        """The ping is the one that Tailscale has measured, in whole ms."""
        host, timeout = options.hostname.strip(), SHARE_OF_INTERVAL * context.interval
        if not host:
            raise CannotCheck("Hostname is required")
        try:
            ended = await run_program(_PROGRAM, "ping", "--c", "1", *as_argument(host), timeout=timeout)
        except ProgramMissing:
            raise CannotCheck(f"{_PREFIX}spawn {_PROGRAM} ENOENT") from None
        except TimeoutError:
            text = f"{_PREFIX}{_PROGRAM} did not answer within {timeout:g} s"
            raise CheckFailed(text, local=True) from None
        return CheckResult("OK", ping=read_pong(ended))


def read_pong(ended: Finished) -> int | None:
    """Whole ms to the other machine and back (pure). Raises CheckFailed, CannotCheck."""
    lines = [line for line in ended.output.splitlines() if line.strip()]
    errors = [line for line in ended.errors.splitlines() if line.strip()]
    for line in (*lines, *errors):
        if _PONG in line:
            return _latency(line)
    for line in (*lines, *errors):
        for phrase, meaning in _KNOWN.items():
            if phrase in line:
                raise CheckFailed(f'{_PREFIX}{meaning}: "{line}"', local=phrase == "timed out")
    said = ended.errors.strip()
    if _OUR_END.search(said or ended.output):
        raise CannotCheck(_PREFIX + (said or ended.output.strip()))
    if said:
        raise CheckFailed(f"{_PREFIX}Error in output: {said}")
    if ended.status:
        raise CheckFailed(f"{_PREFIX}Process exited with code {ended.status}")
    if lines:
        raise CheckFailed(f'{_PREFIX}Unexpected output: "{lines[0]}"')
    raise CheckFailed(f"{_PREFIX}No output from Tailscale ping")


def _latency(line: str) -> int | None:
    """As in `pong from web (100.64.0.2) via DERP(fra) in 33ms`; None where it is not told."""
    found = [match for match in _LATENCY.finditer(line) if match[1] or match[2]]
    if not found:
        return None
    minutes, amount, unit = found[-1].groups()
    return round(float(minutes or 0) * 60_000 + (float(amount) * _MS[unit] if amount else 0))
