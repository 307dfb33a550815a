"""Services of this machine: systemd says whether one is active."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from time import perf_counter
from typing import Any, Final

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
from kuma_lite.core.errors import UserError
from kuma_lite.core.options import Options, option
from kuma_lite.core.programs import Finished

TIMEOUT_S: Final = 5.0  # as in Uptime Kuma 2.5
_PROGRAM: Final = "systemctl"
_NAME: Final = re.compile(r"[A-Za-z0-9._@-]+")
_SHOWN_CHARS: Final = 200
_REQUIRED: Final = "Service Name is required."
_INVALID: Final = "Invalid service name. Please use the internal Service Name (no spaces)."
# What it says where there is no systemd to be asked, as in most containers.
_NO_SYSTEMD: Final = (
    "not been booted with systemd",
    "failed to connect to bus",
    "failed to connect to system",
)


class SystemServiceOptions(Options):
    """Which service."""

    service: str = option(
        "",
        alias="system_service_name",
        label="Service name",
        kind=Kind.TEXT,
        required=True,
        placeholder="nginx.service",
        help="A unit of systemd on the machine that Kuma Lite runs on.",
    )


class SystemServiceMonitor(MonitorType[SystemServiceOptions]):
    """Asks systemd.

    Other than Uptime Kuma 2.5, a machine without a systemd that answers says nothing about the service.
    """

    name = "system-service"
    label = "System service"
    description = "Asks systemd whether a service of this machine is running."
    options = SystemServiceOptions
    notations = tuple(
        Notation(command=f"systemctl {verb}", into="system_service_name")
        for verb in ("status", "start", "restart", "enable")
    )

    def validate(self, options: SystemServiceOptions, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """A name, and nothing that could be anything else."""
        del document
        name = options.service.strip()
        problem = _problem(name)
        if problem is not None:
            raise UserError(problem, about="system_service_name")
        return {"system_service_name": name}

    async def check(self, options: SystemServiceOptions, context: CheckContext) -> CheckResult:
        """The ping is what systemd took to answer, in whole ms."""
        del context
        name = options.service.strip()
        if (problem := _problem(name)) is not None:
            raise CannotCheck(problem)
        if sys.platform != "linux":
            raise CannotCheck(f"System Service monitoring is not supported on {sys.platform}")
        begun = perf_counter()
        try:
            ended = await run_program(_PROGRAM, "is-active", *as_argument(name), timeout=TIMEOUT_S)
        except ProgramMissing:
            raise CannotCheck(f"There is no {_PROGRAM} on this machine.") from None
        except TimeoutError:
            raise CannotCheck(f"{_PROGRAM} did not answer within {TIMEOUT_S:g} s.") from None
        judge(ended, name)
        return CheckResult(f"Service '{name}' is running.", ping=round((perf_counter() - begun) * 1000))


def _problem(name: str) -> str | None:
    if not name:
        return _REQUIRED
    return None if _NAME.fullmatch(name) else _INVALID


def judge(ended: Finished, name: str) -> None:
    """Whether the service runs (pure). Raises CheckFailed, CannotCheck."""
    if ended.status == 0:
        return
    said = (ended.errors or ended.output).strip()
    shown = said if len(said) <= _SHOWN_CHARS else f"{said[:_SHOWN_CHARS]}..."
    if any(phrase in said.lower() for phrase in _NO_SYSTEMD):
        raise CannotCheck(shown)
    raise CheckFailed(shown or f"Service '{name}' is not running.")
