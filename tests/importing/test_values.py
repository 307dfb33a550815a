from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.clock import wire_time
from kuma_lite.core.declarations import Status
from kuma_lite.core.limits import MAX_MESSAGE_CHARS
from kuma_lite.importing.values import BeatReader, flag, milliseconds, seconds, whole


def row(**changes: Any) -> tuple[Any, ...]:
    """A row of `heartbeat` as SQLite hands it over: texts as bytes."""
    values = {
        "id": 1,
        "monitor_id": 2,
        "time": b"2026-11-22 01:53:06.845",
        "end_time": None,
        "status": 1,
        "msg": b"200 - OK",
        "ping": 12,
        "important": 0,
        "duration": 60,
        "retries": 0,
        "down_count": 0,
        "response": None,
        **changes,
    }
    return tuple(values.values())


def test_a_beat_of_every_column() -> None:
    rows = [row(end_time=b"2026-11-22 01:53:06.900", important=1, retries=3, down_count=4, response=b"G1==")]
    (beat,) = BeatReader().read(rows)
    assert wire_time(beat[2]) == "2026-11-22 01:53:06.845"
    assert beat[3] - beat[2] == 55
    assert beat[:2] + beat[4:] == (1, 2, Status.UP, "200 - OK", 12, True, 60, 3, 4, "G1==")


@given(st.integers(0, 4_102_444_799_999))
def test_times_are_read_as_they_are_written(moment: int) -> None:
    reader = BeatReader()
    texts = [wire_time(moment).encode(), wire_time(moment)[:-4].encode()]
    with_ms, without = reader.read([row(time=text) for text in texts])
    assert with_ms[2] == moment
    assert without[2] == moment // 1000 * 1000
    again = reader.read([row(time=text) for text in texts])  # what it has learned
    assert [with_ms, without] == again


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        (b"2023-01-01 00:00:00", 1_672_531_200_000),
        (b"2023-01-01 00:00:00.5", 1_672_531_200_500),
        (b"2023-01-01 00:00:00.123456", 1_672_531_200_123),
        (b"2023-01-01T00:00:00.250Z", 1_672_531_200_250),
        (b"2023-01-01T01:00:00+01:00", 1_672_531_200_000),
    ],
)
def test_other_ways_to_write_a_time(text: bytes, moment: int) -> None:
    (beat,) = BeatReader().read([row(time=text)])
    assert beat[2] == moment


def test_what_cannot_be_read_is_counted() -> None:
    reader = BeatReader()
    rows = [row(time=None), row(time=b"yesterday"), row(time=5), row(status=9), row(status=None), row(id=7)]
    assert [beat[0] for beat in reader.read(rows)] == [7]
    assert reader.unreadable == 5


def test_an_end_before_the_beginning_is_none() -> None:
    (beat,) = BeatReader().read([row(end_time=b"2020-01-01 00:00:00")])
    assert beat[3] == beat[2]


@pytest.mark.parametrize(
    ("ping", "read"), [(None, None), (0, 0), (12.3, 12.3), (b"7", 7.0), (b"x", None), (float("inf"), None)]
)
def test_response_times(ping: Any, read: float | None) -> None:
    (beat,) = BeatReader().read([row(ping=ping)])
    assert beat[6] == read


def test_messages_of_any_kind() -> None:
    rows = [row(msg=None), row(msg=b"caf\xc3\xa9"), row(msg=b"\xff"), row(msg=404), row(msg=b"x" * 20_000)]
    texts = [beat[5] for beat in BeatReader().read(rows)]
    assert texts == ["", "café", "\ufffd", "404", "x" * MAX_MESSAGE_CHARS]


@pytest.mark.parametrize(
    ("value", "read"),
    [(1, 1), (0, 0), (None, 0), ("1", 1), ("0", 0), ("false", 0), ("true", 1), ("", 0), (True, 1)],
)
def test_switches(value: Any, read: int) -> None:
    assert flag(value) == read


def test_numbers_and_dates() -> None:
    assert [whole(value) for value in (5, "7", None, "x", 2.9, float("inf"))] == [5, 7, None, None, 2, None]
    assert milliseconds("1970-01-01 00:00:01.5") == 1500
    assert seconds("1970-01-01 00:00:01.5") == 1
    assert milliseconds(None) is None
    assert seconds("never") is None
