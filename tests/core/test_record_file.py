"""A file of records: whatever is cut off or spoiled, what was whole before it is there."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core import record_file
from kuma_lite.core.record_file import RecordFile, Records, read_records

OWNER = b"12345678"
RECORDS = [b"one", b"", b"\0" * 20, b"four" * 30, b"KLrec 1\n", b"last"]


def written(path: Path, groups: list[list[bytes]]) -> list[int]:
    """A file of these; its size after each group."""
    path.unlink(missing_ok=True)
    file, sizes = RecordFile(path, OWNER, 7), []
    for group in groups:
        file.append(group)
        sizes.append(path.stat().st_size)
    file.close()
    return sizes


@given(st.lists(st.lists(st.binary(max_size=40), min_size=1, max_size=4), min_size=1, max_size=6))
def test_what_was_appended_is_read(
    tmp_path_factory: pytest.TempPathFactory, groups: list[list[bytes]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "records"
    written(path, groups)
    assert read_records(path) == Records(OWNER, 7, [record for group in groups for record in group])


def test_it_is_its_owners_alone_and_takes_no_others_place(tmp_path: Path) -> None:
    path = tmp_path / "records"
    assert read_records(path) is None
    file = RecordFile(path, OWNER, 1)
    assert not path.exists(), "made by the first record"
    file.append([b"x"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        RecordFile(path, OWNER, 2).append([b"y"])
    found = read_records(path)
    assert found is not None and found.records == [b"x"]


def test_cut_anywhere_the_whole_records_are_there(tmp_path: Path) -> None:
    path = tmp_path / "records"
    sizes = written(path, [[record] for record in RECORDS])
    content = path.read_bytes()
    for length in range(len(content)):
        path.write_bytes(content[:length])
        whole = [record for record, size in zip(RECORDS, sizes, strict=True) if size <= length]
        found = read_records(path)
        assert (found.records if found else []) == whole, length
        path.write_bytes(content[:length] + b"\0" * 100)  # as a file system may leave it after a power cut
        found = read_records(path)
        assert (found.records if found else [])[: len(whole)] == whole


def test_a_byte_that_is_wrong_ends_the_file_there(tmp_path: Path) -> None:
    path = tmp_path / "records"
    sizes = written(path, [[record] for record in RECORDS])
    content = path.read_bytes()
    for place in range(len(content)):
        path.write_bytes(content[:place] + bytes((content[place] ^ 0x10,)) + content[place + 1 :])
        whole = [record for record, size in zip(RECORDS, sizes, strict=True) if size <= place]
        found = read_records(path)
        assert (found.records if found else []) == whole, place


@pytest.mark.parametrize("room", range(0, 60, 7))
@pytest.mark.parametrize("cuts", [True, False])
def test_what_found_no_room_is_not_there_and_is_no_hindrance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int, cuts: bool
) -> None:
    path = tmp_path / "records"
    file = RecordFile(path, OWNER, 1)
    file.append([b"before"])
    left = room

    def short(descriptor: int, data: Any, offset: int) -> int:
        nonlocal left
        if not left:
            raise OSError(errno.ENOSPC, "No space left on device")
        count = os.pwrite(descriptor, data[:left], offset)
        left -= count
        return count

    def broken(_descriptor: int, _length: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(record_file, "write_at", short)
    if not cuts:
        monkeypatch.setattr(os, "ftruncate", broken)
    with pytest.raises(OSError, match="No space"):
        file.append([b"lost" * 5, b"lost" * 9])
    found = read_records(path)
    assert found is not None and found.records[0] == b"before"
    assert found.records == [b"before"] or not cuts, "or what nobody was told of"
    monkeypatch.undo()
    file.append([b"after"])
    found = read_records(path)
    assert found is not None and found.records == [b"before", b"after"]
