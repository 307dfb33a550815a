"""Limits on the numbers a check yields (pure): response time, days of a certificate, rows, a value …

A limit looks at the last `times` checks that gave its number; when at least `breaches` of them broke it, the
beat is PENDING (a warning) or the check counts as failed. What was seen before the program started is not
known.
"""

from __future__ import annotations

import math
import operator
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from kuma_lite.core.declarations import (
    CERTIFICATE_DAYS,
    RESPONSE_TIME,
    CheckFailed,
    CheckResult,
    Number,
    Status,
)
from kuma_lite.core.errors import UserError

MOST_LIMITS: Final = 20  # of one monitor
MOST_CHECKS: Final = 100  # that one limit looks back on

_OPERATORS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
}
_BECOMES: Final = {"pending": Status.PENDING, "down": Status.DOWN}


class Limit(Struct, frozen=True):
    """Broken when `number operator value` held in `breaches` of the last `times` checks."""

    number: str
    operator: str
    value: float
    becomes: Status  # PENDING or DOWN
    breaches: int
    times: int


class Broken(Struct, frozen=True):
    """A limit that is broken now."""

    becomes: Status
    sentence: str


def read_limits(value: Any) -> tuple[Limit, ...]:
    """Those in a stored document; entries that cannot be read are left out."""
    found = []
    for entry in value if isinstance(value, list) else ():
        try:
            found.append(_read(entry))
        except UserError:
            continue
    return tuple(found[:MOST_LIMITS])


def check_limits(value: Any, numbers: Sequence[Number]) -> None:
    """Refuse what cannot be meant (UserError), for a type that yields these numbers."""
    if value is None or value == []:
        return
    if not isinstance(value, list) or len(value) > MOST_LIMITS:
        raise UserError(
            "limits: a list of at most {most} limits is expected.", most=MOST_LIMITS, about="limits"
        )
    known = {number.id for number in numbers}
    for entry in value:
        limit = _read(entry)
        if limit.number not in known:
            raise UserError(
                "limits: this type yields no number {number}, only {known}.",
                number=repr(limit.number),
                about="limits",
                known=", ".join(sorted(known)),
            )


def _read(entry: Any) -> Limit:
    if not isinstance(entry, Mapping):
        raise UserError("limits: each must be an object.", about="limits")
    sign, becomes, value = entry.get("operator"), entry.get("becomes", "down"), entry.get("value")
    if sign not in _OPERATORS:
        raise UserError(
            "limits: operator must be one of {known}.", known=" ".join(_OPERATORS), about="limits"
        )
    if becomes not in _BECOMES:
        raise UserError("limits: becomes must be pending or down.", about="limits")
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise UserError("limits: value must be a number.", about="limits")
    count, of = entry.get("count", 1), entry.get("of", 1)
    for name, whole in (("count", count), ("of", of)):
        if isinstance(whole, bool) or not isinstance(whole, int) or not 1 <= whole <= MOST_CHECKS:
            raise UserError(
                "limits: {name} must be 1 to {most}.", name=name, most=MOST_CHECKS, about="limits"
            )
    if count > of:
        raise UserError("limits: count must not be greater than of.", about="limits")
    number = entry.get("number")
    return Limit(str(number), str(sign), float(value), _BECOMES[becomes], count, of)


class History:
    """Which of the latest checks broke each limit of one monitor."""

    def __init__(self, limits: Sequence[Limit], numbers: Sequence[Number]) -> None:
        self.limits = tuple(limits)
        self._words = {number.id: number for number in numbers}
        self._seen = [deque[bool](maxlen=limit.times) for limit in limits]

    def note(self, found: Mapping[str, float]) -> Broken | None:
        """What a check gave, and the worst of the limits that are broken now: DOWN before PENDING.

        A check that does not give a number says nothing about it.
        """
        worst: Broken | None = None
        for limit, seen in zip(self.limits, self._seen, strict=True):
            value = found.get(limit.number)
            if value is None:
                continue
            seen.append(_OPERATORS[limit.operator](value, limit.value))
            broken = sum(seen)
            if broken < limit.breaches or (worst is not None and worst.becomes <= limit.becomes):
                continue  # by their numbers on the wire, DOWN is less than PENDING
            worst = Broken(limit.becomes, self._sentence(limit, value, broken))
        return worst

    def _sentence(self, limit: Limit, value: float, broken: int) -> str:
        number = self._words.get(limit.number) or Number(limit.number, limit.number)
        unit = f" {number.unit}" if number.unit else ""
        often = f", in {broken} of the last {limit.times} checks" if limit.times > 1 else ""
        bound = f"{limit.operator} {_shown(limit.value)}{unit}{often}"
        return f"{number.label} {_shown(value)}{unit} breaks its limit ({bound})"


def numbers_of(result: CheckResult, now: float) -> dict[str, float]:
    """All that a check has measured, by the ids that types declare. `now`: seconds since 1970."""
    found = dict(result.numbers or {})
    if result.ping is not None:
        found[RESPONSE_TIME.id] = result.ping
    if result.certificate is not None and (days := result.certificate.days_left(now)) is not None:
        found[CERTIFICATE_DAYS.id] = days
    return found


def limited(result: CheckResult, broken: Broken) -> CheckResult | CheckFailed:
    """A result of a check as a broken limit has it; what the check itself said stands behind."""
    message = f"{broken.sentence}; {result.message}" if result.message else broken.sentence
    if broken.becomes is Status.PENDING:
        return CheckResult(
            message,
            result.ping,
            Status.PENDING,
            result.response,
            result.certificate,
            result.duration,
            last_result=result.last_result,
        )
    return CheckFailed(
        message,
        ping=result.ping,
        response=result.response,
        duration=result.duration,
        certificate=result.certificate,
        last_result=result.last_result,
    )


def _shown(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
