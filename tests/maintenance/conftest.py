"""A maintenance feature on a real database, with a clock that stands and connections that remember."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.core.access import Actor
from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import ManualClock
from kuma_lite.core.database import Database
from kuma_lite.core.doors import COMPATIBLE, Then
from kuma_lite.core.errors import UserError
from kuma_lite.maintenance.model import MaintenanceChanged, MaintenanceEnded, MaintenanceStarted
from kuma_lite.maintenance.service import Maintenance
from tests.maintenance.plans import at
from tests.support.actors import OWNER, Connection, Pushes


class Listeners(Pushes):
    """A Push whose lists can be taken, one after the other."""

    def take(self, namespace: str = COMPATIBLE) -> list[dict[str, Any]]:
        """The lists pushed on a namespace since the last time."""
        lists = [argument for _, where, _, argument in self.pushed if where == namespace]
        self.pushed = [item for item in self.pushed if item[1] != namespace]
        return lists


@dataclass
class Zone:
    """The settings: nothing but a time zone."""

    name: str = "UTC"

    def timezone(self) -> str:
        return self.name


@dataclass
class House:
    """Everything a test of the feature needs."""

    database: Database
    clock: ManualClock
    bus: Bus = field(default_factory=Bus)
    push: Listeners = field(default_factory=Listeners)
    settings: Zone = field(default_factory=Zone)
    monitors: set[tuple[int, int]] = field(default_factory=set)
    titles: dict[tuple[int, int], str] = field(
        default_factory=lambda: {(1, 1): "Page", (1, 2): "Other", (2, 3): "Theirs"}
    )
    groups: dict[int, tuple[int, ...]] = field(default_factory=dict)  # monitor → the groups above it
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
            lambda organisation, monitor_id: (organisation, monitor_id) in self.monitors,
            lambda organisation, page_id: self.titles.get((organisation, page_id)),
            lambda monitor_id: self.groups.get(monitor_id, ()),
            lambda organisation, page_id: self.titles[organisation, page_id].lower(),
        )

    async def restart(self) -> None:
        """A new process on the same database."""
        await self.database.flush()
        self.maintenance = self.build()
        await self.maintenance.load()
        self.take_told()

    async def add_monitors(self, *ids: int) -> None:
        """Rows that links may point to."""
        self.monitors |= {(OWNER.organisation, item) for item in ids}
        await self.database.write(
            lambda db: db.executemany(
                "INSERT INTO monitor (id, type, name, document, created_date) VALUES (?, '', '', '{}', 0)",
                [(item,) for item in ids],
            )
        )

    async def call(
        self, name: str, *arguments: Any, actor: Actor = OWNER, namespace: str = COMPATIBLE
    ) -> Any:
        """What the client is answered; the pushes that follow have been made as well."""
        (event,) = [item for item in self.maintenance.doors().events if item.name == name]
        before = list(self.push.pushed)
        try:
            answer = await event.handler(Connection(actor, namespace), *arguments)
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
