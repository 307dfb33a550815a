"""Plans and moments that Hypothesis makes up, around changes of the clock."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

from kuma_lite.maintenance.model import Plan
from tests.maintenance.plans import at, plan, times

SERVER: Final = "Asia/Tokyo"
DAY: Final = 86_400
ZONES: Final = (
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC", "SAME_AS_SERVER",
)  # fmt: skip

clock_times = st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.integers(0, 59))
daily = st.fixed_dictionaries({"timeRange": st.tuples(clock_times, clock_times).map(lambda two: times(*two))})
date_ranges = st.sampled_from(
    [
        [None, None],
        ["2026-03-01", None],
        ["2026-03-29T02:30", "2026-10-25T02:30"],
        [None, "2026-11-01 01:30:00"],
        ["2026-10-04 02:15", "2027-01-01"],
    ]
)


def repeating(strategy: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Plan]:
    return st.builds(
        lambda times, dates, zone, rest: plan(
            strategy, **times, dateRange=dates, timezoneOption=zone, **rest
        ),
        daily,
        date_ranges,
        st.sampled_from(ZONES),
        st.fixed_dictionaries(fields),
    )


by_days = st.one_of(
    repeating("recurring-interval", intervalDay=st.integers(1, 9)),
    repeating("recurring-weekday", weekdays=st.lists(st.integers(0, 6), min_size=1, max_size=4)),
    repeating(
        "recurring-day-of-month",
        daysOfMonth=st.lists(st.one_of(st.integers(1, 31), st.just("lastDay1")), min_size=1, max_size=4),
    ),
)
crons = repeating(
    "cron",
    cron=st.sampled_from(["*/20 * * * *", "0 */5 * * *", "30 2 * * SUN", "15 2 L * *", "0 0 1 1 *"]),
    durationMinutes=st.sampled_from([0, 1, 15, 20, 45, 300, 1500, 10_000]),
)
singles = st.builds(
    lambda dates, zone: plan("single", dateRange=dates, timezoneOption=zone),
    date_ranges.filter(lambda dates: dates[0] is not None),
    st.sampled_from(ZONES),
)
# Around the changes of the clock of 2026, and anywhere in it.
moments = st.one_of(
    st.builds(
        lambda change, offset: change + offset,
        st.sampled_from(
            [at("2026-03-29 01:00"), at("2026-10-25 01:00"), at("2026-03-08 07:00"),
             at("2026-11-01 06:00"), at("2026-10-03 15:30"), at("2026-04-04 15:00")]
        ),
        st.integers(-DAY, DAY),
    ),
    st.integers(int(at("2026-01-01 00:00")), int(at("2027-03-01 00:00"))).map(float),
)  # fmt: skip
