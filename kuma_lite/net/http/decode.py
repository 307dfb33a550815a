"""Undoing gzip and deflate, never further than a limit."""

from __future__ import annotations

import zlib
from typing import Protocol

from kuma_lite.net.errors import ErrorKind, NetworkError

_GZIP = frozenset({"gzip", "x-gzip", "compress", "x-compress"})
_GZIP_WINDOW = 16 + zlib.MAX_WBITS
_ZLIB_HEADER_METHOD = 0x08


class _Inflater(Protocol):
    @property
    def eof(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int = 0, /) -> bytes: ...


class Decoder:
    """Collects a body, unpacked, up to `limit` bytes; what is beyond is never unpacked."""

    __slots__ = ("_chunks", "_inflater", "_limit", "_size", "_undecided", "truncated")

    def __init__(self, encoding: str | None, limit: int) -> None:
        name = (encoding or "").strip().lower()
        self._inflater: _Inflater | None = zlib.decompressobj(_GZIP_WINDOW) if name in _GZIP else None
        self._undecided = name == "deflate"  # zlib or raw: the first byte tells
        self._limit = limit
        self._size = 0
        self._chunks: list[bytes] = []
        self.truncated = False

    def feed(self, data: bytes) -> None:
        """Add wire bytes. Raises NetworkError when they are not what the encoding promises."""
        if self.truncated or not data:
            return
        if self._undecided:
            wrapped = data[0] & 0x0F == _ZLIB_HEADER_METHOD
            self._inflater = zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
            self._undecided = False
        room = self._limit - self._size
        if self._inflater is not None:
            data = self._inflate(data, room + 1)
        if len(data) > room:
            data = data[:room]
            self.truncated = True
        self._size += len(data)
        self._chunks.append(data)

    def _inflate(self, data: bytes, room: int) -> bytes:
        inflater = self._inflater
        assert inflater is not None
        if inflater.eof:
            return b""  # what follows the end of the stream is no part of it
        try:
            return inflater.decompress(data, room)
        except zlib.error as error:
            text = str(error).rpartition(": ")[2]
            raise NetworkError(text, "Z_DATA_ERROR", ErrorKind.PROTOCOL) from None

    def body(self) -> bytes:
        """Everything so far."""
        return self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
