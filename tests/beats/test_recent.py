from __future__ import annotations

import json
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.beats import row_text
from kuma_lite.beats.model import Beat
from kuma_lite.beats.packing import decode_columns, encode
from kuma_lite.beats.recent import MAX_KEPT, RecentBeats
from kuma_lite.beats.sealing import Sealer
from kuma_lite.core.clock import wire_time
from kuma_lite.core.declarations import Status
from kuma_lite.core.limits import RECENT_BEATS
from tests.beats.test_packing import BEATS
from tests.support.storage import START_MS, beat


def series(count: int, **changes: object) -> list[Beat]:
    return [beat(n, START_MS + n * 20_000, **changes) for n in range(1, count + 1)]


def filled(beats: list[Beat], *, sealed: bool = True) -> RecentBeats:
    recent = RecentBeats()
    for found in beats:
        recent.append(found, sealed=sealed)
    return recent


def test_the_newest_hundred_are_kept() -> None:
    beats = series(350)
    recent = filled(beats)
    assert recent.rows(1) == beats[-RECENT_BEATS:]
    assert recent.rows(1, 3) == beats[-3:]
    assert recent.last(1) == beats[-1]
    assert len(recent.rings[1]) <= RECENT_BEATS + 16


def test_an_unknown_monitor_has_none() -> None:
    recent = RecentBeats()
    assert recent.last(7) is recent.newest_id(7) is recent.newest_state(7) is None
    assert recent.rows(7) == []
    assert recent.after(7, 0) == []
    assert recent.rows_json(7) == "[]"
    assert recent.statuses(7) == ""
    recent.forget(7)
    recent.clear_events(7)


def test_monitors_do_not_mix() -> None:
    recent = filled([beat(1, START_MS), beat(2, START_MS, monitor_id=2), beat(3, START_MS + 1)])
    assert [found.id for found in recent.rows(1)] == [1, 3]
    assert [found.id for found in recent.rows(2)] == [2]
    recent.forget(1)
    assert recent.rows(1) == []
    assert [found.id for found in recent.rows(2)] == [2]


def test_what_is_in_no_block_yet_is_not_dropped() -> None:
    beats = series(250)
    recent = filled(beats, sealed=False)
    assert recent.rings[1].unsealed == 250
    assert recent.after(1, 0) == beats
    assert recent.after(1, 240) == beats[240:]
    assert recent.rows(1) == beats[-RECENT_BEATS:]
    assert recent.rings[1].first_unsealed_id() == 1


def test_memory_has_an_end_even_so() -> None:
    recent = filled(series(MAX_KEPT + 50), sealed=False)
    assert len(recent.rings[1]) <= MAX_KEPT + 16
    assert recent.lost > 0
    assert recent.rings[1].unsealed == len(recent.rings[1])


def test_texts_are_kept_once_and_let_go() -> None:
    recent = RecentBeats()
    for number in range(500):
        recent.append(beat(number, START_MS + number, msg=f"value {number}"), sealed=True)
    assert recent.shape_count() <= RECENT_BEATS + 16
    for number in range(500, 800):
        recent.append(beat(number, START_MS + number), sealed=True)
    assert recent.shape_count() == 1
    recent.forget(1)
    assert recent.shape_count() == 0


def test_a_hundred_beats_take_little_memory() -> None:
    recent = filled(series(500))
    assert len(recent.rings[1].data) <= 6 * 1024


def test_forgetting_twice_and_trimming_afterwards_do_no_harm() -> None:
    recent = filled(series(20), sealed=False)
    ring = recent.rings[1]
    recent.forget(1)
    recent.forget(1)
    recent.trim(ring)
    assert recent.shape_count() == 0


def test_a_block_is_loaded_as_it_was_recorded() -> None:
    beats = [*series(50), *(found._replace(status=Status.DOWN, ping=None) for found in series(3))]
    recent = RecentBeats()
    recent.load(1, decode_columns(encode(beats)), 30)
    assert recent.rows(1) == beats[-30:]
    assert recent.rings[1].unsealed == 0
    recent.forget(1)
    assert recent.shape_count() == 0


def test_clearing_events_takes_texts_and_importance() -> None:
    beats = series(5, important=True, msg="gone", response="body")
    recent = filled(beats, sealed=False)
    recent.clear_events(1)
    assert recent.rows(1) == [found._replace(msg="", important=False) for found in beats]
    assert recent.shape_count() == 1


def test_statuses_are_digits() -> None:
    states = [Status.DOWN, Status.UP, Status.PENDING, Status.MAINTENANCE, Status.UP]
    recent = filled([beat(n, START_MS + n, status=status) for n, status in enumerate(states)])
    assert recent.statuses(1) == "01231"


@given(st.lists(BEATS.map(lambda found: found._replace(monitor_id=5)), max_size=20))
def test_the_json_is_that_of_the_rows(beats: list[Beat]) -> None:
    recent = filled(beats)
    rows = recent.rows(5)
    assert json.loads(recent.rows_json(5)) == [found.as_row() for found in rows]
    assert [found._replace(ping=None) for found in rows] == [found._replace(ping=None) for found in beats]


def test_the_json_has_the_keys_in_the_order_of_the_wire() -> None:
    recent = filled([beat(1, START_MS, ping=None, msg='say "é"')])
    (row,) = json.loads(recent.rows_json(1))
    assert list(row) == list(beat(1, START_MS).as_row())
    assert 'say \\"é\\"' in recent.rows_json(1)


def test_whole_pings_are_written_without_a_fraction() -> None:
    text = filled([beat(1, START_MS, ping=20.0), beat(2, START_MS, ping=20.25)]).rows_json(1)
    assert '"ping":20,' in text
    assert '"ping":20.25,' in text


def test_texts_of_moments_do_not_pile_up() -> None:
    recent = filled([beat(n, START_MS + n * 3_600_000) for n in range(100)])
    for monitor_id in range(2, 110):
        for n in range(100):
            at = START_MS + (monitor_id * 100 + n) * 600_000
            recent.append(beat(n, at, monitor_id=monitor_id), sealed=True)
        assert json.loads(recent.rows_json(monitor_id))[-1]["time"] == wire_time(at)
    assert len(row_text._hours) <= 1_024
    assert len(row_text._seconds) <= 8_192


@given(
    st.lists(BEATS, min_size=1, max_size=60),
    st.lists(st.integers(1, 60), min_size=1, max_size=8),
    st.integers(0, 5),
)
def test_what_is_packed_in_blocks_is_told_as_before(beats: list[Beat], parts: list[int], late: int) -> None:
    """Blocks are written now and then, some filled up, others beats later: nobody sees a difference."""
    mine = [found._replace(id=number, monitor_id=1) for number, found in enumerate(beats * 5, 1)]
    packed, plain = RecentBeats(), RecentBeats()
    sealer = Sealer(packed)
    taken = iter(mine)
    for number, part in enumerate(parts):
        for found in islice(taken, part):
            packed.append(found)
            plain.append(found, sealed=True)
        sealer.first(1)
        blocks = sealer.blocks()
        for found in islice(taken, late):  # while the block is on its way to the disk
            packed.append(found)
            plain.append(found, sealed=True)
        sealer.done(blocks, [number] * len(blocks))
        ring = packed.rings[1]
        assert len(ring.data) <= (1 + late) * len(plain.rings[1].data) / max(1, len(plain.rings[1]))
        assert packed.rows(1) == plain.rows(1)
        last = plain.rows(1)[-1]
        assert packed.last(1) == plain.last(1) == last
        assert packed.newest_id(1) == last.id
        shape = (last.status, last.msg, *last[7:])
        assert packed.newest_state(1) == (shape, last.ping)
        assert packed.rows_json(1) == plain.rows_json(1)
        assert packed.statuses(1) == plain.statuses(1)
        states = [(found.status, found.retries, found.down_count) for found in reversed(plain.rows(1))]
        assert list(packed.states(1))[:RECENT_BEATS] == states
        middle = packed.rows(1)[len(packed.rows(1)) // 2].id
        assert packed.after(1, middle) == plain.after(1, middle)
    packed.clear_events(1)
    plain.clear_events(1)
    assert packed.rows(1) == plain.rows(1)
    packed.forget(1)
    assert packed.shape_count() == 0


def test_a_block_that_was_under_way_when_texts_were_cleared_brings_none_back() -> None:
    recent = filled([beat(n, START_MS + n, msg="secret", important=True) for n in range(1, 11)], sealed=False)
    sealer = Sealer(recent)
    sealer.first(1)
    blocks = sealer.blocks()
    recent.clear_events(1)
    sealer.done(blocks, [1])
    assert recent.rings[1].unsealed == 0
    assert {(found.msg, found.important) for found in recent.rows(1)} == {("", False)}


def test_a_hundred_packed_beats_take_a_seventh_of_plain_ones() -> None:
    recent = filled(series(RECENT_BEATS), sealed=False)
    before = len(recent.rings[1].data)
    sealer = Sealer(recent)
    sealer.first(1)
    sealer.done(sealer.blocks(), [1])
    ring = recent.rings[1]
    assert len(ring) == RECENT_BEATS
    assert len(ring.data) + sum(len(run.packed) for run in ring.runs) < before / 7
