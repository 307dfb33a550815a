"""What a page shows beside the documents that Uptime Kuma's clients know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct, field

from kuma_lite.status_pages.component_model import ShownComponent
from kuma_lite.status_pages.model import Bar, Incident, PlannedWindow, Update

HOUR_S: Final = 3_600
DAY_S: Final = 86_400
DAYS: Final = 90
HOURS: Final = 24


class Facts(Struct, frozen=True, kw_only=True):
    """They, as plain data: a page can be drawn from a draft as well.

    Args:
        updates: incident id → its timeline, oldest entry first.
        affected: incident id → names of the monitors that it affects, of those on the page.
        past: incidents that are not at the top of the page any more, newest first.
        more_past: whether there are older ones.
        windows: maintenance under way and planned, by when it begins.
        covered: plan id → names of the monitors that it is for, of those on the page.
        bars: monitor id → what happened to it, oldest first; all the same spans.
        bar_s: how long each span is, in seconds.
        paused: monitors that nobody checks at the moment.
        components: monitors that are shown as one service, in the order of the page.
        component_bars: component id → what happened to it.
        edited: somebody is editing the page: groups without services are there, to be filled.
        subscribe: address where visitors can let themselves be told of what happens; "": nowhere.
    """

    updates: Mapping[int, Sequence[Update]] = field(default_factory=dict)
    affected: Mapping[int, Sequence[str]] = field(default_factory=dict)
    past: Sequence[Incident] = ()
    more_past: bool = False
    windows: Sequence[PlannedWindow] = ()
    covered: Mapping[int, Sequence[str]] = field(default_factory=dict)
    bars: Mapping[int, Sequence[Bar]] = field(default_factory=dict)
    bar_s: int = DAY_S
    paused: frozenset[int] = frozenset()
    components: Sequence[ShownComponent] = ()
    component_bars: Mapping[int, Sequence[Bar]] = field(default_factory=dict)
    edited: bool = False
    subscribe: str = ""

    @property
    def hourly(self) -> bool:
        """Whether the bars are hours of the last day; else they are days of the last quarter."""
        return self.bar_s == HOUR_S


NO_FACTS: Final = Facts()
