from __future__ import annotations

import math
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.beats import packing
from kuma_lite.beats.model import Beat
from kuma_lite.beats.packing import decode, decode_columns, encode
from kuma_lite.core.declarations import Status
from tests.support.storage import START_MS, beat

MS = st.integers(0, 4_102_444_800_000)
PINGS = st.one_of(
    st.none(),
    st.integers(0, 10**11),
    st.floats(0, 1e12, allow_nan=False),
    st.integers(0, 10**6).map(lambda thousandths: thousandths / 1000),
)
BEATS = st.builds(
    Beat,
    id=st.integers(1, 2**53),
    monitor_id=st.integers(1, 2**40),
    time=MS,
    end_time=MS,
    status=st.sampled_from(Status),
    msg=st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    ping=PINGS,
    important=st.booleans(),
    duration=st.integers(0, 2**31),
    retries=st.integers(0, 2**31),
    down_count=st.integers(0, 2**31),
    response=st.none() | st.text("abcDEF+/=0123", max_size=20),
)


@given(st.lists(BEATS, min_size=1, max_size=30))
def test_what_is_packed_comes_back(beats: list[Beat]) -> None:
    assert decode(encode(beats)) == beats


def test_types_come_back_as_well() -> None:
    (found,) = decode(encode([beat(1, START_MS, important=True, ping=None)]))
    assert found.status is Status.UP
    assert found.important is True
    assert found.ping is None


def test_strange_pings_come_back() -> None:
    pings = [0, 0.5, -3.0, 1e300, math.inf, None, 2**60]
    beats = [beat(n, START_MS + n, ping=ping) for n, ping in enumerate(pings)]
    assert [found.ping for found in decode(encode(beats))] == pings
    (odd,) = decode(encode([beat(1, START_MS, ping=math.nan)]))
    assert odd.ping is None


@pytest.mark.parametrize(
    ("pings", "kind"),
    [
        ([1, None, 2], packing._WHOLE),
        ([0, None, None], packing._WHOLE),
        ([2.0, 2.0**53 - 2], packing._WHOLE),
        ([0.5, None, 1.234], packing._THOUSANDTHS),
        ([0.001, 0, None, None], packing._THOUSANDTHS),
        ([1 / 3, None, 0], packing._EXACT),
        ([2.0**53 * 1.5], packing._EXACT),
        ([-1.0, None], packing._EXACT),
        ([-7], packing._EXACT),
        ([math.inf], packing._EXACT),
    ],
)
def test_pings_are_kept_in_the_cheapest_way_that_keeps_them(pings: list[float | None], kind: int) -> None:
    assert packing._encode_pings(pings)[0] == kind
    beats = [beat(n, START_MS + n, ping=ping) for n, ping in enumerate(pings)]
    assert [found.ping for found in decode(encode(beats))] == pings


@pytest.mark.parametrize(
    ("values", "letter"),
    [
        ([], b"b"),
        ([0], b"b"),
        ([127], b"b"),
        ([-128, 0], b"b"),
        ([128], b"h"),
        ([-129, 5], b"h"),
        ([32_767, -32_768], b"h"),
        ([32_768], b"i"),
        ([-32_769, 0], b"i"),
        ([2**31 - 1, -(2**31)], b"i"),
        ([2**31], b"q"),
        ([2**63 - 1, -(2**63)], b"q"),
    ],
)
def test_columns_are_as_narrow_as_their_numbers_allow(values: list[int], letter: bytes) -> None:
    assert packing._pack(values)[:1] == letter


def test_what_repeats_is_written_once_and_tightly() -> None:
    raw = zlib.decompress(encode([beat(n, START_MS + n * 1000) for n in range(9)])[1:])
    assert raw.endswith(b'[[1,"200 - OK",0,0,0,0,null]]')


def test_a_steady_monitor_costs_five_bytes_a_beat() -> None:
    chance = random.Random(1)
    beats = []
    for number in range(100):
        ping = chance.randint(3, 90)
        at = START_MS + number * 20_000 + chance.randint(0, 60)
        beats.append(beat(number * 1000 + chance.randint(0, 5), at, ping=ping, end_time=at + ping))
    assert len(encode(beats)) < 500


def test_columns_hold_the_same() -> None:
    beats = [beat(n, START_MS + n * 20_000, monitor_id=n % 3 + 1, ping=n / 2) for n in range(10)]
    columns = decode_columns(encode(beats))
    assert columns.ids == [found.id for found in beats]
    assert columns.monitor_ids == [found.monitor_id for found in beats]
    assert list(columns.pings) == [found.ping for found in beats]
    assert columns.shapes == ((Status.UP, "200 - OK", False, 0, 0, 0, None),)


@pytest.mark.parametrize("damage", [b"", b"\x02", b"\x01", b"\x01not deflated", b"\x00\x00"])
def test_anything_else_is_refused(damage: bytes) -> None:
    with pytest.raises(ValueError, match=r"^(unknown|damaged) packing of beats"):
        decode(damage)


def test_a_packing_of_later_is_unknown() -> None:
    with pytest.raises(ValueError, match=r"^unknown packing of beats$"):
        decode(b"\x02" + encode([beat(1, START_MS)])[1:])


def test_a_run_cut_short_is_refused() -> None:
    packed = encode([beat(n, START_MS + n) for n in range(50)])
    raw = zlib.decompress(packed[1:])
    for length in (0, 10, 60, len(raw) - 5):
        with pytest.raises(ValueError, match=r"^damaged packing of beats|Expecting|Unterminated|delimiter"):
            decode(packed[:1] + zlib.compress(raw[:length]))
