"""Servers on a real database, with a clock that stands and an announcer that remembers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw
import pytest

from kuma_lite.core.access import FIRST_ORGANISATION, Actor
from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import ManualClock, to_ms
from kuma_lite.core.database import Database
from kuma_lite.core.iso_time import iso
from kuma_lite.core.records import replace
from kuma_lite.servers.model import Incident, Server
from kuma_lite.servers.service import Servers
from tests.servers.reports import report
from tests.support.actors import OWNER, STRANGER
from tests.support.storage import FaultyDisk


@dataclass
class SaidNews:
    """A message, told when it is committed, or let go before (see `kuma_lite.core.kept_writes.News`)."""

    said: Said
    text: str
    is_told: bool = False

    def write(self, connection: apsw.Connection) -> None:
        assert connection.in_transaction

    def let_go(self) -> None:
        assert not self.is_told
        self.is_told = True
        self.said.texts.append(self.text)

    def ended(self, stored: bool) -> None:
        assert stored
        if not self.is_told:
            self.said.texts.append(self.text)
        self.said.stored.append(self.text)


@dataclass
class Said:
    """An announcer that keeps what people are told: `texts`, and how much of it is on disk: `stored`."""

    texts: list[str] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)
    defaults: list[int] = field(default_factory=list)

    def announce(self, server: Server, incident: Incident, text: str, now: int) -> SaidNews:
        return SaidNews(self, text)

    def for_new(self, connection: apsw.Connection, organisation: int) -> list[int]:
        return self.defaults if organisation == FIRST_ORGANISATION else []


class Wishes:
    """Settings in a dictionary."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def get(self, key: str, default: Any = None) -> Any:
        return self.values.get(key, default)

    async def set(self, key: str, value: Any) -> None:
        self.values[key] = value


@dataclass
class People:
    """Who may log in."""

    known: list[Actor] = field(default_factory=lambda: [OWNER, STRANGER])

    async def session(self, token: str | None) -> Actor | None:
        return next((actor for actor in self.known if actor.username == token), None)

    async def actor(self, user_id: int) -> Actor | None:
        return next((actor for actor in self.known if actor.user_id == user_id), None)


@dataclass
class Fleet:
    """What a test plays with."""

    servers: Servers
    database: Database
    clock: ManualClock
    bus: Bus
    said: Said
    wishes: Wishes
    running_plans: set[int]
    deaf: list[str]  # why nobody can be heard
    people: People
    folder: Path

    @property
    def now(self) -> int:
        return to_ms(self.clock.now())

    @property
    def root(self) -> int:
        return self.servers.projects.root.id

    @property
    def owner(self) -> Actor:
        """The owner, over the REST API."""
        return replace(OWNER, project_id=self.root)

    async def send(
        self, project: int | None = None, /, at: int | None = None, **parts: Any
    ) -> dict[str, Any]:
        """One report; keyword arguments are metrics, `attributes` and `document` add to the rest."""
        return await self.servers.take_report(
            project or self.root, report(iso(self.now if at is None else at), **parts)
        )

    def only(self) -> Server:
        (server,) = self.servers.all()
        return server

    async def minutes(self, values: Iterable[float], metric: str = "cpu_used", **parts: Any) -> None:
        """A report a minute."""
        for value in values:
            sample: dict[str, Any] = {metric: value, **parts}
            await self.send(**sample)
            self.clock.advance(60)

    async def restarted(self) -> Fleet:
        """The same data in a new process, after a kill of the old one."""
        return await make(self.database, self.clock, self.wishes, self.folder)


async def make(database: Database, clock: ManualClock, wishes: Wishes, folder: Path) -> Fleet:
    bus, said, plans, people = Bus(), Said(), set[int](), People()
    deaf: list[str] = []
    servers = Servers(
        database,
        clock,
        bus,
        said,
        wishes,
        people,
        lambda found: any(plan in plans for plan in found),
        lambda: not deaf,
        folder,
    )
    await servers.load()
    return Fleet(servers, database, clock, bus, said, wishes, plans, deaf, people, folder)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> FaultyDisk:
    found = FaultyDisk()
    found.spoil_journals(monkeypatch)
    return found


@pytest.fixture
async def fleet(tmp_path: Path, disk: FaultyDisk) -> AsyncIterator[Fleet]:
    clock = ManualClock(1_799_971_200.0)  # a whole day, so that spans begin here
    database = await Database.open(tmp_path / "kuma-lite.db", clock=clock, vfs=disk.name)
    try:
        yield await make(database, clock, Wishes(), tmp_path)
    finally:
        disk.full = False
        await database.close()
