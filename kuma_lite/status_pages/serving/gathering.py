"""Everything that a page is drawn from, brought together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from kuma_lite.core.clock import Clock
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions
from kuma_lite.status_pages import store
from kuma_lite.status_pages.answering.last_good import LastGood
from kuma_lite.status_pages.component_model import Component, ShownComponent
from kuma_lite.status_pages.components.components import bars_of
from kuma_lite.status_pages.drawing.facts import DAY_S, DAYS, HOUR_S, HOURS, Facts
from kuma_lite.status_pages.model import Bar, Document, Incident, Maintenance, Monitors, Page, Update, Written
from kuma_lite.status_pages.timelines import affected_store, timeline_store

PAST: Final = 20  # incidents on the page itself
PAST_IN_HISTORY: Final = 500  # in its history
PLANNED_DAYS: Final = 30
NEXT_WINDOWS: Final = 1  # of one plan


class _News(Struct, frozen=True):
    """Incidents as they are stored."""

    updates: Mapping[int, Sequence[Update]]
    affected: Mapping[int, Sequence[int]]
    past: Sequence[Incident]

    def with_written(self, written: Written | None) -> _News:
        """With one that is not posted yet."""
        if written is None:
            return self
        number = written.incident.id
        updates = {**self.updates, number: written.updates}
        return _News(updates, {**self.affected, number: written.monitors}, self.past)


class Gathering:
    """The facts of pages (see `facts`)."""

    def __init__(
        self,
        database: Transactions,
        monitors: Monitors,
        maintenance: Maintenance,
        last_good: LastGood,
        clock: Clock,
    ) -> None:
        self._clock = clock
        self._database = database
        self._monitors = monitors
        self._maintenance = maintenance
        self._last_good = last_good

    async def facts(
        self,
        page: Page,
        document: Document,
        components: Sequence[ShownComponent] = (),
        rules: Sequence[Component] = (),
        *,
        hourly: bool = False,
        written: Written | None = None,
    ) -> Facts:
        """What a page shows beside the usual documents. Raises StorageTrouble.

        Args:
            page: whose it is.
            document: of `Answers.everything`; of its monitors the history is told.
            components: of `Answers.components`.
            rules: of `Answers.rules`; of these components the history is told as well.
            hourly: bars are hours, not days.
            written: an incident that is being written.
        """
        groups = document["publicGroupList"]
        members = tuple(dict.fromkeys(each["id"] for group in groups for each in group["monitorList"]))
        seconds, count = (HOUR_S, HOURS) if hourly else (DAY_S, DAYS)
        bars: Mapping[int, Sequence[Bar]] = {}
        component_bars: Mapping[int, Sequence[Bar]] = {}
        combined = tuple(dict.fromkeys(number for each in rules for number in each.monitors))
        asked, now = tuple(dict.fromkeys((*members, *combined))), self._clock.now()
        if asked and not page.show_only_last_heartbeat:
            bars = await self._last_good.ask(
                ("bars", page.id, seconds), lambda: self._monitors.bars(asked, seconds, count)
            )
        if combined and bars:
            began = (int(now) // seconds - count + 1) * seconds
            changes = await self._last_good.ask(
                ("changes", page.id, seconds), lambda: self._monitors.changes(combined, began)
            )
            component_bars = bars_of(rules, bars, changes, seconds, now)
        news = (await self._news(page, PAST)).with_written(written)
        windows = self._maintenance.windows_on_page(page.id, PLANNED_DAYS, NEXT_WINDOWS)
        covered = {each.plan_id: self._maintenance.covered(each.plan_id, members) for each in windows}
        return Facts(
            updates=news.updates,
            affected=self._named(news.affected, members),
            past=news.past[:PAST],
            more_past=len(news.past) > PAST,
            windows=windows,
            covered=self._named(covered, members),
            bars={number: bars[number] for number in members if number in bars},
            bar_s=seconds,
            paused=frozenset(filter(self._is_paused, members)),
            components=components,
            component_bars=component_bars,
        )

    async def history(self, page: Page, members: Sequence[int]) -> Facts:
        """All that is over, as far as anybody reads. Raises StorageTrouble.

        Args:
            page: whose it is.
            members: monitors whose names visitors may read.
        """
        news = await self._news(page, PAST_IN_HISTORY)
        affected = self._named(news.affected, members)
        return Facts(updates=news.updates, affected=affected, past=news.past[:PAST_IN_HISTORY])

    def _named(self, affected: Mapping[int, Sequence[int]], members: Sequence[int]) -> dict[int, list[str]]:
        """What is affected, by name: of monitors that left the page, nobody is told."""
        public = {*members}
        found = {
            incident_id: [self._monitors.find(number) for number in numbers if number in public]
            for incident_id, numbers in affected.items()
        }
        return {key: [each.name for each in monitors if each] for key, monitors in found.items()}

    def _is_paused(self, monitor_id: int) -> bool:
        monitor = self._monitors.find(monitor_id)
        return monitor is not None and monitor.paused

    async def _news(self, page: Page, count: int) -> _News:
        def read(db: Connection) -> _News:
            past = store.past_incidents(db, page.id, count + 1)
            shown = store.shown_incidents(db, page.id)
            numbers = [each.id for each in (*shown, *past)]
            updates, affected = (
                timeline_store.updates_of(db, numbers),
                affected_store.affected_by(db, numbers),
            )
            return _News(updates, affected, past)

        return await self._last_good.ask(("news", page.id, count), lambda: self._database.read(read))
