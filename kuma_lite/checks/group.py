"""Group: the state of the monitors in it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from kuma_lite.core.declarations import (
    CheckFailed,
    CheckResult,
    Child,
    Choice,
    Kind,
    ServerContext,
    ServerMonitorType,
    ShownWhen,
    Status,
)
from kuma_lite.core.errors import UserError
from kuma_lite.core.options import Options, option

_EMPTY: Final = "Group empty"
_ALL_UP: Final = "All children up and running"
_ALL, _ANY, _SHARE = "all", "any", "share"
_SHARE_FORM: Final = re.compile(r"\s*([0-9]{1,5})\s*(%?)\s*")


class GroupOptions(Options):
    """How many children have to be up. Uptime Kuma 2.5 knows only all of them."""

    rule: str = option(
        _ALL,
        alias="groupRule",
        label="Up while",
        kind=Kind.SELECT,
        choices=(
            Choice(_ALL, "All children are up"),
            Choice(_ANY, "Any child is up"),
            Choice(_SHARE, "Enough children are up"),
        ),
    )
    share: str = option(
        "",
        alias="groupShare",
        label="Enough",
        kind=Kind.TEXT,
        placeholder="2 or 50 %",
        shown_when=ShownWhen("groupRule", (_SHARE,)),
        help="A number of children, or a share of those that are not paused.",
    )


class GroupMonitor(ServerMonitorType[GroupOptions]):
    """As bad as its direct children that are switched on, by the group's rule."""

    name = "group"
    label = "Group"
    description = "Holds other monitors; down when too many of them are down."
    options = GroupOptions
    numbers = ()
    untestable = "The state of a group is that of the monitors in it: there is nothing to ask."

    def validate(self, options: GroupOptions, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """A share is a number of children, or a percentage."""
        if options.rule == _SHARE and _read_share(options.share) is None:
            raise UserError(
                "groupShare must be a number of children such as 2, or a share such as 50 %.",
                about="groupShare",
            )
        return super().validate(options, document)

    async def check(self, options: GroupOptions, context: ServerContext) -> CheckResult:
        """UP, PENDING, or CheckFailed naming the children that are down."""
        return summarise(context.children(), options.rule, options.share)


def summarise(children: Sequence[Child], rule: str = _ALL, share: str = "") -> CheckResult:
    """What the children say together. Paused ones do not count; maintenance is not a fault.

    Raises CheckFailed when too many are down; names are in list order.
    """
    if not children:
        return CheckResult(_EMPTY, ping=0, status=Status.PENDING)
    counted = [child for child in children if child.active]
    down = [child.name for child in counted if child.status is Status.DOWN]
    pending = [child.name for child in counted if child.status in (None, Status.PENDING)]
    if not down and not pending:
        return CheckResult(_ALL_UP, ping=0)
    needed = _needed(len(counted), rule, share)
    if needed is not None:
        return _enough(len(counted), needed, down, pending)
    if down:
        also = f"; pending: {', '.join(pending)}" if pending else ""
        raise CheckFailed(f"Child monitors down: {', '.join(down)}{also}")
    return CheckResult(f"Pending child monitors: {', '.join(pending)}", ping=0, status=Status.PENDING)


def _needed(total: int, rule: str, share: str) -> int | None:
    """How many of the children have to be up; None: all."""
    if rule == _ANY:
        return 1
    found = _read_share(share) if rule == _SHARE else None
    if found is None:
        return None
    number, percent = found
    return max(1, min(total, math.ceil(total * number / 100) if percent else number))


def _read_share(text: str) -> tuple[int, bool] | None:
    """A number, and whether it is a percentage; None for neither."""
    found = _SHARE_FORM.fullmatch(text)
    if found is None or not 0 < int(found[1]) <= (100 if found[2] else 99_999):
        return None
    return int(found[1]), bool(found[2])


def _enough(total: int, needed: int, down: list[str], pending: list[str]) -> CheckResult:
    up = total - len(down) - len(pending)
    parts = [f"{up} of {total} children up, {needed} needed"]
    listed = (("down", down), ("pending", pending))
    parts += [f"{word}: {', '.join(names)}" for word, names in listed if names]
    message = "; ".join(parts)
    if up >= needed:
        return CheckResult(message, ping=0)
    if up + len(pending) >= needed:
        return CheckResult(message, ping=0, status=Status.PENDING)
    raise CheckFailed(message)
