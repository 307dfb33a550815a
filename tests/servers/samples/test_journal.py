"""Reports as they stand in a journal."""

from __future__ import annotations

from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.record_file import RecordFile
from kuma_lite.servers.model import Server
from kuma_lite.servers.samples import journal
from kuma_lite.servers.samples.journal import by_series, entry_of, record_of, samples_of, together
from kuma_lite.servers.samples.metrics import MAX_VALUE

times = st.integers(0, 2**45)
values = st.integers(-int(MAX_VALUE), int(MAX_VALUE)) | st.floats(-MAX_VALUE, MAX_VALUE)
samples = st.lists(st.tuples(st.integers(1, 2**40), times, values), max_size=30)


def server(number: int = 5, seen: int = 1_000, **attributes: object) -> Server:
    return Server(number, "u", 1, "MB", "1", dict(attributes), {}, {}, {}, 1, seen, seen)


@given(st.lists(samples, max_size=4), times)
def test_samples_come_out_as_they_went_in(reports: list[list[tuple[int, int, float]]], seen: int) -> None:
    entries = [entry_of(server(seen=seen), None, report) for report in reports]
    found = together(record_of(entry) for entry in entries)
    if not reports:
        assert found == {}
        return
    waiting = found[5]
    assert (waiting.seen, waiting.lasting) == (seen, None)
    # Those of one time stay together; between times the order says nothing.
    assert sorted(samples_of(waiting.samples)) == sorted(one for report in reports for one in report)
    first: dict[tuple[int, int], float] = {}
    for report in reports:
        for series_id, time, value in report:
            first.setdefault((series_id, time), value)
    shown = {
        (number, time): value for number, rows in by_series(waiting.samples).items() for time, value in rows
    }
    assert shown == first
    assert all(rows == sorted(rows) for rows in by_series(waiting.samples).values())


def test_what_lasts_is_the_latest() -> None:
    rows = [("1", {"a": 1}, {"processes": []}, None, None, None), ("2", {"a": 2}, {}, "twin", 7, -5)]
    entries = [
        entry_of(server(seen=1, uptime=10), rows[0], []),
        entry_of(server(seen=2, uptime=20), rows[1], []),
        entry_of(server(seen=3, uptime=30), None, []),
        entry_of(server(6, seen=9), None, []),
    ]
    found = together(map(record_of, entries))
    assert set(found) == {5, 6}
    shown = server(seen=0, old=True)
    found[5].show(shown)
    assert (shown.agent_version, shown.attributes) == ("2", {"a": 2, "uptime": 30})
    assert (shown.duplicate_host, shown.duplicate_seen, shown.clock_offset) == ("twin", 7, -5)
    assert (shown.last_seen, shown.updated) == (3, 3)
    other = server(6, seen=0, old=True)
    found[6].show(other)
    assert (other.attributes, other.last_seen) == ({"old": True}, 9)


def test_a_record_that_nobody_can_read_is_left_out() -> None:
    good = record_of(entry_of(server(), None, [(1, 2, 3)]))
    found = together([b"\xc1", msgspec.msgpack.encode("text"), good])
    assert samples_of(found[5].samples) == [(1, 2, 3)]


def test_ten_samples_of_eight_bytes_take_little_more() -> None:
    found = [(4_000 + number, 1_800_000_000_000, 6_000_000_000 + number) for number in range(10)]
    entry = entry_of(server(4_000, seen=1_800_000_000_300, uptime=1_000_000), None, found)
    assert len(record_of(entry)) < 130


def test_journals_of_others_and_what_is_damaged_are_set_aside(tmp_path: Path) -> None:
    def file(number: int, owner: bytes) -> Path:
        path = journal.path_of(tmp_path, number)
        made = RecordFile(path, owner, number)
        made.append([b"x"])
        made.close()
        return path

    ours, theirs, broken, empty = file(1, b"o" * 8), file(2, b"t" * 8), file(3, b"o" * 8), file(4, b"o" * 8)
    content = broken.read_bytes()
    broken.write_bytes(b"?" + content[1:])
    empty.write_bytes(content[:10])
    (tmp_path / "reports-last.journal").write_bytes(b"somebody's notes")
    journal.set_aside(tmp_path, b"o" * 8)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [ours.name, f"{theirs.name}.other", f"{broken.name}.other", "reports-last.journal"]
    assert [one.number for one in journal.read_journals(tmp_path)] == [1]
    journal.remove(tmp_path, 1)
    assert journal.read_journals(tmp_path) == []
