"""When people are told of a problem of our own, and that it is over. Pure.

A problem is told once it has lasted as long as its kind wants, and its end once it has been away for a while.
One that comes and goes is one problem: the time it has to stay away doubles each time it comes back, so that
whatever it does it causes a few messages and then at most two an hour. Times are monotonic seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Final

from msgspec import Struct, field

from kuma_lite.core.records import replace
from kuma_lite.health.model import Problem

GAP_S: Final = 5.0  # an absence shorter than this is none: a retry that worked by chance
SHOWN_AFTER_S: Final = 5.0  # on the page; a line that flashes up tells nobody anything
CALM_S: Final = 60.0  # what was told must stay away for this long to be over
LONGEST_CALM_S: Final = 3_600.0  # and for no longer than this, however often it came back
REMEMBERED_S: Final = 2 * LONGEST_CALM_S  # that it was there; later it is a new one
MORE_AFTER_S: Final = 1_800.0  # between two messages about a growing number of monitors


class Step(Enum):
    """What people are told of a problem."""

    BEGAN = "began"
    GREW = "grew"  # more things have it
    ENDED = "ended"
    PASSED = "passed"  # it began and ended while nothing could be told


class Case(Struct, frozen=True):
    """What is known of one problem, from when it was first seen until its end was told.

    Args:
        key: of the problem.
        began: when it was first seen.
        over: what is to be said when it is over.
        label: its name for people.
        problem: as it was last seen; None: told in an earlier run of the program, and not seen in this one.
        gone: when it was first not seen any more; None while it is there.
        members: what is affected, and since when.
        told: the members that people know of; None: they know nothing of it.
        told_at: when they were told last.
        tried: they should have been told, and could not be.
        returns: how often it came back soon after it was over.
    """

    key: str
    began: float
    over: str
    label: str
    problem: Problem | None = None
    gone: float | None = None
    members: Mapping[str, float] = field(default_factory=dict)
    told: frozenset[str] | None = None
    told_at: float = 0.0
    tried: bool = False
    returns: int = 0


class Past(Struct, frozen=True):
    """A problem that is over."""

    ended: float
    returns: int


class State(Struct, frozen=True):
    """Everything that is known."""

    cases: Mapping[str, Case] = field(default_factory=dict)
    past: Mapping[str, Past] = field(default_factory=dict)


class News(Struct, frozen=True):
    """Something to tell, and the case as it was when that became due."""

    step: Step
    case: Case


def observe(state: State, present: Iterable[Problem], now: float) -> State:
    """What follows from what the sources say now."""
    cases: dict[str, Case] = {}
    for problem in present:
        cases[problem.key] = _seen(state, problem, now)
    for key, case in state.cases.items():
        if key in cases:
            continue
        gone = now if case.gone is None else case.gone
        if case.told is not None or case.tried or now - gone < GAP_S:
            cases[key] = replace(case, gone=gone)
    past = {key: past for key, past in state.past.items() if now - past.ended < REMEMBERED_S}
    return State(cases, past)


def _seen(state: State, problem: Problem, now: float) -> Case:
    case = state.cases.get(problem.key)
    if case is None:
        past = state.past.get(problem.key)
        returns = past.returns + 1 if past is not None and now - past.ended < REMEMBERED_S else 0
        case = Case(problem.key, now, problem.over, problem.kind.label, returns=returns)
    members = {name: case.members.get(name, now) for name in problem.members}
    return replace(
        case, problem=problem, gone=None, members=members, over=problem.over, label=problem.kind.label
    )


def due(state: State, now: float) -> list[News]:
    """What people should be told now."""
    return [News(step, case) for case in state.cases.values() if (step := _step(case, now)) is not None]


def _step(case: Case, now: float) -> Step | None:
    if case.gone is not None:
        away = now - case.gone
        if case.told is not None:
            return Step.ENDED if away >= calm(case.returns) else None
        return Step.PASSED if case.tried and away >= GAP_S else None
    if case.problem is None:
        return None
    tell_after = case.problem.kind.tell_after
    if case.told is None:
        return Step.BEGAN if now - case.began >= tell_after else None
    lasting = {name for name, since in case.members.items() if now - since >= tell_after}
    if lasting - case.told and now - case.told_at >= MORE_AFTER_S:
        return Step.GREW
    return None


def calm(returns: int) -> float:
    """Seconds that a problem must stay away to be over, which came back so many times."""
    return float(min(CALM_S * 2 ** min(returns, 32), LONGEST_CALM_S))


def after_telling(state: State, news: News, now: float) -> State:
    """People have been told; what has happened meanwhile is in `state`."""
    cases, past = dict(state.cases), dict(state.past)
    key = news.case.key
    if news.step in (Step.ENDED, Step.PASSED):
        cases.pop(key, None)
        past[key] = Past(now, news.case.returns)
    else:
        # Gone while the message was under way: whoever heard of it must hear of its end.
        case = cases.get(key) or replace(news.case, gone=now)
        told = frozenset(news.case.members) | (case.told or frozenset())
        cases[key] = replace(case, told=told, told_at=now)
    return State(cases, past)


def after_failing(state: State, news: News) -> State:
    """People could not be told; if they cannot be for as long as it lasts, they are told afterwards."""
    case = state.cases.get(news.case.key)
    return state if case is None else State({**state.cases, case.key: replace(case, tried=True)}, state.past)


def shown(state: State, now: float) -> list[Case]:
    """What the page shows, the oldest first."""
    cases = (case for case in state.cases.values() if _is_shown(case, now))
    return sorted(cases, key=lambda case: (case.began, case.key))


def _is_shown(case: Case, now: float) -> bool:
    if case.problem is None or (case.gone is not None and now - case.gone >= GAP_S):
        return False
    return now - case.began >= min(SHOWN_AFTER_S, case.problem.kind.tell_after)
