"""When an alert opens and closes: two small state machines, pure.

A *threshold* alert opens when the value stayed above the threshold for the whole grace period: every sample
in it, and at least one a minute on average. It closes with the first sample below. *Downtime* opens when
nothing was heard for the grace period.

    state = Quiet()
    state = step(state, time_ms, value, rule)   # isinstance(state, Open): the alert is open
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

MINUTE_MS: Final = 60_000
# Samples closer together than this count as one towards "one a minute"; it bounds what a state remembers.
SPACING_MS: Final = 15_000
# A host that reports once a minute is not silent between two reports, some seconds late.
LEAST_SILENCE_MS: Final = 75_000


class Rule(Struct, frozen=True):
    """A threshold of one metric; `grace` in minutes."""

    threshold: float
    grace: int


class Quiet(Struct, frozen=True):
    """Not above the threshold at the latest sample (`last`, ms)."""

    last: int | None = None


class Above(Struct, frozen=True):
    """Above since `since`, not yet for the whole grace period. `seen`: times of samples within it."""

    since: int
    last: int
    seen: tuple[int, ...]


class Open(Struct, frozen=True):
    """The alert is open; the value went above at `since` and the grace period was over at `opened`."""

    since: int
    opened: int
    last: int


State = Quiet | Above | Open


def step(state: State, time: int, value: float, rule: Rule) -> State:
    """The state after one more sample. Samples must come in order of time; others change nothing.

    Args:
        state: before.
        time: of the sample, milliseconds since 1970.
        value: in the unit of the threshold.
        rule: may differ from the one before: people change it.
    """
    if state.last is not None and time <= state.last:
        return state
    if isinstance(state, Open):
        # Exactly at the threshold it has not fallen below.
        return Quiet(time) if value < rule.threshold else Open(state.since, state.opened, time)
    if not value > rule.threshold:
        return Quiet(time)
    return _above(state, time, rule.grace)


def before_clock_change(state: State, latest: int) -> State:
    """What is left of a state whose latest sample is of the future, because the clock was set back.

    Without this nothing would count until the time of that sample has come again.

    Args:
        state: before.
        latest: time that a sample can have by now, ms.
    """
    if state.last is None or state.last <= latest:
        return state
    return Open(state.since, state.opened, 0) if isinstance(state, Open) else Quiet()


def _above(state: Quiet | Above, time: int, grace: int) -> State:
    since = state.since if isinstance(state, Above) else time
    begin = time - grace * MINUTE_MS
    seen = tuple(moment for moment in state.seen if moment >= begin) if isinstance(state, Above) else ()
    if not seen or time - seen[-1] >= SPACING_MS:
        seen = (*seen, time)
    if since <= begin and len(seen) >= grace:
        return Open(since, time, time)
    return Above(since, time, seen)


def is_down(last_heard: int | None, watching_since: int, now: int, grace: int) -> bool:
    """Whether a host has been silent for the whole grace period while we listened.

    Times are monotonic milliseconds: a clock that is set makes nobody silent, and hides nobody's silence.

    Args:
        last_heard: None where that was before this run.
        watching_since: since when we have been able to hear it: we may have been stopped, asleep, without
            network or without a place to store what it says.
        now: the present.
        grace: minutes.
    """
    heard = watching_since if last_heard is None else max(last_heard, watching_since)
    return now - heard >= max(grace * MINUTE_MS, LEAST_SILENCE_MS)
