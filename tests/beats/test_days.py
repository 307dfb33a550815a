"""The days of a year: loaded, counted in any order, summed."""

from __future__ import annotations

from kuma_lite.beats.days import YEAR_DAYS, Days, packed_day
from kuma_lite.beats.minutes import NOTHING, Totals

TODAY = 20_000  # since 1970


def kept(*days: int) -> Days:
    """Days that were loaded; each counts its number in every figure, in its own way."""
    found = Days()
    found.load(
        b"".join(packed_day(TODAY + day, day + 100, day + 200, day + 300, day + 400.5) for day in days)
    )
    return found


def of(*days: int) -> Totals:
    total = NOTHING
    for day in days:
        total = total.plus(Totals(day + 100, day + 200, day + 300, day + 400.5))
    return total


def test_what_was_loaded_is_summed() -> None:
    days = kept(-3, -1, 0)
    assert days.totals(YEAR_DAYS, TODAY) == of(-3, -1, 0)
    assert [days.totals(length, TODAY) for length in (1, 2, 3, 4)] == [
        of(0),
        of(0, -1),
        of(0, -1),
        of(0, -1, -3),
    ]
    assert days.latest == of(0)


def test_of_nothing_there_is_nothing() -> None:
    assert (Days().latest, Days().totals(30, TODAY)) == (NOTHING, NOTHING)


def test_days_to_come_do_not_count_yet() -> None:
    days = kept(-1, 1)
    assert days.totals(30, TODAY) == of(-1)
    assert days.totals(30, TODAY + 1) == of(-1, 1)
    assert days.totals(1, TODAY) == NOTHING


def test_a_beat_counts_in_its_day_however_late_it_comes() -> None:
    days = kept(-2, 0)
    assert days.totals(30, TODAY) == of(-2, 0)
    days.add(TODAY, 1, 2, 3, 4.0)
    assert days.totals(30, TODAY) == of(-2, 0).plus(Totals(1, 2, 3, 4.0))
    days.add(TODAY - 1, 1, 0, 1, 5.0)
    days.add(TODAY - 2, 0, 1, 0, 0.0)
    assert days.totals(30, TODAY) == of(-2, 0).plus(Totals(2, 3, 4, 9.0))
    assert days.totals(2, TODAY) == of(0).plus(Totals(2, 2, 4, 9.0))
    assert days.totals(1, TODAY) == of(0).plus(Totals(1, 2, 3, 4.0))
    assert days.totals(1, TODAY - 1) == Totals(1, 0, 1, 5.0)
    assert days.totals(1, TODAY - 2) == of(-2).plus(Totals(0, 1, 0, 0.0))


def test_sums_follow_the_day() -> None:
    days = kept(-1, 0)
    for today in (TODAY, TODAY + 1, TODAY):
        assert days.totals(2, today) == (of(-1, 0) if today == TODAY else of(0))


def test_no_more_is_kept_than_a_year_and_some() -> None:
    days = Days()
    for day in range(450):
        days.add(TODAY + day, 1, 0, 1, 2.0)
    assert len(days) == YEAR_DAYS + 35
    assert days.totals(YEAR_DAYS, TODAY + 449) == Totals(365, 0, 365, 730.0)
    assert days.totals(YEAR_DAYS, TODAY + 449 - 35) == Totals(365, 0, 365, 730.0), "the clock was set back"
    assert days.totals(YEAR_DAYS, TODAY + 449 - 36) == Totals(364, 0, 364, 728.0)
    days.add(TODAY, 1, 0, 0, 0.0)
    assert len(days) == YEAR_DAYS + 35
    assert days.latest == Totals(1, 0, 1, 2.0)


def test_a_day_that_comes_late_takes_the_place_of_the_oldest() -> None:
    days = kept(0, *range(2, YEAR_DAYS + 36))
    days.add(TODAY + 1, 1, 2, 3, 4.0)
    assert len(days) == YEAR_DAYS + 35
    assert [days.totals(1, TODAY + day) for day in (0, 1, 2)] == [NOTHING, Totals(1, 2, 3, 4.0), of(2)]


def test_days_that_are_over_take_little_room() -> None:
    days = Days()
    days.load(
        b"".join(
            packed_day(TODAY + day, 4_320 - day % 3, day % 3, 4_320 - day % 3, 216_000 + day * 7)
            for day in range(YEAR_DAYS)
        )
    )
    sums = days.totals(YEAR_DAYS, TODAY + YEAR_DAYS - 1)
    assert len(days._before) <= 6 * YEAR_DAYS, "a quarter of what its figures take"
    assert sums.up + sums.down == 4_320 * YEAR_DAYS
    assert sums.ping_sum == sum(216_000 + day * 7 for day in range(YEAR_DAYS))


def test_what_comes_after_midnight_for_the_day_before_counts_where_that_was_asked_for() -> None:
    days = kept(-1, 0)
    assert days.totals(2, TODAY + 1) == of(0)
    days.add(TODAY, 1, 0, 1, 3.0)
    assert days.totals(2, TODAY + 1) == of(0).plus(Totals(1, 0, 1, 3.0))
