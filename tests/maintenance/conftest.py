"""A maintenance feature on a real database, with a clock that stands and connections that remember."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import ManualClock
from kuma_lite.core.database import Database
from kuma_lite.core.doors import COMPATIBLE, PAGE, Then
from kuma_lite.core.errors import UserError
from kuma_lite.maintenance.model import MaintenanceChanged, MaintenanceEnded, MaintenanceStarted
from kuma_lite.maintenance.service import Maintenance
from tests.maintenance.plans import OWNER, at


class Listeners:
    """A Push that keeps what it is given."""

    def __init__(self) -> None:
        self.pushed: list[tuple[int, str, str, Any]] = []  # user, namespace, event, argument
        self.listening = {(OWNER, COMPATIBLE), (OWNER, PAGE)}

    async def to_user(self, user_id: int, event: str, *arguments: Any, namespace: str = COMPATIBLE) -> None:
        (argument,) = arguments
        self.pushed.append((user_id, namespace, event, argument))

    async def many_to_user(
        self, user_id: int, events: Sequence[tuple[Any, ...]], namespace: str = COMPATIBLE
    ) -> None:
        raise AssertionError("one list is one event")

    async def to_all_users(self, event: str, *arguments: Any, namespace: str = COMPATIBLE) -> None:
        raise AssertionError("plans belong to a user")

    def has_listeners(self, user_id: int, namespace: str = COMPATIBLE) -> bool:
        return (user_id, namespace) in self.listening

    async def disconnect_user(self, user_id: int, *, except_sid: str | None = None) -> None:
        raise AssertionError("maintenance throws nobody out")

    def take(self, namespace: str = COMPATIBLE) -> list[dict[str, Any]]:
        """The lists pushed on a namespace since the last time."""
        lists = [item[3] for item in self.pushed if item[1] == namespace]
        self.pushed = [item for item in self.pushed if item[1] != namespace]
        return lists


@dataclass
class Zone:
    """The settings: nothing but a time zone."""

    name: str = "UTC"

    def timezone(self) -> str:
        return self.name


@dataclass
class Client:
    """A connection of a user."""

    user_id: int | None = OWNER
    namespace: str = COMPATIBLE
    sid: str = "sid"
    username: str | None = "admin"
    address: str = "127.0.0.1"

    async def emit(self, event: str, *arguments: Any) -> None:
        raise AssertionError("lists go to everybody of the user")

    async def emit_many(self, events: Sequence[tuple[Any, ...]]) -> None:
        raise AssertionError("lists go to everybody of the user")

    async def log_in(self, user_id: int, username: str) -> None:
        raise AssertionError("not here")

    async def log_out(self) -> None:
        raise AssertionError("not here")


@dataclass
class House:
    """Everything a test of the feature needs."""

    database: Database
    clock: ManualClock
    bus: Bus = field(default_factory=Bus)
    push: Listeners = field(default_factory=Listeners)
    settings: Zone = field(default_factory=Zone)
    monitors: set[tuple[int, int]] = field(default_factory=set)
    titles: dict[int, str] = field(default_factory=lambda: {1: "Page", 2: "Other"})
    told: list[object] = field(default_factory=list)

    def __post_init__(self) -> None:
        for event in (MaintenanceStarted, MaintenanceEnded, MaintenanceChanged):
            self.bus.subscribe(event, self.told.append)
        self.maintenance = self.build()

    def build(self) -> Maintenance:
        """The feature, as after a start."""
        return Maintenance(
            self.database,
            self.clock,
            self.bus,
            self.push,
            self.settings,
            lambda user_id, monitor_id: (user_id, monitor_id) in self.monitors,
            self.titles.get,
        )

    async def restart(self) -> None:
        """A new process on the same database."""
        await self.database.flush()
        self.maintenance = self.build()
        await self.maintenance.load()
        self.take_told()

    async def add_monitors(self, *ids: int) -> None:
        """Rows that links may point to."""
        self.monitors |= {(OWNER, item) for item in ids}
        await self.database.write(
            lambda db: db.executemany(
                "INSERT INTO monitor (id, type, name, document, created_date) VALUES (?, '', '', '{}', 0)",
                [(item,) for item in ids],
            )
        )

    async def call(self, name: str, *arguments: Any, caller: Client | None = None) -> Any:
        """What the client is answered; the pushes that follow have been made as well."""
        (event,) = [item for item in self.maintenance.doors().events if item.name == name]
        before = list(self.push.pushed)
        try:
            answer = await event.handler(caller or Client(), *arguments)
        except UserError as error:
            return error.as_answer()
        if isinstance(answer, Then):
            assert self.push.pushed == before, "the answer comes first"
            await answer.after()
            return answer.answer
        return answer

    async def add(self, payload: dict[str, Any], *monitors: int) -> int:
        """Add a plan for some monitors, quietly."""
        answer = await self.call("addMaintenance", payload)
        assert answer["ok"], answer
        if monitors:
            linked = [{"id": item} for item in monitors]
            assert (await self.call("addMonitorMaintenance", answer["maintenanceID"], linked))["ok"]
        self.push.pushed.clear()
        self.take_told()
        return int(answer["maintenanceID"])

    def take_told(self) -> list[object]:
        """What the bus has carried since the last time."""
        told, self.told[:] = list(self.told), []
        return told

    async def later(self, moment: float) -> None:
        """Let the time come, and the feature notice."""
        self.clock.advance(moment - self.clock.now())
        await self.maintenance.tick()

    def covered(self, *ids: int) -> list[int]:
        """Those of some monitors without groups that are under maintenance."""
        return [item for item in ids if self.maintenance.covers(item, lambda _: ())]

    def statuses(self, namespace: str = COMPATIBLE) -> list[dict[str, str]]:
        """Plan → status, of each list pushed since the last time."""
        return [{key: plan["status"] for key, plan in pushed.items()} for pushed in self.push.take(namespace)]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    clock = ManualClock(at("2026-06-01 00:00"))
    database = await Database.open(tmp_path / "kuma-lite.db", clock=clock)
    made = House(database, clock)
    await made.maintenance.load()
    yield made
    await made.maintenance.stop()
    await database.close()
