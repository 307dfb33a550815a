"""The sliding day where it is hard: at its edges, and when the clock was set back between two starts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.beats.buckets import Bucket
from kuma_lite.beats.minutes import DAY_MINUTES, NOTHING, Minutes, Totals, counted, fold, pack_minutes
from kuma_lite.core.declarations import Status

M = 30_000_000  # a minute of 2027; its lower 16 bits are 49,920


def loaded(*blocks: dict[int, int], base: int = M) -> Minutes:
    """What is known after a start: blocks of minute (after `base`) → beats that were up."""
    minutes = Minutes()
    for block in blocks:
        buckets = {base + minute: Bucket(up=up) for minute, up in block.items()}
        minutes.load(pack_minutes(buckets), base + max(block))
    minutes.loaded()
    return minutes


def ups(minutes: Minutes, *at: int, base: int = M) -> list[int]:
    return [minutes.totals(base + minute).up for minute in at]


@pytest.mark.parametrize(
    ("status", "ping", "expected"),
    [
        (Status.UP, 5.0, (1, 0, 1, 5.0)),
        (Status.UP, None, (1, 0, 0, 0.0)),
        (Status.UP, 0.0, (1, 0, 1, 0.0)),
        (Status.DOWN, 5.0, (0, 1, 0, 0.0)),
        (Status.PENDING, None, (0, 0, 0, 0.0)),
        (Status.MAINTENANCE, 5.0, (0, 0, 0, 0.0)),
    ],
)
def test_what_one_beat_adds(status: Status, ping: float | None, expected: tuple[float, ...]) -> None:
    assert tuple(counted(status, ping)) == expected


def test_totals_add_up() -> None:
    assert Totals(1, 2, 3, 4.5).plus(Totals(10, 20, 30, 40.0)) == Totals(11, 22, 33, 44.5)
    assert [total.empty for total in (NOTHING, Totals(up=1), Totals(down=1))] == [True, False, False]


def test_the_window_ends_with_its_minute_and_begins_a_day_before() -> None:
    assert ups(loaded({0: 1, 5: 2}), 5, DAY_MINUTES - 1, DAY_MINUTES, DAY_MINUTES + 4, DAY_MINUTES + 5) == [
        3,
        3,
        2,
        2,
        0,
    ]


def test_minutes_that_are_still_to_come_do_not_count_yet() -> None:
    """The clock was set back: what it said before is the future now."""
    minutes = loaded({0: 1}, {500: 2}, {DAY_MINUTES + 5: 4})
    assert ups(minutes, DAY_MINUTES + 4, DAY_MINUTES, DAY_MINUTES - 1, 500, 499) == [2, 2, 3, 3, 1]
    assert ups(minutes, DAY_MINUTES + 5) == [6]


def test_the_minute_that_is_being_counted_counts_in_its_own_day_only() -> None:
    minutes = Minutes()
    minutes.add(M, 1, 0, 0, 0.0)
    assert ups(minutes, -1, 0, DAY_MINUTES - 1, DAY_MINUTES) == [0, 1, 1, 0]
    assert minutes.latest == Totals(up=1)


@pytest.mark.parametrize(("back", "kept"), [(DAY_MINUTES, 1), (DAY_MINUTES + 1, 0)])
def test_a_clock_that_is_set_back_by_more_than_a_day_was_wrong_before(back: int, kept: int) -> None:
    minutes = Minutes()
    minutes.add(M, 1, 0, 0, 0.0)
    minutes.add(M - back, 2, 0, 0, 0.0)
    assert ups(minutes, -back, 0) == [2, kept]


def test_what_was_recorded_while_the_clock_was_behind_is_put_in_its_place() -> None:
    # 2,500 and the others are written by their lower 16 bits, of which the first byte comes first.
    minutes = loaded({500: 1, 1_001: 2}, {0: 4, 900: 8})
    assert ups(minutes, 1_001) == [15]
    assert ups(minutes, DAY_MINUTES, DAY_MINUTES + 499) == [11, 11]
    assert ups(minutes, DAY_MINUTES + 500, DAY_MINUTES + 900, DAY_MINUTES + 1_001) == [10, 2, 0]


@pytest.mark.parametrize("last", [1_001, 1_100, 1_500])
@pytest.mark.parametrize(
    "base", [M, 458 << 16, (458 << 16) - 1_036]
)  # minutes are written by their lower 16 bits
def test_a_block_that_begins_before_the_last_one_ended_is_put_in_its_place(base: int, last: int) -> None:
    """The clock was set back a little, and what was recorded then reaches beyond the block before."""
    minutes = loaded({500: 1, 1_001: 2}, {900: 4, last: 8}, base=base)
    assert ups(minutes, last, base=base) == [15]
    later = [DAY_MINUTES + minute for minute in (499, 500, 900, last)]
    assert ups(minutes, *later, base=base) == [15, 14, 10, 0]


def test_what_was_loaded_goes_on_to_be_counted() -> None:
    minutes = loaded({0: 1, 5: 2})
    for minute in (6, 7):
        minutes.add(M + minute, 4, 0, 0, 0.0)
    assert ups(minutes, 7, DAY_MINUTES, DAY_MINUTES + 5) == [11, 10, 8]


def test_a_block_after_a_long_pause_is_all_there_is() -> None:
    assert ups(loaded({0: 1}, {DAY_MINUTES: 2}), DAY_MINUTES) == [2]
    minutes = loaded({0: 1}, {DAY_MINUTES + 1: 2})
    assert len(minutes.packed()) == 8
    minutes = loaded({0: 1}, {DAY_MINUTES: 2})
    assert len(minutes.packed()) == 16


@pytest.mark.parametrize("about", [0, 20_000, -20_000, 32_768, -32_767])
def test_a_minute_nearby_tells_which_one_is_meant(about: int) -> None:
    minutes = Minutes()
    minutes.load(pack_minutes({M: Bucket(up=3)}), M + about)
    minutes.loaded()
    assert ups(minutes, 0, DAY_MINUTES - 1, DAY_MINUTES) == [3, 3, 0]


def test_nothing_loaded_is_nothing() -> None:
    minutes = Minutes()
    minutes.load(b"", M)
    minutes.loaded()
    assert (minutes.totals(M), minutes.latest, minutes.packed()) == (NOTHING, NOTHING, b"")


def test_what_is_packed_holds_the_minute_that_is_being_counted() -> None:
    minutes = Minutes()
    minutes.add(M, 1, 1, 1, 8.0)
    minutes.add(M + 1, 2, 0, 0, 0.0)
    again = Minutes()
    again.load(minutes.packed(), M)
    again.loaded()
    assert again.totals(M + 1) == minutes.totals(M + 1) == Totals(3, 1, 1, 8.0)
    assert again.totals(M + DAY_MINUTES) == Totals(up=2)


def test_packing_leaves_out_what_no_window_will_show() -> None:
    buckets = {M: Bucket(up=1), M + 1: Bucket(up=2), M + DAY_MINUTES: Bucket(up=4)}
    minutes = Minutes()
    minutes.load(pack_minutes(buckets), M + DAY_MINUTES)
    minutes.loaded()
    assert len(minutes.packed()) == 16
    assert ups(minutes, DAY_MINUTES) == [6]
    assert pack_minutes({}) == b""
    assert pack_minutes({M: Bucket(maintenance=3)}) == b""


@pytest.mark.parametrize(
    ("bucket", "entries"),
    [
        (Bucket(up=255, down=255, pings=255, ping_sum=510.0), 1),
        (Bucket(up=255, down=255), 1),
        (Bucket(up=256, pings=256, ping_sum=512.0), 2),
        (Bucket(up=1, down=256), 2),
        (Bucket(up=2, down=1, pings=1, ping_sum=3.0), 2),
        (Bucket(up=1_000, down=600, pings=700, ping_sum=7_000.0), 6),
    ],
)
def test_a_full_minute_takes_several_entries(bucket: Bucket, entries: int) -> None:
    packed = pack_minutes({M: bucket})
    assert len(packed) == 8 * entries
    minutes = Minutes()
    minutes.load(packed, M)
    minutes.loaded()
    found = minutes.totals(M)
    assert found[:3] == (bucket.up, bucket.down, bucket.pings)
    assert found.ping_sum == pytest.approx(bucket.ping_sum, rel=1e-6)
    assert minutes.totals(M + DAY_MINUTES) == NOTHING


def test_a_response_time_of_years_is_cut_to_what_fits() -> None:
    minutes = Minutes()
    minutes.add(M, 1, 0, 1, 1e39)
    minutes.add(M + 1, 1, 0, 1, 4.0)
    assert minutes.totals(M + 1).ping_sum == pytest.approx(3e38)
    assert minutes.totals(M + DAY_MINUTES) == Totals(1, 0, 1, 4.0), "nothing of it is left behind"


def test_a_full_day_takes_little_room_and_slides_on() -> None:
    minutes = Minutes()
    for minute in range(DAY_MINUTES):
        minutes.add(M + minute, 3, 0, 3, 100.0 + minute * 37 % 90)
    kept = len(minutes._head) + len(minutes._entries) + sum(map(len, minutes._folds))
    assert kept <= 4 * DAY_MINUTES, "half of what plain entries take"
    for after in (0, 1, 60, 61, 700, DAY_MINUTES - 1, DAY_MINUTES):
        counted = range(max(0, after), DAY_MINUTES)
        found = minutes.totals(M + DAY_MINUTES - 1 + after)
        assert found == Totals(
            3 * len(counted), 0, 3 * len(counted), sum(100.0 + minute * 37 % 90 for minute in counted)
        )


def test_folded_entries_load_as_plain_ones() -> None:
    buckets = {M + minute: Bucket(up=3, down=minute % 2) for minute in range(100)}
    entries = pack_minutes(buckets)
    assert len(fold(entries)) < len(entries) / 4
    plain, folded = Minutes(), Minutes()
    for found, packed in ((plain, entries), (folded, fold(entries))):
        found.load(packed, M + 99)
        found.load(pack_minutes({M + 50: Bucket(up=1)}), M + 50)  # the clock was set back
        found.loaded()
    assert folded.packed() == plain.packed()
    assert [folded.totals(M + at) for at in (50, 99, DAY_MINUTES + 40)] == [
        plain.totals(M + at) for at in (50, 99, DAY_MINUTES + 40)
    ]


@given(
    st.lists(st.integers(0, 2 * DAY_MINUTES), max_size=200), st.integers(0, 4 * DAY_MINUTES), st.booleans()
)
def test_totals_are_steady_until_then(counted_at: list[int], minute: int, in_order: bool) -> None:
    minutes = Minutes()
    for each in sorted(counted_at) if in_order else counted_at:
        minutes.add(M + each, 1, 0, 0, 0.0)
    until = minutes.steady_until(M + minute)
    assert until > M + minute
    now = minutes.totals(M + minute)
    for later in {M + minute + 1, until - 1, (M + minute + until) // 2}:
        if M + minute < later < min(until, M + 6 * DAY_MINUTES):
            assert minutes.totals(later) == now
    if until < M + 6 * DAY_MINUTES and in_order and max(counted_at) <= minute:
        assert minutes.totals(until) != now
