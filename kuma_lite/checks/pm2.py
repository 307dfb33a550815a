"""PM2: one of the processes it keeps on this machine is online."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import Any

from kuma_lite.checks._pm2 import Pm2Error, read_processes
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


class Pm2Options(Options):
    """Which process."""

    process: str = option(
        "",
        alias="system_service_name",
        label="PM2 process name",
        kind=Kind.TEXT,
        required=True,
        help="Name or number of a process on the machine that Kuma Lite runs on.",
    )


class Pm2Monitor(MonitorType[Pm2Options]):
    """Asks for the list of processes.

    Other than Uptime Kuma 2.5, a PM2 that is missing or tells no list says nothing about a process.
    """

    name = "pm2"
    label = "PM2 process"
    description = "Asks PM2 on this machine whether a process is online."
    options = Pm2Options
    notations = tuple(
        Notation(command=f"pm2 {verb}", into="system_service_name")
        for verb in ("show", "describe", "restart", "logs")
    )

    def validate(self, options: Pm2Options, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """A name that can be one."""
        del document
        name = options.process.strip()
        if not name:
            raise UserError("PM2 process name is required.", about="system_service_name")
        if any(ord(letter) < 32 or ord(letter) == 127 for letter in name):
            raise UserError("Invalid PM2 process name.", about="system_service_name")
        return {"system_service_name": name}

    async def check(self, options: Pm2Options, context: CheckContext) -> CheckResult:
        """The ping is what PM2 took to answer, in whole ms."""
        del context
        name = options.process.strip()
        if not name:
            raise CannotCheck("PM2 process name is required.")
        begun = perf_counter()
        try:
            processes = await read_processes()
        except Pm2Error as error:
            raise CannotCheck(error.message) from None
        # Of several processes of a name, as of a cluster, the first one counts.
        found = next((process for process in processes if name in (process.name, process.id)), None)
        if found is None:
            raise CheckFailed(f"PM2 process '{name}' was not found.")
        if found.status != "online":
            raise CheckFailed(f"PM2 process '{name}' is {found.status}.")
        return CheckResult(f"PM2 process '{name}' is online.", ping=round((perf_counter() - begun) * 1000))
