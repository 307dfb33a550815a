from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from kuma_lite.agent.measure import MAX_DISKS, MAX_SENSORS
from kuma_lite.agent.spool import KEPT_S, MAX_BYTES, Round, Spool, file_name

SERVER = "https://kuma.example"
FILE = file_name(SERVER)
NOW = time.time()


def entry(number: int, size: int = 0) -> Round:
    return Round("2027-01-15T08:00:00Z", [("cpu_used", number), ("x" * size, 0)][: 2 if size else 1])


def opened(folder: Path, max_bytes: int = MAX_BYTES, server: str = SERVER) -> Spool:
    return Spool(folder, server, NOW, max_bytes)


def numbers(rounds: list[Round]) -> list[float]:
    return [dict(found.values)["cpu_used"] for found in rounds]


def drained(spool: Spool) -> list[float]:
    """Everything, in the order in which it is sent."""
    found: list[float] = []
    while not spool.empty:
        rounds, position = spool.batch(7)
        found += numbers(rounds)
        spool.done(position)
    return found


def test_the_newest_first_each_batch_in_order_of_time(tmp_path: Path) -> None:
    spool = opened(tmp_path / "a" / "b")
    for number in range(20):
        spool.append(entry(number))
    rounds, position = spool.batch(5)
    assert numbers(rounds) == [15, 16, 17, 18, 19]
    assert rounds[0] == entry(15)
    assert numbers(spool.batch(5)[0]) == [15, 16, 17, 18, 19]  # not done yet
    spool.done(position)
    assert drained(spool) == [*range(8, 15), *range(1, 8), 0]
    assert not (tmp_path / "a" / "b" / FILE).exists()


def test_the_oldest_go_when_there_is_no_room(tmp_path: Path) -> None:
    spool = opened(tmp_path, max_bytes=10_000)
    for number in range(500):
        spool.append(entry(number, 50))
        assert (tmp_path / FILE).stat().st_size <= 10_000
    left = sorted(drained(spool))
    assert left == list(range(int(left[0]), 500)) and 40 < len(left) < 120


def test_it_holds_a_week_of_a_host_with_much_to_tell(tmp_path: Path) -> None:
    figures = [(f"figure_{number}", 12_345_678_901.5) for number in range(14)]
    disks = [
        (f"{kind}[/mnt/a-long-name-{number}]", 512_000_000_000)
        for kind in ("disk_used_b", "disk_total_b")
        for number in range(MAX_DISKS)
    ]
    heat = [(f"temperature_c[coretemp-{number}]", 51.3) for number in range(MAX_SENSORS)]
    spool = opened(tmp_path)
    spool.append(Round("2027-01-15T08:00:00Z", [*figures, *disks, *heat]))
    size = (tmp_path / FILE).stat().st_size
    assert size * KEPT_S / 60 < MAX_BYTES * 3 / 4  # a quarter is freed at once when it is full


def test_what_is_for_one_server_is_not_sent_to_another(tmp_path: Path) -> None:
    opened(tmp_path).append(entry(1))
    other = opened(tmp_path, server="https://other.example")
    assert other.empty
    other.append(entry(2))
    assert drained(opened(tmp_path, server=f"{SERVER}/")) == [1]  # the same, written otherwise
    assert drained(other) == [2]


def test_what_no_server_would_take_any_more_goes(tmp_path: Path) -> None:
    for server, age in (("a", KEPT_S + 1), ("b", KEPT_S - 60), (SERVER, KEPT_S + 1)):
        opened(tmp_path, server=server).append(entry(1))
        os.utime(tmp_path / file_name(server), (NOW - age, NOW - age))
    spool = opened(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {FILE, file_name("b")}
    assert drained(spool) == [1]  # its own it asks about: its clock may be wrong


def test_what_an_older_agent_kept_is_sent(tmp_path: Path) -> None:
    sample = {"metric": "cpu_used", "value": 3, "timestamp": "2027-01-15T08:00:00Z"}
    (tmp_path / "spool.jsonl").write_text(json.dumps({"metrics": [sample]}) + "\n")
    spool = opened(tmp_path)
    spool.append(entry(4))
    assert spool.batch()[0] == [Round("2027-01-15T08:00:00Z", [("cpu_used", 3)]), entry(4)]


def test_a_line_cut_by_a_power_cut_is_skipped(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    for number in range(3):
        spool.append(entry(number))
    whole = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(whole[:-9])
    again = opened(tmp_path)
    again.append(entry(7))
    assert drained(again) == [0, 1, 7]


def test_nonsense_is_skipped(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b'\x00\xff\n[]\n{}\n5\n{"metrics": 5}\n{"metrics": []}\n{"at": 1}\n')
    spool = opened(tmp_path)
    assert not spool.empty
    assert drained(spool) == []


def test_a_line_longer_than_a_batch_does_not_block(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    for number in range(3):
        spool.append(entry(number, 200_000 if number == 1 else 0))
    assert sorted(drained(spool)) == [0, 1, 2]


@settings(max_examples=30)
@given(st.lists(st.one_of(st.just("append"), st.just("send"), st.just("restart")), max_size=60))
def test_nothing_is_lost_or_sent_twice(steps: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        spool, written, arrived = opened(Path(folder)), 0, list[float]()
        for step in steps:
            if step == "append":
                spool.append(entry(written))
                written += 1
            elif step == "send":
                rounds, position = spool.batch(3)
                arrived += numbers(rounds)
                assert not rounds or numbers(rounds)[-1] == max(numbers(rounds))
                spool.done(position)
            else:
                spool = opened(Path(folder))
        arrived += drained(spool)
        assert sorted(arrived) == list(range(written))
