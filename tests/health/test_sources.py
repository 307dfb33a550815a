"""Problems that show to somebody who remembers."""

from __future__ import annotations

from pathlib import Path

import pytest

from kuma_lite.core.clock import ManualClock
from kuma_lite.health.model import Problem
from kuma_lite.health.sources import (
    JUMP_SHOWN_S,
    MEGABYTE,
    STARTING_S,
    STUCK_S,
    ClockJumps,
    DiskRoom,
    Queue,
    Room,
    StuckQueues,
    room_of,
    unchecked_monitors,
)

GIGABYTE = 1_000 * MEGABYTE

# --- the clock ---------------------------------------------------------------------------------------------


def started(clock: ManualClock) -> ClockJumps:
    jumps = ClockJumps(clock)
    clock.advance(STARTING_S + 1)
    assert jumps() is None
    return jumps


@pytest.mark.parametrize(
    ("by", "says"),
    [
        (3_600, "The clock of this machine went forward by 1 hour: it was set, or the machine slept."),
        (-7_200, "The clock of this machine was set back by 2 hours."),
    ],
)
def test_a_clock_that_was_set(by: float, says: str) -> None:
    clock = ManualClock()
    jumps = started(clock)
    clock.jump(by)
    clock.advance(1)
    found = jumps()
    assert found is not None
    assert found.sentence == says
    clock.advance(JUMP_SHOWN_S - 1)
    assert jumps() is not None
    clock.advance(2)
    assert jumps() is None


@pytest.mark.parametrize("by", [59, -59])
def test_small_corrections_are_no_news(by: float) -> None:
    clock = ManualClock()
    jumps = started(clock)
    clock.jump(by)
    clock.advance(1)
    assert jumps() is None


def test_a_stall_is_no_jump() -> None:
    clock = ManualClock()
    jumps = started(clock)
    clock.advance(180)
    assert jumps() is None


def test_a_board_that_learns_the_time_after_its_start_is_no_news() -> None:
    clock = ManualClock()
    jumps = ClockJumps(clock)
    clock.advance(STARTING_S - 1)
    clock.jump(1e9)
    assert jumps() is None
    clock.advance(10)
    assert jumps() is None


# --- the disk ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "limit"),
    [
        (100 * MEGABYTE, 10 * MEGABYTE),  # small: a tenth
        (1 * GIGABYTE, 64 * MEGABYTE),  # the least
        (32 * GIGABYTE, 320 * MEGABYTE),  # 1 %
        (8_000 * GIGABYTE, 1 * GIGABYTE),  # the most
    ],
)
def test_what_is_nearly_full(size: int, limit: int) -> None:
    assert Room(limit - 1, size).is_low
    assert not Room(limit, size).is_low


async def test_the_room_is_looked_at_and_told() -> None:
    rooms = [Room(GIGABYTE, 10 * GIGABYTE), Room(30 * MEGABYTE, 10 * GIGABYTE)]
    full = False
    source = DiskRoom(Path("/"), lambda: full, lambda path: rooms.pop(0))
    assert source() is None, "nothing is known yet"
    await source.refresh()
    assert source() is None
    await source.refresh()
    found = source()
    assert found is not None
    assert found.sentence == "The disk is nearly full: 30 MB are left of 10000 MB."
    full = True
    assert source() is None, "something worse says so"


def test_the_room_of_a_folder(tmp_path: Path) -> None:
    room = room_of(tmp_path)
    assert 0 < room.free <= room.size


# --- queues of messages ------------------------------------------------------------------------------------


def test_a_queue_whose_head_does_not_move() -> None:
    clock = ManualClock()
    queues = [Queue(7, 111, 3), Queue(8, 222, 1)]
    stuck = StuckQueues(clock, lambda: queues, lambda: {7: "Ops"})
    assert stuck() == []
    clock.advance(STUCK_S)
    queues[1] = Queue(8, 333, 9)  # that one delivers, however much waits
    assert stuck() == []
    clock.advance(1)
    (found,) = stuck()
    assert (found.key, found.avoid) == ("outbox:7", frozenset({7}))
    assert found.sentence == "Ops has taken no message for 10 minutes; 3 wait."
    assert found.over == "Ops takes messages again."
    queues[0] = Queue(7, 444, 2)
    assert stuck() == []


def test_a_clock_that_is_set_makes_no_message_old() -> None:
    clock = ManualClock()
    stuck = StuckQueues(clock, lambda: [Queue(7, 111, 1)], dict)
    assert stuck() == []
    clock.jump(1e6)
    assert stuck() == []
    clock.advance(STUCK_S + 1)
    (found,) = stuck()
    assert found.sentence.startswith("Notification 7 has taken no message"), "one without a name"


# --- monitors ----------------------------------------------------------------------------------------------


def test_monitors_that_cannot_be_checked() -> None:
    found: list[tuple[str, str]] = []
    source = unchecked_monitors(lambda: found)
    assert source() is None
    found.append(("Shop", "The resolver is silent."))
    one = source()
    assert isinstance(one, Problem)
    assert one.sentence == "One monitor cannot be checked."
    found += [("Shop", "Its proxy is silent."), ("Mail", "A fault of this program.")]
    all_three = source()
    assert isinstance(all_three, Problem)
    assert all_three.sentence == "3 monitors cannot be checked."
    assert all_three.members == {
        "Shop": "The resolver is silent.",
        "Shop (2)": "Its proxy is silent.",
        "Mail": "A fault of this program.",
    }
