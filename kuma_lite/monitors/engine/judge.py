"""What follows from a check of a monitor: its state, and whether people want to know (pure).

The tables are Uptime Kuma 2.5's, except where it is knowingly broken; there the intended thing is done:

* A monitor that was announced DOWN and passes through PENDING (a group, a container restart) is still down
  for people: PENDING → UP then sends the recovery, PENDING → DOWN is no second alarm. The original forgets.
* A failure of a monitor that is DOWN already keeps it DOWN instead of starting over with PENDING.
* A recovery during maintenance is told after it, if DOWN was announced before.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from kuma_lite.core.declarations import Status
from kuma_lite.core.limits import DEFAULT_TIMEOUT_SHARE, MAX_MESSAGE_CHARS
from kuma_lite.monitors.engine.outcome import Outcome

UNDER_MAINTENANCE = "Monitor under maintenance"
FLIPPED = "Flip UP to DOWN"


class Policy(Struct, frozen=True):
    """How a monitor wants to be judged."""

    max_retries: int = 0  # failures shown as PENDING before DOWN
    resend_interval: int = 0  # further DOWN beats after which the message is repeated; 0 = never
    upside_down: bool = False
    pushed: bool = False  # counts retries as the push route does


class Previous(Struct, frozen=True):
    """What earlier beats left behind."""

    status: Status
    retries: int = 0
    down_count: int = 0
    settled: Status | None = None  # latest state that was not PENDING
    announced_down: bool = False  # the latest of UP and DOWN was DOWN


# What a monitor leaves behind that is well, beat after beat.
WELL: Final = Previous(Status.UP, settled=Status.UP)


class Verdict(Struct, frozen=True):
    """The judged beat, and what it means."""

    status: Status
    msg: str
    ping: float | None
    important: bool
    notify: bool
    retries: int
    down_count: int
    duration: int
    response: str | None

    def then(self, previous: Previous | None) -> Previous:
        """What this beat leaves behind for the next one."""
        settled = previous.settled if previous else None
        announced = previous.announced_down if previous else False
        if self.status is not Status.PENDING:
            settled = self.status
        if self.status in (Status.UP, Status.DOWN):
            announced = self.status is Status.DOWN
        return Previous(self.status, self.retries, self.down_count, settled, announced)


def is_well_again(previous: Previous | None, outcome: Outcome, policy: Policy) -> bool:
    """Whether a monitor that was well is so again: an ordinary beat, after which nothing else is known."""
    return (
        previous == WELL
        and outcome.status is Status.UP
        and not outcome.failed
        and not policy.upside_down
        and not policy.pushed
    )


def judge(
    previous: Previous | None, outcome: Outcome, policy: Policy, *, maintenance: bool = False
) -> Verdict:
    """The beat that follows from an outcome, and whether it is a change people want to know.

    Args:
        previous: what earlier beats left; None for a monitor's first beat.
        outcome: what the check or the push request gave.
        policy: the monitor's own wishes.
        maintenance: a maintenance window covers the monitor now; the outcome is then not believed.
    """
    status, retries, msg = _state(previous, outcome, policy, maintenance=maintenance)
    important = _important(previous, status)
    notify = important and _worth_telling(previous, status)
    down_count = previous.down_count if previous else 0
    if important:
        down_count = 0
    elif status is Status.DOWN and policy.resend_interval > 0:
        down_count += 1
        if down_count >= policy.resend_interval:
            notify, down_count = True, 0
    return Verdict(
        status=status,
        msg=msg[:MAX_MESSAGE_CHARS],
        ping=outcome.ping,
        important=important,
        notify=notify,
        retries=retries,
        down_count=down_count,
        duration=outcome.duration,
        response=outcome.response,
    )


def _state(
    previous: Previous | None, outcome: Outcome, policy: Policy, *, maintenance: bool
) -> tuple[Status, int, str]:
    """Status, retries and text of the beat."""
    if maintenance:
        return Status.MAINTENANCE, 0, outcome.message if policy.pushed else UNDER_MAINTENANCE
    msg, failed, status = outcome.message, outcome.failed, outcome.status
    if policy.upside_down:
        if failed:
            return Status.UP, 0, msg
        if status is Status.UP:
            failed, msg = True, msg if policy.pushed else FLIPPED
        elif status is Status.DOWN:
            status = Status.UP
    if not failed:
        return status, 0, msg
    return (*_failing(previous, outcome, policy), msg)


def _failing(previous: Previous | None, outcome: Outcome, policy: Policy) -> tuple[Status, int]:
    """PENDING while retries are left, DOWN after; and the retries counted so far."""
    if not outcome.retry:
        return Status.DOWN, 0
    retries = previous.retries if previous else 0
    is_down = previous is not None and previous.settled is Status.DOWN
    if retries < policy.max_retries and not is_down and not (policy.pushed and _was_settled(previous)):
        return Status.PENDING, retries + 1
    if policy.pushed and (previous is None or previous.status is Status.UP):
        return Status.DOWN, 0  # the push route begins to count with the second DOWN
    return Status.DOWN, retries + 1


def _was_settled(previous: Previous | None) -> bool:
    """Whether the push route would not start retrying: only UP and PENDING lead to PENDING there."""
    return previous is not None and previous.status not in (Status.UP, Status.PENDING)


def _important(previous: Previous | None, status: Status) -> bool:
    if previous is None:
        return True
    if status is Status.PENDING:
        return False
    if status is Status.MAINTENANCE:
        return previous.status in (Status.UP, Status.DOWN)
    if previous.settled is None:  # PENDING ever since the first beat
        return status is Status.DOWN
    if previous.settled is Status.MAINTENANCE and previous.status is Status.PENDING and status is Status.UP:
        return previous.announced_down
    return status is not previous.settled


def _worth_telling(previous: Previous | None, status: Status) -> bool:
    """Of the important beats: those that send a message."""
    if status is Status.DOWN:
        return True
    if status is not Status.UP or previous is None:
        return False
    if previous.settled is Status.MAINTENANCE:
        return previous.announced_down
    return previous.settled is Status.DOWN


def remembered(beats: Iterable[tuple[Status, int, int]]) -> Previous | None:
    """What stored beats (status, retries, down count; newest first) left behind; None without any."""
    found: Previous | None = None
    settled: Status | None = None
    for status, retries, down_count in beats:
        if found is None:
            found = Previous(status, retries, down_count)
        if settled is None and status is not Status.PENDING:
            settled = status
        if status in (Status.UP, Status.DOWN):
            return Previous(found.status, found.retries, found.down_count, settled, status is Status.DOWN)
    if found is None:
        return None
    return Previous(found.status, found.retries, found.down_count, settled, False)


def was_well(status: Status, retries: int, down_count: int) -> bool:
    """Whether beats of which the newest is this one left `WELL` behind."""
    return status is Status.UP and not retries and not down_count


def wait_after(status: Status, interval: float, retry_interval: float) -> float:
    """Seconds from the start of a beat to the next one."""
    if status is Status.PENDING and retry_interval > 0:
        return retry_interval
    return interval or 1


def effective_timeout(timeout: float, interval: float) -> float:
    """A monitor's own timeout in seconds, or its share of the interval when it has none."""
    return timeout if timeout > 0 else interval * DEFAULT_TIMEOUT_SHARE
