"""A file of records, each of which is there whole or not at all: what is appended survives `kill -9`.

    file = RecordFile(path, owner, number)
    file.append([b"one", b"two"])          # one write; returns when the kernel has it
    found = read_records(path)             # Records(owner, number, [b"one", b"two"])

The file begins with whose it is and its number. A record is its length, a checksum and its bytes. Each
checksum goes on from the one before: a record that was torn ends the file, whatever follows.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from msgspec import Struct

write_at = os.pwrite  # tests put a disk there that fails
_MAGIC: Final = b"KLrec 1\n"
OWNER_BYTES: Final = 8
_HEAD: Final = struct.Struct(f"<8s{OWNER_BYTES}sQI")  # magic, owner, number, checksum of these
HEAD_BYTES: Final = _HEAD.size
_CHECKSUM_BYTES: Final = 4
_FRAME: Final = struct.Struct("<II")  # length of a record, checksum up to its end


class Records(Struct, frozen=True):
    """What a file holds."""

    owner: bytes
    number: int
    records: list[bytes]


class RecordFile:
    """A file to append to, made by the first records. Its methods wait for the disk.

    Args:
        path: of the file, which must not be there yet.
        owner: `OWNER_BYTES` that say whose it is.
        number: of this file among its owner's, the later the higher.
    """

    def __init__(self, path: Path, owner: bytes, number: int) -> None:
        self.number = number
        self._path = path
        self._checksum = zlib.crc32(_HEAD.pack(_MAGIC, owner, number, 0)[:-_CHECKSUM_BYTES])
        self._head = _HEAD.pack(_MAGIC, owner, number, self._checksum)
        self._descriptor: int | None = None
        self._end = 0

    def append(self, records: Iterable[bytes]) -> None:
        """Write records in one go. Raises OSError: then none of them is in the file."""
        checksum, parts = self._checksum, [] if self._end else [self._head]
        for record in records:
            checksum = zlib.crc32(record, checksum)
            parts += [_FRAME.pack(len(record), checksum), record]
        if self._descriptor is None:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            self._descriptor = os.open(self._path, flags, 0o600)
        data = memoryview(b"".join(parts))
        try:
            written = 0
            while written < len(data):  # a disk that has just become full takes the beginning
                written += write_at(self._descriptor, data[written:], self._end + written)
        except OSError:
            # The next records are written over what has got there; until then it is torn, and ends the file.
            with suppress(OSError):
                os.ftruncate(self._descriptor, self._end)
            raise
        self._end += len(data)
        self._checksum = checksum

    def close(self) -> None:
        """Write no more."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def read_records(path: Path) -> Records | None:
    """All whole records of a file; None: there is none, or not even its head is whole. Raises OSError."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    if len(content) < _HEAD.size:
        return None
    magic, owner, number, checksum = _HEAD.unpack_from(content)
    if magic != _MAGIC or checksum != zlib.crc32(content[: _HEAD.size - _CHECKSUM_BYTES]):
        return None
    return Records(owner, number, list(_whole(content, checksum)))


def _whole(content: bytes, checksum: int) -> Iterator[bytes]:
    at = _HEAD.size
    while at + _FRAME.size <= len(content):
        length, wanted = _FRAME.unpack_from(content, at)
        at += _FRAME.size
        record = content[at : at + length]
        checksum = zlib.crc32(record, checksum)
        if len(record) < length or checksum != wanted:
            return
        yield record
        at += length
