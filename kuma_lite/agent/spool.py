"""What could not be sent yet, on disk: bounded, in order, safe against a power cut.

One line of JSON per round. A line that was cut by a power cut is skipped; what was sent just before one is
sent again, which the server takes for what it is.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

FILE: Final = "spool.jsonl"
MAX_BYTES: Final = 10_000_000  # two weeks of rounds; the server takes a week of them
BATCH_ROUNDS: Final = 60  # in one request
BATCH_BYTES: Final = 200_000  # a fifth of what the server takes

Round = dict[str, Any]


class Spool:
    """A queue in a folder."""

    def __init__(self, folder: Path, max_bytes: int = MAX_BYTES) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = folder / FILE
        self._max_bytes = max_bytes
        self._sent = 0  # bytes at the beginning that have arrived
        self._size = self._path.stat().st_size if self._path.exists() else 0

    @property
    def empty(self) -> bool:
        """Whether everything has been sent."""
        return self._sent >= self._size

    def append(self, entry: Round) -> None:
        """Keep one round; the oldest ones go when there is no room. Raises OSError on a full disk."""
        line = json.dumps(entry, separators=(",", ":")).encode() + b"\n"
        if self._size + len(line) > self._max_bytes:
            self._make_room(len(line))
        with open(self._path, "ab") as file:
            end = file.tell()
            if end and not self._ends_with_newline():
                line = b"\n" + line
            try:
                file.write(line)
                file.flush()
            except OSError:
                file.truncate(end)
                raise
        self._size = self._path.stat().st_size

    def batch(self, rounds: int = BATCH_ROUNDS) -> tuple[list[Round], int]:
        """The oldest rounds, and the position behind them for `done`."""
        found: list[Round] = []
        if self.empty:
            return found, self._sent
        with open(self._path, "rb") as file:
            file.seek(self._sent)
            position = self._sent
            while len(found) < rounds and position - self._sent < BATCH_BYTES:
                line = file.readline()
                if not line:
                    break
                position += len(line)
                entry = _read(line)
                if entry is not None:
                    found.append(entry)
        return found, position

    def done(self, position: int) -> None:
        """Everything before that position has arrived."""
        self._sent = position
        if self.empty:
            self._path.unlink(missing_ok=True)
            self._sent = self._size = 0

    def _ends_with_newline(self) -> bool:
        with open(self._path, "rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"

    def _make_room(self, needed: int) -> None:
        """Drop what was sent, and the oldest lines until a quarter is free: not at every round."""
        keep = self._max_bytes * 3 // 4 - needed
        part = self._path.with_suffix(".part")
        with open(self._path, "rb") as old, open(part, "wb") as new:
            old.seek(max(self._sent, self._size - max(0, keep)))
            if old.tell() > self._sent:
                old.readline()  # the rest of a line
            for line in old:
                new.write(line)
        os.replace(part, self._path)
        self._sent, self._size = 0, self._path.stat().st_size


def _read(line: bytes) -> Round | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and isinstance(found.get("metrics"), list) else None
