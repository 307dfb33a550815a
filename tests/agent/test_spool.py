from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from kuma_lite.agent.spool import FILE, Round, Spool


def entry(number: int, size: int = 0) -> Round:
    return {"metrics": [{"metric": "cpu_used", "value": number}], "x": "x" * size}


def numbers(rounds: list[Round]) -> list[int]:
    return [found["metrics"][0]["value"] for found in rounds]


def drained(spool: Spool) -> list[int]:
    found: list[int] = []
    while not spool.empty:
        rounds, position = spool.batch(7)
        found += numbers(rounds)
        spool.done(position)
    return found


def test_first_in_first_out(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "a" / "b")
    for number in range(20):
        spool.append(entry(number))
    rounds, position = spool.batch(5)
    assert numbers(rounds) == [0, 1, 2, 3, 4]
    assert numbers(spool.batch(5)[0]) == [0, 1, 2, 3, 4]  # not done yet
    spool.done(position)
    assert drained(spool) == list(range(5, 20))
    assert not (tmp_path / "a" / "b" / FILE).exists()


def test_the_oldest_go_when_there_is_no_room(tmp_path: Path) -> None:
    spool = Spool(tmp_path, max_bytes=10_000)
    for number in range(500):
        spool.append(entry(number, 50))
        assert (tmp_path / FILE).stat().st_size <= 10_000
    left = drained(spool)
    assert left == list(range(left[0], 500)) and 40 < len(left) < 120


def test_what_was_sent_goes_before_what_was_not(tmp_path: Path) -> None:
    spool = Spool(tmp_path, max_bytes=10_000)
    for number in range(80):
        spool.append(entry(number, 50))
    _, position = spool.batch(60)
    spool.done(position)
    for number in range(80, 120):
        spool.append(entry(number, 50))
    assert drained(spool) == list(range(60, 120))


def test_a_line_cut_by_a_power_cut_is_skipped(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    for number in range(3):
        spool.append(entry(number))
    whole = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(whole[:-9])
    again = Spool(tmp_path)
    again.append(entry(7))
    assert drained(again) == [0, 1, 7]


def test_nonsense_is_skipped(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b'\x00\xff\n[]\n{}\n{"metrics": 5}\n')
    spool = Spool(tmp_path)
    assert not spool.empty
    assert drained(spool) == []


@settings(max_examples=30)
@given(st.lists(st.one_of(st.just("append"), st.just("send"), st.just("restart")), max_size=60))
def test_nothing_is_lost_and_nothing_overtakes(steps: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        spool, written, arrived = Spool(Path(folder)), 0, list[int]()
        for step in steps:
            if step == "append":
                spool.append(entry(written))
                written += 1
            elif step == "send":
                rounds, position = spool.batch(3)
                arrived += numbers(rounds)
                spool.done(position)
            else:
                spool = Spool(Path(folder))
        arrived += drained(spool)
        # What was sent before a restart may be sent again; the order of first arrivals is that of writing.
        assert list(dict.fromkeys(arrived)) == list(range(written))
