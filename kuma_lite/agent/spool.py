"""What could not be sent yet, on disk: bounded, of one server, safe against a power cut.

One line of JSON per round, the oldest first; it is sent from the end, for how it is now counts more than
how it was. A line that was cut by a power cut is skipped; what was sent just before one is sent again, which
the server takes for what it is.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

KEPT_S: Final = 7 * 86_400  # the server takes samples of a week
# A week of rounds a minute apart, of a host with as many disks and sensors as are told (1.4 kB each).
MAX_BYTES: Final = 20_000_000
BATCH_ROUNDS: Final = 60  # in one request
BATCH_BYTES: Final = (
    70_000  # the samples of one request; spelled out they are a fifth of what the server takes
)
_UNBOUND: Final = "spool.jsonl"  # of agents before 0.2, who did not say whose it was

Values = Sequence[tuple[str, float]]  # name of a metric, value


class Round(NamedTuple):
    """What was measured at one moment.

    Args:
        at: as the Servers API writes dates.
        values: of metrics.
    """

    at: str
    values: Values


def file_name(server: str) -> str:
    """Where rounds for a server are kept: what is meant for one is never sent to another.

    Args:
        server: its address.
    """
    return f"spool-{hashlib.sha256(server.rstrip('/').encode()).hexdigest()[:12]}.jsonl"


class Spool:
    """A stack in a folder.

    Args:
        folder: made if it is missing.
        server: address of the server the rounds are for.
        now: seconds since 1970; what was kept for other servers goes when they would not take it any more.
        max_bytes: of the file.
    """

    def __init__(self, folder: Path, server: str, now: float, max_bytes: int = MAX_BYTES) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = folder / file_name(server)
        self._max_bytes = max_bytes
        if (folder / _UNBOUND).exists() and not self._path.exists():
            os.replace(folder / _UNBOUND, self._path)
        for other in folder.glob("spool-*.jsonl"):
            with suppress(OSError):
                if other != self._path and now - other.stat().st_mtime > KEPT_S:
                    other.unlink()
        self._size = self._path.stat().st_size if self._path.exists() else 0

    @property
    def empty(self) -> bool:
        """Whether everything has been sent."""
        return self._size == 0

    def append(self, entry: Round) -> None:
        """Keep one round; the oldest ones go when there is no room. Raises OSError on a full disk."""
        document = {"at": entry.at, "values": dict(entry.values)}
        line = json.dumps(document, separators=(",", ":")).encode() + b"\n"
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
        """The newest rounds in order of time, and the position before them for `done`."""
        if self.empty:
            return [], 0
        with open(self._path, "rb") as file:
            length = BATCH_BYTES
            while True:  # until there is a whole line, or nothing before it
                begin = max(0, self._size - length)
                file.seek(begin)
                lines = file.read(self._size - begin).splitlines(keepends=True)
                if begin and lines:  # the first is most likely the rest of one
                    begin += len(lines.pop(0))
                if lines or begin == 0:
                    break
                length *= 2
        found: list[Round] = []
        position = self._size
        for line in reversed(lines):
            if len(found) >= rounds:
                break
            position -= len(line)
            entry = _read(line)
            if entry is not None:
                found.append(entry)
        return found[::-1], position

    def done(self, position: int) -> None:
        """Everything from that position on has arrived. Raises OSError."""
        if position <= 0:
            self._path.unlink(missing_ok=True)
        else:
            os.truncate(self._path, position)
        self._size = max(0, position)

    def _ends_with_newline(self) -> bool:
        with open(self._path, "rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"

    def _make_room(self, needed: int) -> None:
        """Drop the oldest lines until a quarter is free: not at every round."""
        keep = self._max_bytes * 3 // 4 - needed
        part = self._path.with_suffix(".part")
        with open(self._path, "rb") as old, open(part, "wb") as new:
            old.seek(max(0, self._size - max(0, keep)))
            if old.tell():
                old.readline()  # the rest of a line
            for line in old:
                new.write(line)
        os.replace(part, self._path)
        self._size = self._path.stat().st_size


def _read(line: bytes) -> Round | None:
    try:
        found = json.loads(line)
        if isinstance(found.get("metrics"), list):
            return _as_before(found["metrics"])
        return Round(str(found["at"]), list(found["values"].items()))
    except (ValueError, AttributeError, KeyError, TypeError):
        return None


def _as_before(metrics: list[dict[str, Any]]) -> Round | None:
    """A round as agents before 0.2 wrote it: sample by sample, all of one moment."""
    if not metrics:
        return None
    return Round(metrics[0]["timestamp"], [(entry["metric"], entry["value"]) for entry in metrics])
