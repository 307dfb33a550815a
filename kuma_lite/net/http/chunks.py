"""A chunked body (RFC 9112 §7.1), with the white space, line ends and extensions that servers write."""

from __future__ import annotations

import re
from typing import Final

from kuma_lite.core.patterns import pattern
from kuma_lite.net.errors import ErrorKind, NetworkError

_SIZE: Final = pattern(rb"[ \t]*0*([0-9A-Fa-f]{1,15})[ \t\r]*(?:;.*)?", re.DOTALL)
_SIZE_BEGUN: Final = pattern(rb"[ \t]*(?:[0-9A-Fa-f]+[ \t\r]*(?:;.*)?)?", re.DOTALL)


class Chunks:
    """Takes the chunks off a body. `over` once the last one is there, `complete` after the trailers, too."""

    __slots__ = ("_left", "_line", "complete", "over")

    def __init__(self) -> None:
        self._line: bytes | None = b""  # a line that is not complete yet; None within a chunk
        self._left = -1  # bytes to come of a chunk; 0 at its end, -1 before the next one
        self.over = self.complete = False

    def feed(self, data: bytes) -> list[bytes]:
        """What is in these bytes of the body. Raises NetworkError."""
        found: list[bytes] = []
        position = 0
        while position < len(data) and not self.complete:
            if self._line is None:
                piece = data[position : position + self._left]
                found.append(piece)
                position += len(piece)
                self._left -= len(piece)
                if not self._left:
                    self._line = b""
                continue
            end = data.find(b"\n", position)
            if end < 0:
                self._line += data[position:]
                if self._left < 0 and not self.over and _SIZE_BEGUN.fullmatch(self._line) is None:
                    raise _no_size()
                break
            line, self._line = self._line + data[position:end], b""
            position = end + 1
            self._take(line)
        return found

    def _take(self, line: bytes) -> None:
        """One line between chunks, without its end."""
        if self.over:
            self.complete = not line.strip(b"\r")
        elif self._left == 0:
            if line.strip(b"\r"):
                raise _broken("Expected LF after chunk data")
            self._left = -1
        else:
            match = _SIZE.fullmatch(line)
            if match is None:
                raise _no_size()
            size = int(match[1], 16)
            if size:
                self._line, self._left = None, size
            else:
                self.over = True


def _broken(text: str) -> NetworkError:
    return NetworkError(f"Parse Error: {text}", "HPE_INVALID_CHUNK_SIZE", ErrorKind.PROTOCOL)


def _no_size() -> NetworkError:
    return _broken("Invalid character in chunk size")
