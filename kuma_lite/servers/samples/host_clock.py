"""How far a host's clock is from ours, and by how much its samples are shifted for it. Pure.

Our own agent says what its clock shows (`sent_at`). Of others it is known that a report ends with what was
just measured, unless they catch up: then what it ends with is older, by no more than the time since they were
up to date. So an offset ahead of us, once seen, stays until something refutes it, and what is sent twice is
shifted by the same twice.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from kuma_lite.core.records import replace

SECOND_MS: Final = 1_000
TOLERANCE_MS: Final = 10 * 60_000  # a clock that differs by less is right, and its samples stay as they are
STEADY_MS: Final = 60_000  # two readings of one offset differ by less: intervals, time-outs, whole seconds
SAME_MS: Final = 30_000  # of two reports some time apart: what they end with grew as old in between
APART_MS: Final = 20_000  # reports closer together are one backlog in pieces


class Shown(Struct, frozen=True):
    """What a report shows of the host's clock; milliseconds since 1970."""

    sent: int | None  # the clock itself, where the agent says so
    newest: int | None  # time of the latest sample


class HostClock(Struct, frozen=True):
    """What is known of a host's clock. Moments are monotonic ms, and None where they were before this run."""

    offset: int | None = None  # ms ahead of ours (negative: behind); None: not noticeably
    fitted: int | None = None  # when a report agreed with that
    guess: int | None = None  # what a report alone says that may be about old samples
    guessed: int | None = None  # when that was said first


UNKNOWN: Final = HostClock()


def after(before: HostClock, shown: Shown, now: int, monotonic: int) -> HostClock:
    """What is known after a report.

    Args:
        before: it.
        shown: by the report.
        now: milliseconds since 1970.
        monotonic: of its arrival, ms.
    """
    reading = shown.sent if shown.sent is not None else shown.newest
    if reading is None:
        return before
    offset, exact = reading - now, shown.sent is not None
    known = before.offset
    if known is not None and known > 0:
        if abs(offset - known) <= STEADY_MS:
            return HostClock(known, monotonic)
        if not exact and offset < known and _may_catch_up(before, known - offset, monotonic):
            guess = _guessed(before, offset, monotonic)
            if guess.guessed is None or monotonic - guess.guessed < APART_MS:
                return guess
    if abs(offset) < TOLERANCE_MS:
        return UNKNOWN
    if offset > 0:  # for certain: nothing is measured in the future
        return HostClock(-(-offset // SECOND_MS) * SECOND_MS, monotonic)
    if exact:
        return HostClock(offset, monotonic)
    return _behind(before, offset, monotonic)


def _may_catch_up(before: HostClock, lag: int, monotonic: int) -> bool:
    """Whether the newest sample may be that old: the host had been up to date when the offset fitted."""
    return before.fitted is None or lag <= monotonic - before.fitted + STEADY_MS


def _guessed(before: HostClock, offset: int, monotonic: int) -> HostClock:
    """The same clock, and since when reports have said `offset` instead."""
    if before.guess is not None and abs(offset - before.guess) <= SAME_MS:
        return before
    return replace(before, guess=offset, guessed=monotonic)


def _behind(before: HostClock, offset: int, monotonic: int) -> HostClock:
    """Old samples alone look the same: a clock is behind only if two reports some time apart say so."""
    known = before.offset if before.offset is not None and before.offset < 0 else None
    last = known if known is not None else before.guess
    agrees = last is not None and abs(last - offset) < TOLERANCE_MS
    if agrees and (known is not None or _apart(before, monotonic)):
        return HostClock(offset, monotonic)
    return HostClock(guess=offset, guessed=monotonic)


def _apart(before: HostClock, monotonic: int) -> bool:
    return before.guessed is not None and monotonic - before.guessed >= APART_MS


def shift_of(before: HostClock, clock: HostClock, shown: Shown, now: int) -> int:
    """What is taken off the times of a report's samples, ms; 0 for a clock that is right or behind.

    Args:
        before: what was known of the clock before the report.
        clock: what is known with it.
        shown: by the report.
        now: milliseconds since 1970.
    """
    shift, earlier = max(0, clock.offset or 0), max(0, before.offset or 0)
    newest = shown.newest
    if newest is not None and newest - shift > now + TOLERANCE_MS and newest - earlier <= now + TOLERANCE_MS:
        return earlier  # kept from the time before the clock was put right
    return shift
