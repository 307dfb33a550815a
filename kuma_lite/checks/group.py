"""Group: the state of the monitors in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kuma_lite.core.declarations import (
    CheckFailed,
    CheckResult,
    Child,
    ServerContext,
    ServerMonitorType,
    Status,
)
from kuma_lite.core.options import Options

_EMPTY: Final = "Group empty"
_ALL_UP: Final = "All children up and running"


class GroupOptions(Options):
    """A group has no options of its own."""


class GroupMonitor(ServerMonitorType[GroupOptions]):
    """As bad as the worst of its direct children that are switched on."""

    name = "group"
    label = "Group"
    description = "Holds other monitors; down as soon as one of them is down."
    options = GroupOptions
    untestable = "The state of a group is that of the monitors in it: there is nothing to ask."

    async def check(self, options: GroupOptions, context: ServerContext) -> CheckResult:
        """UP, PENDING, or CheckFailed naming the children that are down."""
        del options
        return summarise(context.children())


def summarise(children: Sequence[Child]) -> CheckResult:
    """What the children say together. Paused ones do not count; maintenance is not a fault.

    Raises CheckFailed when one is down; names are in list order.
    """
    if not children:
        return CheckResult(_EMPTY, ping=0, status=Status.PENDING)
    counted = [child for child in children if child.active]
    down = [child.name for child in counted if child.status is Status.DOWN]
    pending = [child.name for child in counted if child.status in (None, Status.PENDING)]
    if down:
        also = f"; pending: {', '.join(pending)}" if pending else ""
        raise CheckFailed(f"Child monitors down: {', '.join(down)}{also}")
    if pending:
        return CheckResult(f"Pending child monitors: {', '.join(pending)}", ping=0, status=Status.PENDING)
    return CheckResult(_ALL_UP, ping=0)
