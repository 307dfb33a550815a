"""What is measured at monitors: the same glance as long as nothing has changed, and the figures of then."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kuma_lite.beats.model import NewBeat
from kuma_lite.checks._network import ToldCertificate
from kuma_lite.core.clock import ManualClock, to_ms
from kuma_lite.core.declarations import Status
from kuma_lite.monitors.doors.gauges import Figures, Glance, Readings
from kuma_lite.monitors.engine.roster import Tag
from tests.support.appliance import Running, add_monitor, running

MINUTE_S = 60.0
DAY_S = 86_400.0


def read(readings: Readings) -> dict[int, Glance]:
    return {glance.id: glance for glance in readings.all()}


def beat(server: Running, monitor: int, at: float, **changes: Any) -> None:
    moment = to_ms(at)
    new = NewBeat(monitor, moment, moment + 5, Status.UP, "200 - OK", 20.0, False, 0, 0, 0)
    server.appliance.monitoring.recorder.record(new._replace(**changes))


async def test_a_glance_is_the_same_until_something_happens(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        ids = [await add_monitor(client, name=f"m{number}", active=False) for number in range(3)]
        group = await add_monitor(client, type="group", name="g", active=False)
        monitoring = server.appliance.monitoring
        one, two, three = monitors = [monitor for monitor in monitoring.roster if monitor.id in ids]
        clock = ManualClock(1_800_014_400.0)  # noon of a day, UTC
        readings = Readings(monitoring.roster, monitoring.recorder, monitoring.certificates, clock)
        for monitor in monitors:
            beat(server, monitor.id, clock.now())
        assert read(readings) == {}  # they are switched off
        for monitor in monitors:
            monitor.active = True
        first = read(readings)
        assert list(first) == ids
        assert read(readings) == first
        assert all(read(readings)[number] is first[number] for number in ids)

        beat(server, one.id, clock.now() + 1, status=Status.DOWN, ping=None)
        two.tags = [Tag(1, "ops", "Team", "#fff")]
        second = read(readings)
        assert [second[number] is first[number] for number in ids] == [False, False, True]
        assert second[one.id].named_by is first[one.id].named_by
        assert second[two.id].named_by is not first[two.id].named_by
        assert readings.names(second[two.id]).tags == [("Team", "ops")]
        day, month, year = readings.figures(second[one.id]).windows
        assert day == month == year == (0.5, 20.0)
        figures = readings.figures(second[one.id])
        assert (figures.status, figures.ping) == (Status.DOWN, None)

        # The beats leave the sliding day; nobody has asked in between.
        clock.advance(DAY_S - MINUTE_S)
        before = read(readings)
        beat(server, two.id, clock.now())
        assert readings.figures(read(readings)[two.id]).windows[0] == (1.0, 20.0)
        clock.advance(2 * MINUTE_S)
        third = read(readings)
        assert all(third[number] is not before[number] for number in ids)
        assert readings.figures(third[one.id]).windows[1] == (0.5, 20.0)
        clock.advance(MINUTE_S)
        assert read(readings)[three.id] is third[three.id]

        # Monitors below a group that is off are not looked at, and those that are gone are no longer kept.
        three.document = {**three.document, "parent": group}
        monitoring.roster.remove(two.id)
        assert list(read(readings)) == [one.id]
        assert list(readings._glances) == [one.id]


async def test_figures_follow_the_certificate(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        monitor_id = await add_monitor(client, active=False)
        monitoring = server.appliance.monitoring
        monitor = monitoring.roster.get(monitor_id)
        assert monitor is not None
        monitor.active = True
        clock = ManualClock(1_800_014_400.0)
        readings = Readings(monitoring.roster, monitoring.recorder, monitoring.certificates, clock)
        beat(server, monitor_id, clock.now())

        def figures() -> Figures:
            return readings.figures(read(readings)[monitor_id])

        assert figures().certificate is None
        told = ToldCertificate(True, {}, {}, clock.now() + 10.4 * DAY_S, "AA")
        monitoring.certificates.keep(monitor, told)
        assert figures().certificate == (True, 10)
        clock.advance(DAY_S)
        assert figures().certificate == (True, 9)
        monitoring.certificates.keep(monitor, ToldCertificate(False, {}, {}, clock.now() + DAY_S, "BB"))
        assert figures().certificate == (False, 1)
