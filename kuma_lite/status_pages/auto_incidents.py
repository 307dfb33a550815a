"""Outages that last become incidents by themselves, and end with them; states set by hand end in time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kuma_lite.core.clock import MILLISECONDS, Clock
from kuma_lite.core.declarations import Status
from kuma_lite.core.periodic_job import PeriodicJob
from kuma_lite.core.transactions import Transactions
from kuma_lite.status_pages.components import component_store
from kuma_lite.status_pages.model import Page, ShownState
from kuma_lite.status_pages.pages import Pages
from kuma_lite.status_pages.serving.answers import Answers
from kuma_lite.status_pages.timelines.timelines import Timelines

EVERY_S: Final = 10.0
MOST_OPEN: Final = 10  # of one page; with more the headline says it better
DEFAULT_TEXT: Final = "We are looking into it."
OVER: Final = "{name} is up again."
GONE: Final = "This page does not show it any more."
MINUTE_S: Final = 60


class AutoIncidents:
    """Looks at the pages that want it.

    Args:
        database: remembers which incident was begun for what.
        pages: which there are, and after how long they want an incident.
        answers: how everything on them is.
        timelines: begins and ends incidents.
        clock: now.
        outdated: called when a state that was set by hand is over.
    """

    def __init__(
        self,
        database: Transactions,
        pages: Pages,
        answers: Answers,
        timelines: Timelines,
        clock: Clock,
        outdated: Callable[[], None],
    ) -> None:
        self._database = database
        self._pages = pages
        self._answers = answers
        self._timelines = timelines
        self._clock = clock
        self._outdated = outdated
        self._any_noted = True  # as long as nobody has looked
        self._set: frozenset[int] = frozenset()  # components whose state somebody has set
        self._job = PeriodicJob(
            "incidents of status pages",
            self.look,
            every=EVERY_S,
            first=EVERY_S,
            failure="Incidents of status pages could not be begun or ended",
        )

    def start(self) -> None:
        """Begin to look every now and then."""
        self._job.start()

    async def stop(self) -> None:
        """End."""
        await self._job.stop()

    async def look(self) -> None:
        """Begin what has to begin, end what is over. Raises StorageTrouble."""
        pages = self._pages.published()
        self._look_at_states(pages)
        if not self._any_noted and not any(page.auto_incident_minutes for page in pages):
            return
        noted = await self._database.read(component_store.auto_incidents)
        self._any_noted = bool(noted)
        for page in pages:
            own = {service: number for (page_id, service), number in noted.items() if page_id == page.id}
            if own or page.auto_incident_minutes:
                await self._look_at(page, own)

    def _look_at_states(self, pages: list[Page]) -> None:
        now = self._clock.now()
        groups = [group for page in pages for group in self._pages.public_groups(page.id)]
        present = frozenset(
            each.id for group in groups for each in group.components if each.set_state(now) is not None
        )
        if self._set - present:
            self._outdated()
        self._set = present

    async def _look_at(self, page: Page, noted: dict[str, int]) -> None:
        states = {state.key: state for state in self._answers.latest(page)}
        for service, incident_id in noted.items():
            state = states.get(service)
            if state is None or state.status is Status.UP:
                said = GONE if state is None else OVER.format(name=state.name)
                await self._timelines.end_itself(page, incident_id, said, service)
        wait, now = page.auto_incident_minutes * MINUTE_S, self._clock.now()
        if not page.auto_incident_minutes:
            return
        open_now = sum(1 for service in noted if service in states)
        for state in states.values():
            is_due = state.status is Status.DOWN and now - state.since / MILLISECONDS >= wait
            if is_due and state.key not in noted and open_now < MOST_OPEN:
                open_now += 1
                await self._begin(page, state)

    async def _begin(self, page: Page, state: ShownState) -> None:
        text = (page.auto_incident_text or "").strip() or DEFAULT_TEXT
        title = f"{state.name} is down"
        await self._timelines.begin_itself(page, title, text, state.key, state.monitors)
