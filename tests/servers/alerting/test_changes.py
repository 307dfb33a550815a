"""What follows for the alerts of a server: every case on its own, nothing stored."""

from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.servers.alerting.changes import (
    FRESH_MS,
    Change,
    Closed,
    Opened,
    Told,
    Woken,
    changes_of,
    status_of,
)
from kuma_lite.servers.model import DOWNTIME, OFFLINE, ONLINE, Incident, Server
from kuma_lite.servers.rules.alerts import Above, Open, Quiet, State
from kuma_lite.servers.samples.host_clock import HostClock
from kuma_lite.servers.samples.rollup import HOUR_MS

NOW = 1_800_000_000_000


def incident(cause: str, **changes: Any) -> Incident:
    return Incident(1, "u", 1, cause, "text", NOW - 60_000, None, NOW - 60_000, **changes)


def server(*open_ones: Incident, cpu: State | None = None, **changes: Any) -> Server:
    found = Server(1, "u", 1, "b", "1", {}, {}, {}, {}, 0, 0, NOW - 70_000, **changes)
    found.incidents = {each.cause: each for each in open_ones}
    if cpu is not None:
        found.states["cpu"] = cpu
    return found


def changes(found: Server, **known: bool) -> list[Change]:
    return changes_of(found, **{"down": False, "wanted": True, "covered": False, **known}, now=NOW)


def test_nothing_new_changes_nothing() -> None:
    assert changes(server(cpu=Quiet(NOW))) == []
    assert changes(server(cpu=Above(NOW - 9, NOW, (NOW,)))) == []
    assert changes(server(incident("cpu"), cpu=Open(NOW - 9, NOW - 5, NOW))) == []
    assert changes(server(incident("cpu"))) == []  # after a start nothing is known yet
    silent = server(incident(DOWNTIME))
    silent.last_seen = silent.incidents[DOWNTIME].started
    assert changes(silent, down=True) == []


def test_a_threshold_opens_and_closes() -> None:
    opened = Open(NOW - 600_000, NOW - 5, NOW)
    assert changes(server(cpu=opened)) == [Opened("cpu", NOW - 600_000)]
    assert changes(server(cpu=opened), covered=True) == []
    over = incident("cpu")
    assert changes(server(over, cpu=Quiet(NOW))) == [Closed(over)]
    assert changes(server(over, cpu=Quiet(NOW)), covered=True) == [Closed(over)]


@pytest.mark.parametrize(("age", "offset", "opens"), [
    (FRESH_MS, 0, True), (FRESH_MS + 1, 0, False), (FRESH_MS, 1, True), (FRESH_MS, HOUR_MS, True),
    (FRESH_MS + 1, -1, True), (FRESH_MS + 1, 1, False),
])  # fmt: skip
def test_what_an_agent_catches_up_with_calls_nobody(age: int, offset: int, opens: bool) -> None:
    found = server(cpu=Open(0, NOW - age, NOW - age), clock=HostClock(offset))
    assert bool(changes(found)) == opens


def test_silence_opens_and_closes() -> None:
    assert changes(server(), down=True) == [Opened(DOWNTIME, NOW - 70_000)]
    assert changes(server(), down=True, wanted=False) == []
    assert changes(server(), down=True, covered=True) == []
    silent = incident(DOWNTIME)
    silent.started = NOW - 70_000  # when it was heard of last
    assert changes(server(silent), down=True, wanted=False) == [Closed(silent)]
    heard = server(silent)
    heard.last_seen = silent.started
    assert changes(heard, down=True) == []
    for moment in (1, -3_600_000):  # the clock was set back meanwhile
        heard.last_seen = silent.started + moment
        assert changes(heard) == [Closed(silent)]


def test_a_snooze_ends_unless_the_alert_does() -> None:
    snoozed = incident("cpu", snoozed=1, snooze_until=NOW)
    assert changes(server(snoozed)) == [Woken(snoozed)]
    assert changes(server(snoozed), covered=True) == []
    assert changes(server(snoozed, cpu=Quiet(NOW))) == [Closed(snoozed)]
    assert changes(server(incident("cpu", snoozed=1, snooze_until=NOW + 1))) == []


def test_what_maintenance_held_back_is_said_first() -> None:
    found = server(cpu=Open(5, NOW, NOW))
    ended = incident("ram", pending="over")
    found.pending["ram"] = ended
    assert changes(found) == [Told(ended), Opened("cpu", 5)]
    assert changes(found, covered=True) == []


@pytest.mark.parametrize(("down", "heard", "listening_since", "status"), [
    (True, 70, 140, OFFLINE), (False, 70, 70, ONLINE), (False, 70, 71, "as before"), (True, 70, 70, OFFLINE),
    (False, None, 70, "as before"), (True, None, 70, OFFLINE),
])  # fmt: skip
def test_status(down: bool, heard: int | None, listening_since: int, status: str) -> None:
    found = server(status="as before", heard_at=heard)
    assert status_of(found, down=down, listening_since=listening_since) == status
