"""What can be done with monitors, on a database and with an engine that is not started."""

from __future__ import annotations

from pathlib import Path

from kuma_lite.checks import monitor_types
from kuma_lite.core.bus import Bus
from kuma_lite.core.declarations import Status
from kuma_lite.monitors.engine.engine import Engine
from kuma_lite.monitors.engine.outcome import Outcome
from kuma_lite.monitors.engine.own_fault import OwnFault
from kuma_lite.monitors.engine.roster import Roster
from kuma_lite.monitors.service import Monitors
from tests.monitors.engine.test_engine import Announcer, NoAnchor, Surroundings
from tests.support.actors import OWNER
from tests.support.storage import Storage, opened


def monitors_on(storage: Storage) -> Monitors:
    clock, bus, roster = storage.clock, Bus(), Roster()

    async def connected() -> bool:
        return True

    engine = Engine(
        clock=clock,
        bus=bus,
        roster=roster,
        recorder=storage.recorder,
        announcer=Announcer(),
        network=Surroundings(),
        fault=OwnFault(clock, Surroundings(), NoAnchor()),
        in_maintenance=lambda monitor_id: False,
        keep_certificate=lambda monitor, certificate: None,
        keep_last_result=lambda monitor, field, value: None,
    )
    return Monitors(
        store=storage.store,
        recorder=storage.recorder,
        roster=roster,
        engine=engine,
        types=monitor_types(),
        bus=bus,
        clock=clock,
        in_maintenance=lambda monitor_id: False,
    )


async def test_nothing_is_kept_of_a_monitor_that_is_gone(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitors = monitors_on(storage)
        engine = monitors.engine
        kept, gone = [(await monitors.add(OWNER, {"type": "push", "name": name})).id for name in "ab"]
        for monitor_id in (kept, gone):
            await engine.pushed(Outcome(monitor_id, storage.clock.now(), Status.UP, False, "OK"))
        assert set(engine.concluder._locks) == {kept, gone}
        assert await monitors.delete(OWNER, gone) == [gone]
        assert set(engine.concluder._locks) == {kept}
        assert not engine.is_watched(gone)
        assert storage.recorder.last(gone) is None
