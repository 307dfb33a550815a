"""Looks for problems of our own, lets the page know, and tells people.

health = OwnHealth(database, clock, bus, messenger, zone)
health.sources.append(lambda: Problem(UPLINK, "This machine has no network.") if cut_off() else None)
await health.load()
health.start()
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.errors import StorageTrouble
from kuma_lite.core.periodic_job import PeriodicJob
from kuma_lite.core.sentences import translatable
from kuma_lite.core.transactions import Transactions
from kuma_lite.health import store
from kuma_lite.health.kinds import CANNOT_BE_CHECKED
from kuma_lite.health.model import Problem, ProblemsChanged, Report, Source
from kuma_lite.health.rules import Case, News, State, Step, after_failing, after_telling, due, observe, shown
from kuma_lite.health.store import Moment
from kuma_lite.health.texts import body_of

log = logging.getLogger(__name__)

LOOK_S: Final = 1.0  # between two looks
AGAIN_S: Final = 5.0  # after a message that could not be handed over
NOBODY_S: Final = 60.0  # when there was nobody to tell: somebody may be chosen meanwhile
WORDING_S: Final = 10.0  # figures in a sentence that is shown change no oftener than this
SHOWN_MEMBERS: Final = 100  # on the page


class Messenger(Protocol):
    """Whoever knows the channels that were chosen for this."""

    async def tell(self, report: Report) -> bool:
        """Hand over a message; False: there is nobody to tell. Raises StorageTrouble."""


class OwnHealth:
    """What is wrong with this program now, and whom that was told.

    Args:
        database: for what was told.
        clock: both clocks.
        bus: is told `ProblemsChanged`.
        messenger: tells people.
        zone: IANA name of the server's time zone, for the times in messages.
    """

    def __init__(
        self,
        database: Transactions,
        clock: Clock,
        bus: Bus,
        messenger: Messenger,
        zone: Callable[[], str],
    ) -> None:
        self.sources: list[Source] = []
        self._database = database
        self._clock = clock
        self._bus = bus
        self._messenger = messenger
        self._zone = zone
        self._state = State()
        self._stored = self._told()
        self._store_not_before = 0.0
        self._not_before: dict[str, float] = {}  # key → when telling it is tried again
        self._shown: list[dict[str, Any]] = []
        self._shown_at = 0.0
        self._telling: asyncio.Task[None] | None = None
        self._failing: set[Source] = set()
        self._job = PeriodicJob(
            "own health", self.look, every=LOOK_S, first=LOOK_S, failure="The look at ourselves failed"
        )

    async def load(self) -> None:
        """Read what was told in earlier runs."""
        rows = await self._database.read(store.read_all)
        moment = self._moment()
        self._state = State({row.key: store.case_of(row, moment) for row in rows})
        self._stored = self._told()

    def start(self) -> None:
        """Begin to look."""
        self._job.start()

    async def stop(self) -> None:
        """Look no more."""
        await self._job.stop()
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.wait([self._telling])

    # --- asking ------------------------------------------------------------------------------------------

    def present(self) -> list[Problem]:
        """What all sources say now."""
        return [problem for source in self.sources for problem in self._ask(source)]

    def notes(self) -> dict[str, str]:
        """What is there and does not keep the program from its work: kind → what strangers may know."""
        return {found.kind.name: found.kind.public for found in self.present() if found.kind.is_note}

    def shown(self) -> list[dict[str, Any]]:
        """What the page shows (docs/page-protocol.md)."""
        return self._shown

    def _ask(self, source: Source) -> Iterable[Problem]:
        try:
            found = source()
            problems = [found] if isinstance(found, Problem) else list(found or ())
        except Exception:
            if source not in self._failing:  # once, not every second
                log.exception("A source of problems failed")
                self._failing.add(source)
            return ()
        self._failing.discard(source)
        return problems

    # --- looking -----------------------------------------------------------------------------------------

    async def look(self) -> None:
        """One look. Messages are handed over beside it: a disk that hangs must not hold up the next one."""
        now = self._clock.monotonic()
        self._state = observe(self._state, self.present(), now)
        self._show(now)
        if self._telling is None or self._telling.done():
            news = [each for each in due(self._state, now) if now >= self._not_before.get(each.case.key, now)]
            if news or (self._told() != self._stored and now >= self._store_not_before):
                self._telling = asyncio.create_task(self._tell(news), name="messages about ourselves")

    def _show(self, now: float) -> None:
        cases = shown(self._state, now)
        if [case.key for case in cases] == [entry["key"] for entry in self._shown]:
            wording = [case.problem.sentence for case in cases if case.problem]
            if wording == [entry["msg"] for entry in self._shown] or now - self._shown_at < WORDING_S:
                return
        moment = self._moment()
        self._shown = [entry for case in cases if (entry := _entry(case, moment)) is not None]
        self._shown_at = now
        self._bus.publish(ProblemsChanged())

    # --- telling -----------------------------------------------------------------------------------------

    async def _tell(self, news: list[News]) -> None:
        for each in news:
            await self._tell_one(each)
        if self._told() != self._stored:
            try:
                await self._store()
            except StorageTrouble:
                self._store_not_before = self._clock.monotonic() + AGAIN_S

    async def _tell_one(self, news: News) -> None:
        key, pause = news.case.key, AGAIN_S
        try:
            if await self._messenger.tell(self._report(news)):
                self._state = after_telling(self._state, news, self._clock.monotonic())
                self._not_before.pop(key, None)
                log.warning("Told about ourselves (%s): %s", news.step.value, key)
                return
            pause = NOBODY_S
        except StorageTrouble:
            self._state = after_failing(self._state, news)
        except Exception:
            log.exception("A message about ourselves could not be handed over")
        self._not_before[key] = self._clock.monotonic() + pause

    def _report(self, news: News) -> Report:
        case, moment = news.case, self._moment()
        ended = moment.monotonic if case.gone is None else case.gone
        since, zone = moment.wall(case.began), ZoneInfo(self._zone())
        says = body_of(news, since, ended - case.began, zone, self._unchecked())
        avoid = case.problem.avoid if case.problem is not None else frozenset[int]()
        return Report(case.key, case.label, says, since, news.step in (Step.ENDED, Step.PASSED), avoid)

    def _unchecked(self) -> int:
        """How many monitors cannot be checked at the moment."""
        case = self._state.cases.get(CANNOT_BE_CHECKED.name)
        return len(case.members) if case is not None and case.gone is None else 0

    # --- what was told -----------------------------------------------------------------------------------

    def _told(self) -> dict[str, tuple[frozenset[str], float]]:
        """What people know of, as far as it makes a difference to what is stored."""
        cases = self._state.cases.values()
        return {case.key: (case.told, case.told_at) for case in cases if case.told is not None}

    async def _store(self) -> None:
        told, moment = self._told(), self._moment()
        rows = [store.row_of(case, moment) for key, case in self._state.cases.items() if key in told]
        await self._database.write(lambda connection: store.replace_all(connection, rows))
        self._stored = told

    def _moment(self) -> Moment:
        return Moment(self._clock.monotonic(), to_ms(self._clock.now()))


def _entry(case: Case, moment: Moment) -> dict[str, Any] | None:
    """One problem as the page gets it."""
    problem = case.problem
    if problem is None:
        return None
    return {
        "key": case.key,
        "msg": problem.sentence,
        "sentence": translatable(problem.says, problem.arguments),
        "meaning": translatable(problem.kind.meaning, problem.arguments),
        "since": moment.wall(case.began),
        "help": problem.kind.help,
        "members": sorted(problem.members.items())[:SHOWN_MEMBERS],
    }
