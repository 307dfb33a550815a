"""Which backups stay, and when the next is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.backups.rotation import DAY, EVERY, HOUR, WEEK, Keep, kept, next_due

START = datetime(2026, 3, 1, tzinfo=UTC)
TIMES = st.lists(st.integers(0, 200 * 24 * 60), max_size=60).map(
    lambda minutes: [START + timedelta(minutes=minute) for minute in minutes]
)
COUNTS = st.builds(Keep, *(st.integers(0, 5),) * 4)
BERLIN = ZoneInfo("Europe/Berlin")


def test_a_year_of_days() -> None:
    days = [START + timedelta(days=day) for day in range(365)]
    stay = sorted(kept(days, Keep(hour=0, day=7, week=4, month=3)), reverse=True)
    assert stay[:7] == days[:-8:-1]
    assert len(stay) == 12  # three more weeks, two more months
    assert stay[-1] == datetime(2026, 12, 31, tzinfo=UTC)


def test_several_of_one_hour_leave_the_newest() -> None:
    minutes = [START + timedelta(minutes=minute) for minute in range(0, 180, 10)]
    assert kept(minutes, Keep(hour=2, day=0, week=0)) == {minutes[-1], minutes[11]}


@given(times=TIMES, keep=COUNTS)
def test_the_newest_always_stays_and_nothing_is_made_up(times: list[datetime], keep: Keep) -> None:
    stay = kept(times, keep)
    assert stay <= set(times)
    assert len(stay) <= max(1, sum(keep))
    if times:
        assert max(times) in stay


@given(times=TIMES, keep=COUNTS)
def test_rotating_twice_changes_nothing(times: list[datetime], keep: Keep) -> None:
    assert kept(kept(times, keep), keep) == kept(times, keep)


@pytest.mark.parametrize(
    ("last", "every", "expected"),
    [
        ("2026-07-01 03:00", DAY, "2026-07-02 03:00"),
        ("2026-07-01 02:59", DAY, "2026-07-01 03:00"),
        ("2026-07-01 12:00", DAY, "2026-07-02 03:00"),
        ("2026-07-01 03:00", WEEK, "2026-07-08 03:00"),
        ("2026-07-01 12:34", HOUR, "2026-07-01 13:00"),
        ("2026-03-28 12:00", DAY, "2026-03-29 03:00"),  # the clocks go from 2 to 3
        ("2026-10-24 12:00", DAY, "2026-10-25 03:00"),
    ],
)
def test_next_due(last: str, every: str, expected: str) -> None:
    def local(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=BERLIN)

    assert next_due(local(last), every, 3, local("2027-01-01 00:00")) == local(expected)


@pytest.mark.parametrize("every", EVERY)
def test_the_first_one_is_due_now(every: str) -> None:
    now = datetime(2026, 7, 1, tzinfo=BERLIN)
    assert next_due(None, every, 3, now) == now


@given(
    last=st.integers(0, 400 * 24 * 60).map(lambda minute: START + timedelta(minutes=minute)),
    every=st.sampled_from(EVERY),
    hour=st.integers(0, 23),
)
def test_it_is_always_later_and_never_much(last: datetime, every: str, hour: int) -> None:
    due = next_due(last, every, hour, datetime(2030, 1, 1, tzinfo=BERLIN))
    most = {HOUR: timedelta(hours=1), DAY: timedelta(hours=26), WEEK: timedelta(days=7, hours=26)}
    assert timedelta(0) < due - last <= most[every]
