from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import ManualClock
from kuma_lite.core.database import Database
from kuma_lite.net.http import HttpClient
from kuma_lite.notifications.service import Notifications
from tests.notifications.peers import Settings, populate
from tests.notifications.sinks import HttpSink
from tests.support.actors import Pushes


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
async def database(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Database]:
    """Monitors 1 and 2 belong to the first organisation, monitor 3 to the stranger's."""
    found = await Database.open(tmp_path / "kuma-lite.db", clock=clock)
    await found.write(populate)
    yield found
    await found.close()


@pytest.fixture
def network() -> Any:
    return SimpleNamespace(http=HttpClient())


@pytest.fixture
def pushes() -> Pushes:
    return Pushes()


@pytest.fixture
async def notifications(
    database: Database, network: Any, clock: ManualClock, bus: Bus, pushes: Pushes
) -> AsyncIterator[Notifications]:
    found = Notifications(database, network, Settings(), clock, bus, pushes)
    yield found
    await found.stop()


@pytest.fixture
async def sink() -> AsyncIterator[HttpSink]:
    async with HttpSink() as running:
        yield running
