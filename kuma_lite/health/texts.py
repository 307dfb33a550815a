"""What people are told about a problem. Pure; in English, as all messages are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Final

from kuma_lite.core.clock import MILLISECONDS
from kuma_lite.health.model import Problem
from kuma_lite.health.rules import Case, News, Step

_WORDS: Final = {False: "⚠️ Alert", True: "✅ Resolved"}  # as alerts of servers have them
NAMED_MEMBERS: Final = 5  # more are counted: a message is read on a phone
_UNITS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def headline(says: str, *, is_over: bool) -> str:
    """What is sent, in the manner of messages about monitors: `[Kuma Lite] [⚠️ Alert] The disk is full. …`."""
    return f"[Kuma Lite] [{_WORDS[is_over]}] {says}"


def body_of(news: News, since: int, lasted: float, zone: tzinfo, unchecked: int) -> str:
    """What a message says, in one line.

    Args:
        news: what is told.
        since: when it began, milliseconds since 1970.
        lasted: seconds until now, or until it ended.
        zone: in which times are told.
        unchecked: how many monitors cannot be checked at the moment.
    """
    case, when = news.case, local_time(since, zone)
    if news.step is Step.ENDED or case.problem is None:
        return f"{case.over} It lasted {span(lasted)}, since {when}."
    if news.step is Step.PASSED:
        over = f"That was {when}, for {span(lasted)}, and could not be told. {case.over}"
        return f"{case.problem.sentence} {over}"
    says = [case.problem.sentence, *_named(case.problem, case)]
    for_long = f", for {span(lasted)} now" if news.step is Step.GREW else ""
    says += [f"Since {when}{for_long}.", case.problem.meaning]
    if unchecked and not case.problem.members:
        says.append(unchecked_text(unchecked))
    return " ".join(filter(None, says))


def _named(problem: Problem, case: Case) -> list[str]:
    """Who is affected and why; those that people do not know of yet come first."""
    if not problem.members:
        return []
    names = sorted(problem.members, key=lambda name: (name in (case.told or ()), name))
    named = [_reason(name, problem.members) for name in names[:NAMED_MEMBERS]]
    more = len(names) - len(named)
    return [f"{'; '.join(named)}{f'; and {more} more' if more else ''}."]


def _reason(name: str, members: Mapping[str, str]) -> str:
    sentence = members[name].removesuffix(".")
    return f"{name}: {sentence}" if sentence else name


def unchecked_text(count: int) -> str:
    """`12 monitors cannot be checked.`"""
    return "One monitor cannot be checked." if count == 1 else f"{count} monitors cannot be checked."


def local_time(ms: int, zone: tzinfo) -> str:
    """`2026-11-28 14:02:10 (CET)`."""
    return datetime.fromtimestamp(ms // MILLISECONDS, zone).strftime("%Y-%m-%d %H:%M:%S (%Z)")


def span(seconds: float) -> str:
    """`2 hours 5 minutes`: the largest unit and the one below it."""
    rest = max(1, round(seconds))
    parts: list[str] = []
    for size, name in _UNITS:
        number, rest = divmod(rest, size)
        if number or parts:
            parts.append(f"{number} {name}{'s' * (number != 1)}" if number else "")
    return " ".join(filter(None, parts[:2]))
