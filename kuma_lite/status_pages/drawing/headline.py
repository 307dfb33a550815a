"""How a page is as one sentence: the worst comes first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from kuma_lite.core.declarations import Status
from kuma_lite.core.records import replace
from kuma_lite.status_pages.model import PlannedWindow

ALL_UP: Final = "All Systems Operational"
NOTHING: Final = "No Services"


class Part(Struct, frozen=True):
    """A part of the sentence."""

    text: str
    until: float | None = None  # said after the text, seconds since 1970


class Headline(Struct, frozen=True):
    """The sentence, and how bad it is: `down`, `pending`, `maintenance`, `up` or `nothing`."""

    kind: str
    parts: tuple[Part, ...]


def headline(states: Iterable[Status], incidents: int, windows: Sequence[PlannedWindow]) -> Headline:
    """What is said.

    Args:
        states: of everything on the page that is known.
        incidents: how many at the top of the page are bad news.
        windows: maintenance under way and planned.
    """
    counts = Counter(states)
    total = sum(counts.values())
    kinds: list[str] = []
    parts: list[Part] = []

    def say(kind: str, part: Part) -> None:
        kinds.append(kind)
        parts.append(part)

    if down := counts[Status.DOWN]:
        whole = down == total > 1
        say("down", Part("All services are down" if whole else _counted(down, "is down", "are down")))
    if pending := counts[Status.PENDING]:
        say("pending", Part(_counted(pending, "is being checked again", "are being checked again")))
    if incidents:
        say("pending", Part(f"{incidents} open {'incident' if incidents == 1 else 'incidents'}"))
    running = [window for window in windows if window.running]
    if running or counts[Status.MAINTENANCE]:
        say("maintenance", _maintenance(running))
    if not kinds:
        return Headline("up", (Part(ALL_UP),)) if total else Headline("nothing", (Part(NOTHING),))
    if counts[Status.UP] and not down and not pending:
        others = counts[Status.UP] < total
        parts.append(Part("all other services are up" if others else "all services are up"))
    first = parts[0]
    return Headline(kinds[0], (replace(first, text=first.text[:1].upper() + first.text[1:]), *parts[1:]))


def _counted(count: int, one: str, many: str) -> str:
    return f"1 service {one}" if count == 1 else f"{count} services {many}"


def _maintenance(running: Sequence[PlannedWindow]) -> Part:
    ends = [window.end for window in running if window.end is not None]
    if not ends or len(ends) < len(running):
        return Part("maintenance under way")
    return Part("maintenance until", max(ends))
