"""What can be done with servers.

servers = Servers(database, clock, bus, announcer, settings, people, plans_run)
await servers.load()
servers.start()
answer = await servers.take_report(identity.project_id, body)
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any, Final
from weakref import WeakValueDictionary

from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.errors import StorageTrouble
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import GroupTransactions, done_soon, stored_soon
from kuma_lite.projects.service import People, Projects
from kuma_lite.rest.errors import NotFound, Unprocessable
from kuma_lite.servers import store
from kuma_lite.servers.alerting.incidents import Incidents
from kuma_lite.servers.alerting.watch import Announcer, Watch
from kuma_lite.servers.links import Links
from kuma_lite.servers.model import (
    DOWNTIME,
    OFFLINE,
    Server,
    ServerChanged,
    ServerRemoved,
)
from kuma_lite.servers.rules.alert_settings import changed
from kuma_lite.servers.rules.alerts import Open
from kuma_lite.servers.samples import forgetting, queries, report_store
from kuma_lite.servers.samples.catching_up import catch_up
from kuma_lite.servers.samples.journal import by_series, entry_of
from kuma_lite.servers.samples.metrics import FRIENDLY
from kuma_lite.servers.samples.reading import NewSample, Report, read_report
from kuma_lite.servers.samples.reports import REPORTED, after_report
from kuma_lite.servers.samples.rollup import MINUTE_MS, Kept, Tier
from kuma_lite.servers.samples.upkeep import SettingsStore, Upkeep, kept_by
from kuma_lite.servers.samples.waiting import WaitingReports

log = logging.getLogger(__name__)

MAX_SERVERS: Final = 10_000  # of all projects; a token that leaked must not fill the disk
REPLAYED_MS: Final = 60 * MINUTE_MS  # of samples judged again after a start, at least
ROW_EVERY_MS: Final = 10 * MINUTE_MS  # a row whose values only move on: a start reads as many samples
COMPANY_S: Final = 0.05  # a report waits as long for others to share a commit with, when one has just come


class Servers:
    """All servers of all projects, in memory; their history in the database.

    Args:
        database: where everything is kept.
        clock: of the process.
        bus: is told what happens (see `model`).
        announcer: writes messages into the outbox.
        settings: for retention.
        people: who may log in.
        plans_run: whether one of these maintenance plans is running.
        can_hear: whether reports can reach us at the moment.
        folder: for journals of reports; None: each is committed to the database.
    """

    def __init__(
        self,
        database: GroupTransactions,
        clock: Clock,
        bus: Bus,
        announcer: Announcer,
        settings: SettingsStore,
        people: People,
        plans_run: Callable[[Iterable[int]], bool] = lambda plans: False,
        can_hear: Callable[[], bool] = lambda: True,
        folder: Path | None = None,
    ) -> None:
        self.projects = Projects(database, clock, people)
        self.settings = settings
        self._database = database
        self._clock = clock
        self._bus = bus
        self._announcer = announcer
        self._by_id: dict[int, Server] = {}
        self._by_uuid: dict[str, Server] = {}
        self._by_identity: dict[tuple[int, str], Server] = {}
        self._names: dict[int, str] = {}  # of series
        self._refused: dict[int, list[str]] = {}  # by project: why the latest report was refused
        self._came: float = float("-inf")  # when the latest report was committed, monotonic ms
        # Of one identity only one report, change or removal at a time; a lock lives while somebody wants it.
        self._turns: WeakValueDictionary[tuple[int, str], asyncio.Lock] = WeakValueDictionary()
        self.links = Links(database, bus, self._by_id, plans_run)
        self.incidents = Incidents(database, clock, bus, self._by_id.get)
        self.watch = Watch(database, clock, bus, announcer, self.links.is_covered, self._by_id, can_hear)
        self.waiting = WaitingReports(database, folder, clock)
        self.upkeep = Upkeep(database, clock, self.kept, self._names.get, self.waiting.take_in)

    # --- starting and stopping ---------------------------------------------------------------------------

    async def load(self) -> None:
        """Read everything, and judge the latest samples again: a breach under way is still one."""
        await self.projects.load()
        await self.links.load()
        await self.waiting.open()
        for server in await self._database.read(store.read_servers):
            for reports in self.waiting.of(server.id):
                reports.show(server)
            self._keep(server)
            for cause, incident in server.incidents.items():
                if cause in FRIENDLY:
                    server.states[cause] = Open(incident.started, incident.started, incident.started)
            if DOWNTIME in server.incidents:
                server.status = OFFLINE
        now = to_ms(self._clock.now())
        for server in self._by_id.values():
            # As far back as a breach may have begun that is not open yet.
            grace = max(server.settings["grace_period"].values()) * MINUTE_MS
            since = now - max(REPLAYED_MS, grace + MINUTE_MS)
            read = partial(catch_up, server=server, since=since, waiting=self.waiting.samples(server.id))
            self.watch.take(server, await self._database.read(read))

    def start(self) -> None:
        """Begin to look for silent hosts, and to pack history."""
        self.watch.start()
        self.upkeep.start()
        self.waiting.start()

    async def stop(self) -> None:
        """End both."""
        await self.watch.stop()
        await self.upkeep.stop()

    def kept(self) -> Kept:
        """How long history is kept."""
        return kept_by(self.settings)

    def _keep(self, server: Server) -> None:
        server.organisation = self.projects.all[server.project_id].organisation
        self._by_id[server.id] = server
        self._by_uuid[server.uuid] = server
        self._by_identity[server.identity] = server
        self._names.update({number: name for name, number in server.series.items()})

    # --- reports -----------------------------------------------------------------------------------------

    async def take_report(self, project_id: int, body: bytes) -> dict[str, Any]:
        """Store what an agent sent; returns what it is told. Raises Unprocessable, StorageTrouble.

        What cannot be stored is not acknowledged, and judged all the same.
        """
        self.watch.wake_up()
        now = to_ms(self._clock.now())
        report = self._read_report(project_id, body)
        key = (project_id, report.motherboard_id)
        known = self._by_identity.get(key)
        if known is not None:  # whatever becomes of what it says
            known.heard_at = to_ms(self._clock.monotonic())
        trouble: StorageTrouble | None = None
        async with self._turn(key):
            try:
                server = await self._store_report(key, report, now)
            except StorageTrouble as error:
                known = self._by_identity.get(key)
                if known is None:
                    raise
                server, trouble = known, error
        await self.watch.settle(server)
        self._bus.publish(ServerChanged(server.id))
        if trouble is not None:
            raise trouble
        return report.answer()

    def _read_report(self, project_id: int, body: bytes) -> Report:
        """What is refused is logged, once as long as a project's agents are refused for the same reason."""
        try:
            report = read_report(body)
        except Unprocessable as refusal:
            if self._refused.get(project_id) != refusal.errors:
                self._refused[project_id] = refusal.errors
                log.warning("A report to project %d is refused: %s", project_id, "; ".join(refusal.errors))
            raise
        self._refused.pop(project_id, None)
        return report

    def _turn(self, key: tuple[int, str]) -> asyncio.Lock:
        return self._turns.setdefault(key, asyncio.Lock())

    async def _store_report(self, key: tuple[int, str], report: Report, now: int) -> Server:
        known = self._by_identity.get(key)
        if known is None and len(self._by_id) >= MAX_SERVERS:
            raise Unprocessable(f"There can be no more than {MAX_SERVERS} servers")
        before = known or Server(
            0, store.new_uuid(), key[0], report.motherboard_id, "", {}, {}, {}, {}, now, now, now
        )
        oldest, monotonic = self.kept().limit(Tier.RAW, now), to_ms(self._clock.monotonic())
        draft = after_report(before, report, now, monotonic, oldest)
        samples, row = list(report.samples), report_store.lasting(draft)
        if known is None:
            project = self.projects.all.get(key[0])
            if project is None:
                raise NotFound
            draft.row, draft.row_at, draft.organisation = row, now, project.organisation
            for_new = self._announcer.for_new if project.is_root else None
            create = partial(report_store.create, server=draft, samples=samples, for_new=for_new)
            draft.series = await self._database.write(create)
            self._keep(draft)
            self.watch.take(draft, samples)
            return draft
        stored = await self._put(known, draft, samples, row)
        if stored is None:
            stored = await self._commit(known, draft, samples, row)
        known.clock, known.last_seen = draft.clock, draft.last_seen
        self.watch.take(known, samples)
        if not stored:
            raise StorageTrouble("The report cannot be stored now.")
        return known

    async def _put(
        self, known: Server, draft: Server, samples: Sequence[NewSample], row: tuple[Any, ...]
    ) -> bool | None:
        """Keep a report in the journal; None: it belongs into the database."""
        series = known.series
        if not all(name in series for name, _, _ in samples):
            return None

        def stored() -> None:
            if known.id in self._by_id:
                self._stored(known, draft, series)

        numbered = [(series[name], time, value) for name, time, value in samples]
        entry = entry_of(draft, None if known.row == row else row, numbered)
        draft.row = row
        return await self.waiting.put(entry, min((time for _, time, _ in numbered), default=None), stored)

    async def _commit(
        self, known: Server, draft: Server, samples: Sequence[NewSample], row: tuple[Any, ...]
    ) -> bool:
        """Store a report in the database."""
        monotonic = to_ms(self._clock.monotonic())
        in_company, self._came = monotonic - self._came <= COMPANY_S * 1000, monotonic
        if self.waiting.must_go(known.id) and not await done_soon(self.waiting.take_in()):
            return False
        whole = known.row != row or draft.updated - known.row_at >= ROW_EVERY_MS
        if whole:
            draft.row, draft.row_at = row, draft.updated
        series: dict[str, int] = {}

        def write(connection: Connection) -> None:
            if not store.has_project(connection, draft.project_id):
                raise NotFound  # removed since the token was looked at
            series.update(report_store.contact(connection, draft, samples, whole=whole))

        def ended(stored: bool) -> None:
            if stored and known.id in self._by_id:
                self._stored(known, draft, series)

        stored = await stored_soon(self._database, write, ended, within=COMPANY_S if in_company else None)
        if stored:
            self._stored(known, draft, series)
        return bool(stored)

    def _stored(self, server: Server, draft: Server, series: dict[str, int]) -> None:
        """A report is on disk."""
        for name in REPORTED:
            setattr(server, name, getattr(draft, name))
        server.row, server.row_at = draft.row, draft.row_at
        if server.series != series:
            server.series = series
            self._keep(server)

    # --- finding -----------------------------------------------------------------------------------------

    def of(self, project_id: int | None) -> list[Server]:
        """The servers of a project, in the order of their first contact."""
        return [server for server in self._by_id.values() if server.project_id == project_id]

    def all(self) -> list[Server]:
        """The servers of all organisations."""
        return list(self._by_id.values())

    def of_organisation(self, organisation: int) -> list[Server]:
        """The servers of all projects of an organisation."""
        return [server for server in self._by_id.values() if server.organisation == organisation]

    def by_id(self, server_id: int) -> Server | None:
        """One server."""
        return self._by_id.get(server_id)

    def find(self, key: object, project_id: int | None = None) -> Server:
        """A server by its UUID (of that project). Raises NotFound."""
        server = self._by_uuid.get(key) if isinstance(key, str) else None
        if server is None or project_id not in (None, server.project_id):
            raise NotFound
        return server

    # --- changing ----------------------------------------------------------------------------------------

    async def save_settings(self, server: Server, change: object, *, whole: bool = False) -> None:
        """Take over a part of the alert settings, or all that differs from the defaults (`whole`).

        Raises Unprocessable, NotFound.
        """
        async with self._turn(server.identity):
            if server.id not in self._by_id:
                raise NotFound
            overrides, errors = changed({} if whole else deepcopy(server.overrides), change)
            if errors:
                raise Unprocessable(*errors)
            now = to_ms(self._clock.now())
            await self._database.write(lambda db: store.save_settings(db, server.id, overrides, now))
            server.overrides, server.updated = overrides, now
        await self.watch.settle(server)
        self._bus.publish(ServerChanged(server.id))

    async def save_settings_of(self, servers: Sequence[Server], change: object) -> None:
        """Take over a part of the alert settings for several servers, all or none.

        Raises Unprocessable, NotFound.
        """
        async with AsyncExitStack() as turns:
            for identity in sorted({server.identity for server in servers}):
                await turns.enter_async_context(self._turn(identity))
            if any(server.id not in self._by_id for server in servers):
                raise NotFound
            after = {}
            for server in servers:
                after[server.id], errors = changed(deepcopy(server.overrides), change)
                if errors:
                    raise Unprocessable(*errors)
            now = to_ms(self._clock.now())

            def write(connection: Connection) -> None:
                for number, overrides in after.items():
                    store.save_settings(connection, number, overrides, now)

            await self._database.write(write)
            for server in servers:
                server.overrides, server.updated = after[server.id], now
        for server in servers:
            await self.watch.settle(server)
            self._bus.publish(ServerChanged(server.id))

    async def delete(self, server: Server) -> None:
        """Remove a server with everything that is known of it; reports that come later make it anew.

        Raises NotFound.
        """
        async with self._turn(server.identity), self.watch.settling:
            if server.id not in self._by_id:
                raise NotFound
            ids = list(server.series.values())

            def write(connection: Connection) -> None:
                store.delete(connection, server.id)
                forgetting.forget_series(connection, ids)

            await self._database.write(write)
            del self._by_id[server.id], self._by_uuid[server.uuid], self._by_identity[server.identity]
            for number in ids:
                self._names.pop(number, None)
            self.links.forget(server)
        self._bus.publish(ServerRemoved(server.id, server.uuid, server.organisation))

    # --- history -----------------------------------------------------------------------------------------

    async def values(
        self, server: Server, names: Sequence[str], since: int, until: int, limit: int
    ) -> dict[str, queries.Values]:
        """Key → `(ms, value)` in order of time; at most `limit` values of all of them."""
        series, now, kept = queries.wanted(server, names), to_ms(self._clock.now()), self.kept()
        waiting = self.waiting.samples(server.id)
        return await self._database.read(
            lambda db: queries.read_values(db, series, since, until, now, kept, limit, by_series(waiting))
        )

    async def charts(
        self, server: Server, names: Sequence[str], since: int, until: int, points: int
    ) -> dict[str, Any]:
        """Columns for charts, see `queries.read_charts`."""
        series, now, kept = queries.wanted(server, names), to_ms(self._clock.now()), self.kept()
        waiting = self.waiting.samples(server.id)
        return await self._database.read(
            lambda db: queries.read_charts(db, series, since, until, now, kept, points, by_series(waiting))
        )

    async def stored_bytes(self) -> int:
        """What the history of all servers takes."""
        return await self._database.read(forgetting.stored_bytes) + self.waiting.size
