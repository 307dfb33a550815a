"""Values of a range, on a database in memory: raw where they fit, rolled up where they do not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

import apsw
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kuma_lite.core.migrations import discover, migrate
from kuma_lite.servers.samples import history
from kuma_lite.servers.samples.packing import Sample
from kuma_lite.servers.samples.queries import Values, Wanted, read_values
from kuma_lite.servers.samples.rollup import DAY_MS, HOUR_MS, MINUTE_MS, Kept, Tier, span_start

T0 = 1_699_920_000_000  # a whole day
NOW = T0 + 20 * DAY_MS
CPU = Wanted("cpu_used", 1, counter=False, scale=None, unit="units")
RECEIVED = Wanted("net_recv_b", 2, counter=True, scale=None, unit="bytes")
NET_IN = Wanted("net_in", 2, counter=True, scale=1e-6, unit="MB/s")


class Shelf:
    """The history of two series."""

    def __init__(self) -> None:
        self.connection = apsw.Connection(":memory:")
        migrate(self.connection, discover())

    def clear(self) -> None:
        self.connection.execute("DELETE FROM server_sample; DELETE FROM server_block")

    def put(self, item: Wanted, samples: Iterable[Sample]) -> None:
        history.insert_samples(self.connection, [(item.series_id, *sample) for sample in samples])

    def seal(self, now: int = NOW) -> None:
        for window in history.windows_to_seal(self.connection, now):
            history.seal(self.connection, window, counter=window.series_id == RECEIVED.series_id)

    def drop(self, tier: Tier, before: int) -> None:
        self.connection.execute("DELETE FROM server_block WHERE tier = ? AND start < ?", (tier, before))

    def ask(
        self, *series: Wanted, since: int, until: int = NOW, limit: int = 10_000, kept: Kept | None = None
    ) -> dict[str, Values]:
        return read_values(self.connection, series, since, until, NOW, kept or Kept(raw=90), limit)

    def of(self, item: Wanted, since: int, until: int = NOW, limit: int = 10_000) -> Values:
        return self.ask(item, since=since, until=until, limit=limit).get(item.key, [])


@pytest.fixture(scope="module")
def kept_shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def shelf(kept_shelf: Shelf) -> Iterator[Shelf]:
    yield kept_shelf
    kept_shelf.clear()


def minutes(begin: int, count: int, step: int = MINUTE_MS) -> list[Sample]:
    return [(begin + number * step, 100 + number % 7) for number in range(count)]


@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize("back", [26 * HOUR_MS + 30 * MINUTE_MS, 27 * HOUR_MS, 400 * DAY_MS, 2 * NOW])
def test_few_samples_are_raw_however_long_the_range(shelf: Shelf, sealed: bool, back: int) -> None:
    samples = minutes(NOW - 26 * HOUR_MS, 3)
    shelf.put(CPU, samples)
    if sealed:
        shelf.seal()
    assert shelf.of(CPU, NOW - back, limit=30) == samples
    assert shelf.of(CPU, NOW - back, limit=3) == samples


def test_what_does_not_fit_is_rolled_up_from_the_first_bucket_on(shelf: Shelf) -> None:
    shelf.put(CPU, minutes(NOW - 26 * HOUR_MS - 30 * MINUTE_MS, 60))
    shelf.seal()
    since = NOW - 26 * HOUR_MS - 25 * MINUTE_MS
    found = shelf.of(CPU, since, limit=10)
    assert [time for time, _ in found] == [
        since,
        *range(NOW - 26 * HOUR_MS - 20 * MINUTE_MS, since + 55 * MINUTE_MS, 10 * MINUTE_MS),
    ]
    found = shelf.of(CPU, since, limit=2)  # two hours
    assert [time for time, _ in found] == [since, NOW - 26 * HOUR_MS]
    (only,) = shelf.of(CPU, since, limit=1)  # two days, the older one
    assert only[0] == since


def test_a_lone_reading_of_a_counter_is_there(shelf: Shelf) -> None:
    shelf.put(RECEIVED, [(NOW - 3 * DAY_MS, 5_000)])
    for _ in range(2):
        assert shelf.of(RECEIVED, NOW - 30 * DAY_MS) == [(NOW - 3 * DAY_MS, 5_000)]
        # The many samples of another one do not take its place.
        shelf.put(CPU, minutes(NOW - 2 * DAY_MS, 2_000))
        found = shelf.ask(CPU, RECEIVED, since=NOW - 30 * DAY_MS, limit=500)
        assert found[RECEIVED.key] == [(NOW - 3 * DAY_MS, 5_000)] and 100 < len(found[CPU.key]) < 500
        shelf.seal()


def test_series_alike_are_rolled_up_alike(shelf: Shelf) -> None:
    shelf.put(CPU, minutes(NOW - 2 * DAY_MS, 1_000))
    shelf.put(RECEIVED, minutes(NOW - 2 * DAY_MS, 1_000))
    shelf.seal()
    found = shelf.ask(CPU, RECEIVED, since=NOW - 3 * DAY_MS, limit=1_500)
    assert [len(values) for values in found.values()] == [100, 100]
    found = shelf.ask(CPU, RECEIVED, since=NOW - 3 * DAY_MS, limit=2_000)
    assert [len(values) for values in found.values()] == [1_000, 1_000]


def test_a_rolled_up_reading_is_stamped_when_it_had_been_read(shelf: Shelf) -> None:
    begin = NOW - 2 * DAY_MS
    samples: list[Sample] = [(begin + number * MINUTE_MS + 1_000, 1_000 * number) for number in range(115)]
    shelf.put(RECEIVED, samples)
    shelf.seal()
    until = begin + 26 * HOUR_MS
    found = shelf.of(RECEIVED, begin, until, limit=5)
    assert found == [(begin + HOUR_MS, 59_000), (begin + 2 * HOUR_MS, 114_000)]
    # Of a bucket that is not over, the end is the range's.
    found = shelf.of(RECEIVED, begin - 2 * DAY_MS, begin + 114 * MINUTE_MS + 1_000, limit=5)
    assert found == [(begin + HOUR_MS, 59_000), (begin + 114 * MINUTE_MS + 1_000, 114_000)]


def test_where_raw_is_no_longer_kept_the_finest_roll_up_speaks(shelf: Shelf) -> None:
    samples = minutes(NOW - 4 * DAY_MS, 4 * 24 * 6, 10 * MINUTE_MS)
    shelf.put(CPU, samples)
    shelf.seal()
    border = NOW - 2 * DAY_MS
    shelf.drop(Tier.RAW, border)
    for since in (NOW - 4 * DAY_MS, NOW - 30 * DAY_MS, border - HOUR_MS):
        found = shelf.of(CPU, since)
        # A sample in ten minutes: the roll-up is the sample.
        assert found == [row for row in samples if row[0] >= since]
    # A range within a day, too.
    since = border - 5 * HOUR_MS
    assert shelf.of(CPU, since, since + 3 * HOUR_MS) == [
        row for row in samples if since <= row[0] <= since + 3 * HOUR_MS
    ]


def test_a_hole_in_raw_history_is_filled(shelf: Shelf) -> None:
    samples = minutes(NOW - 4 * DAY_MS, 4 * 24 * 6, 10 * MINUTE_MS)
    shelf.put(CPU, samples)
    shelf.seal()
    shelf.drop(Tier.RAW, NOW - DAY_MS)
    shelf.put(CPU, samples[:1])  # sent again, after it was thrown away
    assert shelf.of(CPU, NOW - 4 * DAY_MS) == [samples[0], *samples[36:]]  # six hours: a block of its own


def test_three_tiers_meet_without_a_hole(shelf: Shelf) -> None:
    begin = NOW - 12 * DAY_MS
    shelf.put(CPU, minutes(begin, 12 * 24 * 12, 5 * MINUTE_MS))
    shelf.seal()
    raw, fine = NOW - DAY_MS, span_start(Tier.TEN_MINUTES, NOW - 5 * DAY_MS)
    shelf.drop(Tier.RAW, raw)
    shelf.drop(Tier.TEN_MINUTES, fine)
    assert [time for time, _ in shelf.of(CPU, begin + 1)] == [
        begin + 1,
        *range(begin + HOUR_MS, fine, HOUR_MS),
        *range(fine, raw, 10 * MINUTE_MS),
        *range(raw, NOW, 5 * MINUTE_MS),
    ]


def test_a_waiting_sample_hides_no_roll_up(shelf: Shelf) -> None:
    """It lies in a block of ten minutes that is gone, and the hours before it are kept."""
    shelf.put(CPU, [(T0, 1), (T0 + 18 * HOUR_MS, 2)])
    shelf.seal(T0 + DAY_MS)
    shelf.drop(Tier.RAW, T0 + 6 * HOUR_MS)
    shelf.drop(Tier.TEN_MINUTES, T0)
    assert shelf.of(CPU, T0, T0 + DAY_MS) == [(T0, 1), (T0 + 18 * HOUR_MS, 2)]


def test_what_is_past_its_time_counts_as_gone(shelf: Shelf) -> None:
    shelf.put(CPU, minutes(NOW - 10 * DAY_MS, 60))
    shelf.seal()
    kept = Kept(raw=2)
    found = shelf.ask(CPU, since=NOW - 11 * DAY_MS, kept=kept)[CPU.key]
    assert [time - (NOW - 10 * DAY_MS) for time, _ in found] == [n * 10 * MINUTE_MS for n in range(6)]


def test_a_sample_sent_again_is_counted_once(shelf: Shelf) -> None:
    samples = minutes(NOW - 26 * HOUR_MS, 30)
    shelf.put(CPU, samples)
    shelf.seal()
    shelf.put(CPU, samples)
    assert shelf.of(CPU, NOW - 3 * DAY_MS, limit=30) == samples


@pytest.mark.parametrize("sealed", [False, True])
def test_rates_begin_with_the_reading_before_the_range(shelf: Shelf, sealed: bool) -> None:
    shelf.put(RECEIVED, [(T0 + number * MINUTE_MS, 60_000_000 * number) for number in range(30)])
    if sealed:
        shelf.seal()
    since, until = T0 + 10 * MINUTE_MS, T0 + 19 * MINUTE_MS
    assert shelf.of(NET_IN, since, until) == [(since + n * MINUTE_MS, 1.0) for n in range(10)]


def test_rates_begin_with_the_block_before(shelf: Shelf) -> None:
    begin = T0 + 6 * HOUR_MS
    shelf.put(RECEIVED, [(begin - 30_000, 0), (begin + 30_000, 60_000_000)])
    shelf.seal()
    assert shelf.of(NET_IN, begin + 10_000, begin + MINUTE_MS) == [(begin + 30_000, 1.0)]


# --- whatever there is -------------------------------------------------------------------------------------

moments = st.integers(0, 20 * 24 * 60 * 60 - 1).map(lambda second: T0 + second * 1000)
# Lone samples, and runs of them that fill buckets.
runs = st.lists(st.tuples(moments, st.integers(1, 40)), min_size=1, max_size=8)


@given(runs, st.integers(0, 20), st.tuples(moments, moments), st.integers(22, 200))
def test_nothing_is_lost_and_nothing_lies_outside(
    kept_shelf: Shelf, laid: list[tuple[int, int]], packed_days: int, ends: tuple[int, int], limit: int
) -> None:
    kept_shelf.clear()
    since, until = sorted(ends)
    samples = {time: value for begin, count in laid for time, value in minutes(begin, count)}
    kept_shelf.put(CPU, samples.items())
    kept_shelf.seal(T0 + packed_days * DAY_MS)
    found = kept_shelf.of(CPU, since, until, limit)
    times = [time for time, _ in found]
    assert len(found) <= limit
    assert all(since <= time <= until for time in times)
    assert all(earlier < later for earlier, later in pairwise(times))
    inside = sorted(row for row in samples.items() if since <= row[0] <= until)
    if len(inside) <= limit:
        assert found == inside
    elif until - since > DAY_MS:
        for time, _ in inside:
            assert any(time - DAY_MS < stamp <= time for stamp in times)
    else:
        assert found == inside[:limit]


@given(runs, st.integers(0, 20), st.tuples(moments, moments), st.integers(22, 200), st.integers(0, 80))
@example([(T0, 1), (T0 + 62_460_000, 40)], 1, (T0, T0), 22, 1)
def test_no_border_between_tiers_is_a_hole(
    kept_shelf: Shelf,
    laid: list[tuple[int, int]],
    packed_days: int,
    ends: tuple[int, int],
    limit: int,
    dropped: int,
) -> None:
    kept_shelf.clear()
    since, until = min(ends), max(ends) + DAY_MS
    samples = {time: value for begin, count in laid for time, value in minutes(begin, count)}
    kept_shelf.put(CPU, samples.items())
    kept_shelf.seal(T0 + packed_days * DAY_MS)
    kept_shelf.drop(Tier.RAW, T0 + dropped * 6 * HOUR_MS)
    kept_shelf.drop(Tier.TEN_MINUTES, T0 + dropped * 2 * HOUR_MS)
    times = [time for time, _ in kept_shelf.of(CPU, since, until, limit)]
    assert all(since <= time <= until for time in times)
    assert all(earlier < later for earlier, later in pairwise(times))
    for time in samples:
        if since <= time <= until:
            assert any(time - DAY_MS < stamp <= time for stamp in times)
