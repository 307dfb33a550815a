"""Push: the target reports by itself; the check only notices that it stopped."""

from __future__ import annotations

from typing import Final

from kuma_lite.core.declarations import (
    CheckFailed,
    CheckResult,
    Kind,
    LastBeat,
    ServerContext,
    ServerMonitorType,
    Status,
    Wait,
)
from kuma_lite.core.options import Options, option
from kuma_lite.core.targets import Target

GRACE_S: Final = 1.0  # seconds a report may be late: the network and the reporter's timer need some
_SILENCE: Final = "No heartbeat in the time window"


class PushOptions(Options):
    """Where reports arrive."""

    token: str = option(
        "",
        alias="pushToken",
        label="Push token",
        kind=Kind.TOKEN,
        help="Part of the address that has to be called at least once per interval. "
        "Whoever knows it can report for this monitor.",
        required=True,
        secret=True,
    )


class PushMonitor(ServerMonitorType[PushOptions]):
    """Beats come by request; silence for longer than one interval is a failure."""

    name = "push"
    label = "Push"
    description = "Your script or device calls an address regularly; silence means down."
    group = "passive"
    options = PushOptions
    pushed = True
    untestable = "A push monitor waits to be called: there is nobody to ask."
    in_type_list = False

    def target(self, options: PushOptions) -> Target:
        """Nothing is asked; messages say that it reports by itself."""
        del options
        return Target(name="Heartbeat")

    async def check(self, options: PushOptions, context: ServerContext) -> CheckResult | Wait:
        """Wait until the next report could be overdue. Raises CheckFailed when it is."""
        del options
        last, silence = context.last_beat(), context.silence()
        if last is None:
            raise CheckFailed(_SILENCE, duration=round(context.interval))
        if not _counts(last, upside_down=context.upside_down) or silence.counts > context.interval + GRACE_S:
            # The wall clock may have been set since the beat before this one.
            raise CheckFailed(_SILENCE, duration=round(min(abs(context.now - last.time), silence.lasted)))
        remaining = context.interval - silence.counts
        return Wait(remaining + GRACE_S if remaining >= 0 else GRACE_S)


def _counts(last: LastBeat, *, upside_down: bool) -> bool:
    """Whether the latest beat proves that reports arrive.

    Uptime Kuma 2.5 asks for UP (DOWN when upside down). A maintenance beat counts here as well: after a
    maintenance the reporter gets one full interval before its silence is an alarm.
    """
    return last.status in (Status.DOWN if upside_down else Status.UP, Status.MAINTENANCE)
