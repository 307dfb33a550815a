from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.web.crowding import Open, Phase, surplus


def opened(count: int, address: str, phase: Phase = Phase.SILENT, first: int = 0) -> list[Open]:
    return [Open(first + n, (address, first + n), phase, float(first + n)) for n in range(count)]


def test_few_connections_stay() -> None:
    assert surplus(opened(10, "192.0.2.1"), 100, 10) == []


def test_the_oldest_of_an_address_that_has_too_many_go() -> None:
    cut = surplus(opened(12, "192.0.2.1") + opened(5, "192.0.2.2", first=20), 100, 10)
    assert sorted(each.number for each in cut) == [0, 1]


def test_silent_ones_go_before_those_that_have_asked() -> None:
    crowd = opened(5, "192.0.2.1", Phase.IDLE) + opened(5, "192.0.2.1", Phase.SENDING, 10)
    cut = surplus(crowd + opened(5, "192.0.2.1", Phase.SILENT, 20), 100, 8)
    assert [each.phase for each in cut].count(Phase.SILENT) == 5
    assert [each.phase for each in cut].count(Phase.SENDING) == 2


def test_a_network_of_ipv6_counts_as_one_address() -> None:
    crowd = [Open(n, (f"2001:db8::{n}", 1), Phase.SILENT, float(n)) for n in range(12)]
    assert len(surplus(crowd, 100, 10)) == 2


def test_who_is_answered_or_live_stays_whatever_happens() -> None:
    crowd = opened(50, "192.0.2.1", Phase.LIVE) + opened(50, "192.0.2.1", Phase.ANSWERING, 50)
    assert surplus(crowd + opened(1, "192.0.2.2", first=200), 10, 5) == opened(1, "192.0.2.2", first=200)


def test_whoever_has_most_loses_when_there_are_too_many() -> None:
    crowd = opened(3, "192.0.2.1") + opened(64, "192.0.2.2", first=100)
    cut = surplus(crowd, 20, 64)
    assert {each.peer[0] for each in cut} == {"192.0.2.2"}
    assert len(crowd) - len(cut) <= 20


@given(
    st.lists(st.tuples(st.integers(1, 5), st.sampled_from(Phase)), max_size=80),
    st.integers(1, 40),
    st.integers(1, 20),
)
def test_there_is_room_afterwards(crowd: list[tuple[int, Phase]], most: int, each: int) -> None:
    everyone = [Open(n, (f"192.0.2.{host}", n), phase, float(n)) for n, (host, phase) in enumerate(crowd)]
    cut = surplus(everyone, most, each)
    busy = [one for one in everyone if one.phase >= Phase.ANSWERING]
    assert not set(cut) & set(busy)
    assert len(everyone) - len(cut) <= max(most, len(busy))
