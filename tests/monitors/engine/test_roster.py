"""The tree that monitors form."""

from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.core.errors import UserError
from kuma_lite.monitors.engine.roster import Monitor, Reading, Roster


def monitor(monitor_id: int, parent: int | None = None, *, active: bool = True, **document: Any) -> Monitor:
    stored = {"name": f"m{monitor_id}", "type": "group", **document}
    if parent is not None:
        stored["parent"] = parent
    return Monitor(monitor_id, 1, active, stored)


@pytest.fixture
def roster() -> Roster:
    """1 → (2 → (3, 4), 5); 6 alone."""
    found = Roster()
    for monitor_id, parent in ((1, None), (2, 1), (3, 2), (4, 2), (5, 1), (6, None)):
        found.put(monitor(monitor_id, parent))
    return found


def get(roster: Roster, monitor_id: int) -> Monitor:
    found = roster.get(monitor_id)
    assert found is not None
    return found


def test_tree_questions(roster: Roster) -> None:
    assert roster.descendants(1) == [2, 3, 4, 5]
    assert [child.id for child in roster.children(1)] == [2, 5]
    assert [group.id for group in roster.ancestors(get(roster, 4))] == [2, 1]
    assert roster.standing(get(roster, 4))["path"] == ["m1", "m2", "m4"]
    assert roster.standing(get(roster, 4), name_preloaded=False)["path"] == ["m1", "m2", None]
    assert roster.descendants(99) == []


def test_a_paused_group_forces_what_is_below(roster: Roster) -> None:
    get(roster, 1).active = False
    assert roster.is_forced_inactive(get(roster, 4))
    assert not roster.is_active(get(roster, 4))
    assert not roster.is_forced_inactive(get(roster, 1))
    assert roster.is_active(get(roster, 6))


def test_moving_to_another_group(roster: Roster) -> None:
    roster.put(monitor(2, 6))
    assert roster.descendants(1) == [5]
    assert roster.descendants(6) == [2, 3, 4]


@pytest.mark.parametrize(("moved", "parent"), [(1, 1), (1, 4), (2, 3), (None, 99), (None, "1"), (None, 1.5)])
def test_impossible_parents_are_refused(roster: Roster, moved: int | None, parent: Any) -> None:
    with pytest.raises(UserError):
        roster.check_parent(1, moved, parent)


def test_possible_parents(roster: Roster) -> None:
    roster.check_parent(1, 2, 6)
    roster.check_parent(1, None, None)


def test_groups_of_others_are_no_parents(roster: Roster) -> None:
    with pytest.raises(UserError, match="The monitor group does not exist"):
        roster.check_parent(2, None, 6)


def test_push_tokens_follow_the_monitor(roster: Roster) -> None:
    roster.put(monitor(7, pushToken="abc"))
    assert roster.by_push_token("abc") is roster.get(7)
    roster.put(monitor(7, pushToken="def"))
    assert roster.by_push_token("abc") is None
    roster.remove(7)
    assert roster.by_push_token("def") is None


def test_order_of_the_list() -> None:
    roster = Roster()
    for item in (monitor(1, name="b"), monitor(2, name="a"), monitor(3, name="z", weight=9000)):
        roster.put(item)
    assert [item.id for item in roster.of(1)] == [3, 2, 1]
    assert roster.of(2) == []


def test_defaults_and_timeouts() -> None:
    item = monitor(1, interval=50)
    assert (item.get("method"), item.interval, item.timeout) == ("GET", 50.0, 40.0)
    item.document = {**item.document, "timeout": 7}
    assert item.timeout == 7
    item.document["name"] = None
    assert item.name == "Monitor 1"


def test_a_type_is_asked_once_and_when_somebody_wants_to_know() -> None:
    asked = []

    def reading(monitor: Monitor) -> Reading:
        asked.append(monitor.id)
        return Reading(problem="port: no number")

    monitor = Monitor(7, 1, True, {"interval": 60}, reading=reading)
    assert (monitor.name, monitor.interval, asked) == ("Monitor 7", 60, [])
    assert (monitor.problem, monitor.kind, monitor.options) == ("port: no number", None, None)
    assert asked == [7]
