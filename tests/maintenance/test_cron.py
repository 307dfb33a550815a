"""Cron patterns: what they say, what they refuse, and what changes of the clock do to them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise, product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.maintenance.cron import CronError, Once, Pattern, parse
from kuma_lite.maintenance.zones import moments_of, to_moment, to_wall
from tests.support.examples import examples

PARTS = "exactly five or six space separated parts are required."
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]


def pattern(text: str) -> Pattern:
    parsed = parse(text)
    assert isinstance(parsed, Pattern)
    return parsed


def after(text: str, wall: str, zone: str = "UTC", count: int = 1) -> list[str]:
    """The next occurrences after a wall time, as wall times."""
    place = ZoneInfo(zone)
    moment: float | None = to_moment(datetime.fromisoformat(wall), place)
    found = []
    for _ in range(count):
        assert moment is not None
        moment = parse(text).next_after(moment, place)
        if moment is None:
            break
        found.append(to_wall(moment, place).isoformat(" "))
    return found


def seconds_after(text: str, start: float, zone: str, count: int) -> list[float]:
    moments: list[float] = []
    for _ in range(count):
        found = parse(text).next_after(moments[-1] if moments else start, ZoneInfo(zone))
        assert found is not None
        moments.append(found)
    return moments


# --- What patterns say -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "field", "values"),
    [
        ("*/15 * * * *", "minutes", (0, 15, 30, 45)),
        ("5/20 * * * *", "minutes", (5, 25, 45)),
        ("10-20/5,59,3 * * * *", "minutes", (3, 10, 15, 20, 59)),
        ("7,7,7 * * * *", "minutes", (7,)),
        ("*/59 * * * *", "minutes", (0, 59)),
        ("0 8-10 * * *", "hours", (8, 9, 10)),
        ("0 */1 * * *", "hours", tuple(range(24))),
        ("30 0 8 * * *", "seconds", (30,)),
        ("0 8 * * *", "seconds", (0,)),
        ("? ? * * ?", "hours", tuple(range(24))),
        ("0 0 * JAN,mar-May *", "months", frozenset({1, 3, 4, 5})),
        ("0 0 1,15,L * *", "days", frozenset({1, 15})),
        ("0 0 l * *", "days", frozenset()),
        ("0 0 * * *", "days", None),
        ("0 0 * * *", "weekdays", None),
        ("0 0 * * *,1", "weekdays", None),
        ("0 0 * * 7", "weekdays", frozenset({(0, 0)})),
        ("0 0 * * MON-FRI", "weekdays", frozenset({(day, 0) for day in range(1, 6)})),
        ("0 0 * * fri-sun", "weekdays", frozenset({(5, 0), (6, 0), (0, 0)})),
        ("0 0 * * */2", "weekdays", frozenset({(0, 0), (2, 0), (4, 0), (6, 0)})),
        ("0 0 * * 5#2,sun#l", "weekdays", frozenset({(5, 2), (0, -1)})),
        ("0 0 * * 1#1,2#3,3#4,4#5,5#L", "weekdays", frozenset({(1, 1), (2, 3), (3, 4), (4, 5), (5, -1)})),
        ("0  0 \t * * 1", "weekdays", frozenset({(1, 0)})),
    ],
)
def test_fields(text: str, field: str, values: object) -> None:
    assert getattr(pattern(text), field) == values


def test_last_day_is_one_of_the_days() -> None:
    assert pattern("0 0 1,L * *").last_day
    assert not pattern("0 0 1 * *").last_day


@pytest.mark.parametrize(
    ("text", "year", "month", "days"),
    [
        ("0 0 L * *", 2024, 2, [29]),
        ("0 0 31,L * *", 2026, 2, [28]),
        ("0 0 30 * *", 2026, 2, []),
        ("0 0 * * 1", 2026, 11, [2, 9, 16, 23, 30]),
        ("0 0 * * SUN#L", 2024, 2, [25]),
        ("0 0 * * THU-FRI#L", 2024, 2, [23, 29]),
        ("0 0 * * 5#2", 2026, 1, [9]),
        ("0 0 * * MON#5", 2026, 2, []),
        ("0 0 13 * 5", 2026, 2, [6, 13, 20, 27]),  # either is enough
        ("0 0 1 * 5", 2026, 2, [1, 6, 13, 20, 27]),
        ("0 0 */10 * *", 2026, 2, [1, 11, 21]),
    ],
)
def test_days_of_a_month(text: str, year: int, month: int, days: list[int]) -> None:
    assert pattern(text).days_of(year, month) == days


@pytest.mark.parametrize(
    ("nickname", "text"),
    [
        ("@yearly", "0 0 1 1 *"),
        ("@annually", "0 0 1 1 *"),
        ("@monthly", "0 0 1 * *"),
        ("@weekly", "0 0 * * 0"),
        (" @Daily ", "0 0 * * *"),
        ("@hourly", "0 * * * *"),
    ],
)
def test_nicknames(nickname: str, text: str) -> None:
    assert parse(nickname) == parse(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", f"invalid configuration format (''), {PARTS}"),
        (
            "not a cron",
            f"invalid configuration format ('not a cron'), {PARTS}",
        ),
        (
            "0 2  * *",
            f"invalid configuration format ('0 2  * *'), {PARTS}",
        ),
        (
            "0 0 0 1 1 * 2026",
            f"invalid configuration format ('0 0 0 1 1 * 2026'), {PARTS}",
        ),
        ("61 * * * *", "Invalid value for minute: 61"),
        ("61 * * * * *", "Invalid value for second: 61"),
        ("* 24 * * *", "Invalid value for hour: 24"),
        ("* * 0 * *", "Invalid value for day: 0"),
        ("* * * 13 *", "Invalid value for month: 13"),
        ("* * * * 8", "Invalid value for dayOfWeek: 8"),
        ("0 2 * * ", "configuration entry dayOfWeek () is empty, check for trailing spaces."),
        ("1,,2 * * * *", "configuration entry minute () is empty, check for trailing spaces."),
        ("a * * * *", "configuration entry 1 (a) contains illegal characters."),
        ("*1 * * * *", "configuration entry 1 (*1) contains illegal characters."),
        ("20-x * * * *", "configuration entry 1 (20-x) contains illegal characters."),
        ("-5 * * * *", "configuration entry 1 (-5) contains illegal characters."),
        ("٣ * * * *", "configuration entry 1 (٣) contains illegal characters."),
        ("20-10 * * * *", "configuration entry minute (20-10) counts backwards."),
        ("*/0 * * * *", "configuration entry minute (*/0) has no usable step."),
        ("*/x * * * *", "configuration entry minute (*/x) has no usable step."),
        ("*/99 * * * *", "configuration entry minute (*/99) has no usable step."),
        ("0 0 * * 1#6", "configuration entry 5 (1#6) has an occurrence outside 1 to 5."),
        ("0 12:30 * * *", "invalid date '0 12:30 * * *'."),
    ],
)
def test_what_is_no_pattern(text: str, sentence: str) -> None:
    with pytest.raises(CronError) as caught:
        parse(text)
    assert str(caught.value) == f"CronPattern: {sentence}"


def test_a_date_stands_for_itself() -> None:
    assert parse("2026-03-29T02:30:00") == Once(datetime(2026, 3, 29, 2, 30))
    assert after("2026-07-01T12:00", "2026-01-01 00:00:00", "Europe/Berlin", 2) == ["2026-07-01 12:00:00"]


# --- When they occur ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wall", "next_ones"),
    [
        ("0 2 * * *", "2026-11-22 01:59:59", ["2026-11-22 02:00:00", "2026-11-23 02:00:00"]),
        ("0 2 * * *", "2026-11-22 02:00:00", ["2026-11-23 02:00:00"]),
        ("0 2 * * 0,1,5", "2026-11-22 03:00:00", ["2026-11-23 02:00:00", "2026-11-27 02:00:00"]),
        ("0 0 29 2 *", "2026-01-01 00:00:00", ["2028-02-29 00:00:00", "2032-02-29 00:00:00"]),
        ("0 0 29 2 *", "2096-03-01 00:00:00", ["2104-02-29 00:00:00"]),
        ("0 0 * 2 MON#5", "2026-01-01 00:00:00", ["2044-02-29 00:00:00", "2072-02-29 00:00:00"]),
        ("0 0 * 2 MON#5", "2072-03-01 00:00:00", ["2112-02-29 00:00:00"]),  # 2100 is no leap year
        ("30 59 23 31 12 *", "2026-12-31 23:59:30", ["2027-12-31 23:59:30"]),
        ("*/20 * * * * *", "2026-12-31 23:59:30", ["2026-12-31 23:59:40", "2027-01-01 00:00:00"]),
    ],
)
def test_next(text: str, wall: str, next_ones: list[str]) -> None:
    assert after(text, wall, count=len(next_ones)) == next_ones


def test_a_fraction_of_a_second_is_not_skipped_to() -> None:
    at_two = datetime(2026, 11, 22, 2, tzinfo=UTC).timestamp()
    assert parse("0 2 * * *").next_after(at_two - 0.25, UTC) == at_two
    assert parse("0 2 * * *").next_after(at_two + 0.25, UTC) == at_two + 86_400


def test_the_calendar_ends() -> None:
    found = parse("0 0 1 1 *")
    last = datetime(9980, 1, 1, tzinfo=UTC).timestamp()
    assert found.next_after(last - 1, UTC) == found.next_after(last - 200 * 86_400, UTC) == last
    assert found.next_after(last, UTC) is None


def test_never() -> None:
    assert parse("0 0 30 2 *").next_after(0.0, UTC) is None
    assert parse("0 0 1 1 *").next_after(datetime(9985, 1, 1, tzinfo=UTC).timestamp(), UTC) is None


@pytest.mark.parametrize(
    ("text", "wall", "zone", "next_ones"),
    [
        # Skipped: the moment as much later, once, in the order of the moments.
        (
            "30 2 * * *",
            "2026-03-28 12:00:00",
            "Europe/Berlin",
            ["2026-03-29 03:30:00", "2026-03-30 02:30:00"],
        ),
        (
            "30 2 * * *",
            "2026-03-07 12:00:00",
            "America/New_York",
            ["2026-03-08 03:30:00", "2026-03-09 02:30:00"],
        ),
        (
            "30 2,3 * * *",
            "2026-03-28 12:00:00",
            "Europe/Berlin",
            ["2026-03-29 03:30:00", "2026-03-30 02:30:00"],
        ),
        (
            "30,45 2,3 * * *",
            "2026-03-29 01:00:00",
            "Europe/Berlin",
            ["2026-03-29 03:30:00", "2026-03-29 03:45:00", "2026-03-30 02:30:00"],
        ),
        (
            "10 3 * * *",
            "2026-03-29 01:00:00",
            "Europe/Berlin",
            ["2026-03-29 03:10:00", "2026-03-30 03:10:00"],
        ),
        (
            "15 2 * * *",
            "2026-10-03 12:00:00",
            "Australia/Lord_Howe",
            ["2026-10-04 02:45:00", "2026-10-05 02:15:00"],
        ),
        # Also when the clocks have just been changed.
        (
            "30 2 * * *",
            "2026-03-29 03:10:00",
            "Europe/Berlin",
            ["2026-03-29 03:30:00", "2026-03-30 02:30:00"],
        ),
        (
            "30 2 * * *",
            "2026-03-08 03:10:00",
            "America/New_York",
            ["2026-03-08 03:30:00", "2026-03-09 02:30:00"],
        ),
        # 02:15 is skipped and happens at 02:45, after the real 02:40.
        (
            "15,40 2 * * *",
            "2026-10-03 12:00:00",
            "Australia/Lord_Howe",
            ["2026-10-04 02:40:00", "2026-10-04 02:45:00", "2026-10-05 02:15:00"],
        ),
        # Twice: once, at the first.
        (
            "30 2 * * *",
            "2026-10-25 01:00:00",
            "Europe/Berlin",
            ["2026-10-25 02:30:00", "2026-10-26 02:30:00"],
        ),
        (
            "30 1 * * *",
            "2026-11-01 00:00:00",
            "America/New_York",
            ["2026-11-01 01:30:00", "2026-11-02 01:30:00"],
        ),
        # A pattern of every hour, or every so many, goes on in both; croner 11 has the same moments.
        (
            "0 * * * *",
            "2026-10-25 01:30:00",
            "Europe/Berlin",
            ["2026-10-25 02:00:00", "2026-10-25 02:00:00", "2026-10-25 03:00:00"],
        ),
        (
            "*/30 * * * *",
            "2026-11-01 00:40:00",
            "America/New_York",
            ["2026-11-01 01:00:00", "2026-11-01 01:30:00", "2026-11-01 01:00:00", "2026-11-01 01:30:00"],
        ),
        (
            "0 */2 * * *",
            "2026-10-24 23:30:00",
            "Europe/Berlin",
            ["2026-10-25 00:00:00", "2026-10-25 02:00:00", "2026-10-25 02:00:00", "2026-10-25 04:00:00"],
        ),
        # No changes at all.
        ("30 2 * * *", "2026-03-28 12:00:00", "Asia/Kolkata", ["2026-03-29 02:30:00", "2026-03-30 02:30:00"]),
    ],
)
def test_changes_of_the_clock(text: str, wall: str, zone: str, next_ones: list[str]) -> None:
    assert after(text, wall, zone, len(next_ones)) == next_ones


def test_skipped_and_real_times_come_in_the_order_of_moments() -> None:
    # 02:30 is skipped and happens at 03:30, after the real 03:10.
    start = datetime(2026, 3, 29, 0, 0, tzinfo=UTC).timestamp()
    moments = seconds_after("0 10 3 * * *", start, "Europe/Berlin", 1)
    moments += seconds_after("0 30 2 * * *", start, "Europe/Berlin", 1)
    assert moments == sorted(moments)
    assert seconds_after("10,30 2,3 * * *", start, "Europe/Berlin", 2) == moments


def test_the_first_of_two_is_the_earlier_moment() -> None:
    start = datetime(2026, 10, 24, 23, 0, tzinfo=UTC).timestamp()
    assert seconds_after("30 2 * * *", start, "Europe/Berlin", 1) == [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp()
    ]


# --- Against a slow and simple reading ---------------------------------------------------------------------

fields = st.sampled_from(["*", "0", "1", "2", "3", "30", "*/7", "1-3", "0,2,59", "15/20"])
hours = st.sampled_from(["*", "0", "1", "2", "3", "23", "1-3", "*/5", "0,2"])
patterns = st.builds(
    "{} {} {} * {}".format,
    fields,
    hours,
    st.sampled_from(["*", "1", "5", "8", "25", "29", "L", "1-9", "*/2"]),
    st.sampled_from(["*", "0", "1,3", "6", "SUN#L", "SUN#1-", "MON-FRI"]).map(lambda t: t.rstrip("-")),
)
# Days around changes of the clock, and some others.
days = st.sampled_from(
    [date(2026, 3, 8), date(2026, 3, 29), date(2026, 4, 5), date(2026, 10, 4), date(2026, 10, 25),
     date(2026, 11, 1), date(2026, 2, 27), date(2026, 12, 31)]
)  # fmt: skip


def simply(text: str, moment: float, zone: ZoneInfo) -> float:
    """Every wall time of the next days, turned into a moment, and the earliest one that is later."""
    found = pattern(text)
    start = to_wall(moment, zone).date() - timedelta(days=2)
    moments = [
        moment
        for day in (start + timedelta(days=n) for n in range(40))
        if day.day in found.days_of(day.year, day.month)
        for hour, minute in product(found.hours, found.minutes)
        for moment in moments_of(datetime.combine(day, time(hour, minute)), zone)[
            : 2 if found.hours_pass else 1
        ]
    ]
    return min(item for item in moments if item > moment)


@examples(150)
@given(patterns, days, st.integers(-6 * 3600, 30 * 3600), st.sampled_from(ZONES))
def test_next_is_what_a_simple_reading_says(text: str, day: date, offset: int, name: str) -> None:
    zone = ZoneInfo(name)
    moment = to_moment(datetime.combine(day, time.min), zone) + offset
    assert parse(text).next_after(moment, zone) == simply(text, moment, zone)


@examples(100)
@given(patterns, days, st.sampled_from(ZONES))
def test_occurrences_only_go_forward(text: str, day: date, name: str) -> None:
    start = to_moment(datetime.combine(day, time.min), ZoneInfo(name)) - 1
    moments = seconds_after(text, start, name, 5)
    assert all(a < b for a, b in pairwise([start, *moments]))


@given(st.text(alphabet="0123456789*/,-#L?JANMONSU @:T", max_size=25))
def test_any_text_is_a_pattern_or_refused(text: str) -> None:
    try:
        parsed = parse(text)
    except CronError:
        return
    found = parsed.next_after(0.0, UTC)
    assert found is None or found > 0
