"""Undoing what a body was packed with, never further than a limit.

Servers pack unasked, twice over, member after member, and as another kind than they say: what browsers and
Uptime Kuma's runtime read of that is read here.
"""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Callable, Sequence
from typing import Any, Final

from kuma_lite.net.errors import ErrorKind, NetworkError

MAX_CODINGS: Final = 5  # of one body; each is work (curl's limit)
_OVERHEAD_BYTES: Final = 1024  # of a packed body beyond twice the limit: headers of members, padding
_GZIP_MAGIC: Final = b"\x1f\x8b"
_ZLIB_METHOD: Final = 0x08
_ZLIB_CHECK: Final = 31  # divides the two bytes of the header (RFC 1950 §2.2)
_GZIP_OR_ZLIB: Final = 32 + zlib.MAX_WBITS
_RAW: Final = -zlib.MAX_WBITS
_ZSTD_WINDOW_LOG: Final = 23  # 8 MiB, the most that HTTP allows (RFC 9659)

Unpack = Callable[[bytes, int], bytes]  # more wire bytes, most bytes wanted (at least 1) → plain bytes


class Decoder:
    """Collects a body, unpacked, up to `limit` bytes; what is beyond is never unpacked.

    Args:
        codings: names, in lower case and in the order they were applied; unknown ones change nothing.
        limit: bytes.

    Raises NetworkError when there are too many.
    """

    __slots__ = ("_chunks", "_limit", "_size", "_steps", "_wire", "truncated")

    def __init__(self, codings: Sequence[str], limit: int) -> None:
        known = [coding for coding in codings if coding in _CODINGS]
        if len(known) > MAX_CODINGS:
            raise _broken("too many content encodings")
        self._steps = [_CODINGS[coding]() for coding in reversed(known)]
        self._limit = limit
        self._size = self._wire = 0
        self._chunks: list[bytes] = []
        self.truncated = False

    def feed(self, data: bytes) -> None:
        """Add wire bytes. Raises NetworkError when they are not what the codings promise."""
        if self.truncated or not data:
            return
        room = self._limit - self._size
        if self._steps:
            data = self._unpack(data, room + 1)
        if len(data) > room:
            data = data[:room]
            self.truncated = True
        self._size += len(data)
        self._chunks.append(data)

    def _unpack(self, data: bytes, room: int) -> bytes:
        # Endless members with nothing in them must end as well.
        self._wire += len(data)
        self.truncated = self._wire > 2 * self._limit + _OVERHEAD_BYTES
        for step in self._steps:
            if data:
                most = room if step is self._steps[-1] else self._limit + _OVERHEAD_BYTES
                data = step(data, most)
                # What is left within a step is never asked for.
                self.truncated = self.truncated or len(data) >= most
        return data

    def body(self) -> bytes:
        """Everything so far."""
        return self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)


def _broken(text: str) -> NetworkError:
    return NetworkError(text, "Z_DATA_ERROR", ErrorKind.PROTOCOL)


class _Members:
    """Streams one after the other (RFC 1952 §2.2, RFC 8878 §3.1); what follows them and is none is left out.

    Args:
        new: makes what unpacks a stream of its first bytes, with zlib's methods.
        magic: how a further one begins.
    """

    def __init__(self, new: Callable[[bytes], Any], magic: re.Pattern[bytes], magic_bytes: int) -> None:
        self._new = new
        self._magic = magic
        self._magic_bytes = magic_bytes
        self._stream: Any = None
        self._held = b""  # too few bytes to tell what begins with them
        self._further = self._over = False

    def __call__(self, data: bytes, room: int) -> bytes:
        plain: list[bytes] = []
        data, self._held = self._held + data, b""
        while data and room and not self._over:
            if self._stream is None and not self._begin(data):
                break
            plain.append(self._stream.decompress(data, room))
            room -= len(plain[-1])
            if not self._stream.eof:
                break
            data, self._stream = self._stream.unused_data, None
            self._further = True
        return b"".join(plain)

    def _begin(self, data: bytes) -> bool:
        if len(data) < self._magic_bytes:
            self._held = data
            return False
        self._over = self._further and self._magic.match(data) is None
        if not self._over:
            self._stream = self._new(data)
        return not self._over


def _zlib_family(*, raw: bool) -> Unpack:
    def new(start: bytes) -> Any:
        wrapped = start[0] & 0x0F == _ZLIB_METHOD and (start[0] << 8 | start[1]) % _ZLIB_CHECK == 0
        bare = raw and not wrapped and start[:2] != _GZIP_MAGIC
        return zlib.decompressobj(_RAW if bare else _GZIP_OR_ZLIB)

    members = _Members(new, re.compile(re.escape(_GZIP_MAGIC)), len(_GZIP_MAGIC))

    def unpack(data: bytes, room: int) -> bytes:
        try:
            return members(data, room)
        except zlib.error as error:
            raise _broken(str(error).rpartition(": ")[2]) from None

    return unpack


def _zstd() -> Unpack:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd

    options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG}
    members = _Members(
        lambda _: zstd.ZstdDecompressor(options=options),
        re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18", re.DOTALL),
        4,
    )

    def unpack(data: bytes, room: int) -> bytes:
        try:
            return members(data, room)
        except zstd.ZstdError as error:
            raise _broken(str(error)) from None

    return unpack


def _brotli() -> Unpack:
    import brotli

    stream = brotli.Decompressor()

    def unpack(data: bytes, room: int) -> bytes:
        if stream.is_finished():
            return b""
        try:
            plain: bytes = stream.process(data, output_buffer_limit=room)
        except brotli.error:
            raise _broken("Decompression failed") from None
        return plain[:room]

    return unpack


_CODINGS: Final[dict[str, Callable[[], Unpack]]] = {
    **dict.fromkeys(("gzip", "x-gzip", "compress", "x-compress"), lambda: _zlib_family(raw=False)),
    **dict.fromkeys(("deflate", "x-deflate"), lambda: _zlib_family(raw=True)),
    "br": _brotli,
    "zstd": _zstd,
}
