"""Manual: a person says what the state is."""

from __future__ import annotations

from typing import Final

from kuma_lite.core.declarations import CheckContext, CheckResult, Choice, Kind, MonitorType, Status
from kuma_lite.core.options import Options, option

_UNSET: Final = "Manual monitoring - No status set"
_WORDS: Final = {Status.UP: "Up", Status.DOWN: "Down"}


class ManualOptions(Options):
    """The state that was set last."""

    status: int | None = option(
        None,
        alias="manual_status",
        label="Status",
        kind=Kind.SELECT,
        help="Change it whenever the state changes; a beat follows at once.",
        choices=(
            Choice(None, "Not set"),
            Choice(int(Status.UP), "Up"),
            Choice(int(Status.DOWN), "Down"),
            Choice(int(Status.PENDING), "Pending"),
        ),
    )


class ManualMonitor(MonitorType[ManualOptions]):
    """Repeats the state a person has set. DOWN is meant, so it is no failure and knows no retries."""

    name = "manual"
    label = "Manual"
    description = "You set the state by hand, for things no program can look at."
    group = "passive"
    options = ManualOptions
    numbers = ()
    untestable = "A person says what the state of a manual monitor is: there is nothing to ask."

    async def check(self, options: ManualOptions, context: CheckContext) -> CheckResult:
        """The state as set; anything but up and down is pending, as in Uptime Kuma 2.5."""
        del context
        if options.status is None:
            return CheckResult(_UNSET, ping=0, status=Status.PENDING)
        if options.status in _WORDS:
            status = Status(options.status)
            return CheckResult(_WORDS[status], ping=0, status=status)
        return CheckResult("Pending", ping=0, status=Status.PENDING)
