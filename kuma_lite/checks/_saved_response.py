"""Response bodies kept with a beat, in the form clients of Uptime Kuma 2.5 read: base64 of brotli text.

Brotli (RFC 7932) has blocks that hold their bytes as they are. Writing only such blocks needs no encoder, and
every decoder reads them; the bodies are short (1 kB by default), so that compression would gain little.
"""

from __future__ import annotations

import base64
import binascii
from typing import Final

TRUNCATED: Final = "... (truncated)"
# A stored block names its length in 16 bits ("4 nibbles"), less one.
_BLOCK_BYTES: Final = 1 << 16
# Window of 4 MiB (RFC 7932 §9.1: bits 1011, least significant first); what brotli's own encoder declares.
_WINDOW_BITS, _WINDOW_CODE = 4, 0b1011
_END: Final = b"\x03"  # the last block, and empty


def save_response(text: str, max_length: int) -> str:
    """At most `max_length` characters of `text`, as stored with the beat."""
    if len(text) > max_length:
        text = text[:max_length] + TRUNCATED
    # Half of a surrogate pair cannot be written; a cut JSON escape may leave one.
    return base64.b64encode(store(text.encode("utf-8", "replace"))).decode("ascii")


def store(data: bytes) -> bytes:
    """A brotli stream of uncompressed blocks."""
    stream = bytearray()
    header_bits, header = _WINDOW_BITS, _WINDOW_CODE
    for start in range(0, len(data), _BLOCK_BYTES):
        block = data[start : start + _BLOCK_BYTES]
        # From the lowest bit: not last (1), four nibbles (2), length less one (16), uncompressed (1).
        header |= (len(block) - 1) << (header_bits + 3) | 1 << (header_bits + 19)
        stream += header.to_bytes(3, "little") + block
        header_bits = header = 0
    if not data:
        return bytes([_WINDOW_CODE | 0b11 << _WINDOW_BITS])
    return bytes(stream) + _END


def read_saved(saved: str) -> str | None:
    """The text of a response that `save_response` made; None for compressed ones, as imported data has."""
    try:
        data = _unpack(base64.b64decode(saved, validate=True))
    except (binascii.Error, ValueError):
        return None
    return None if data is None else data.decode("utf-8", "replace")


def _unpack(stream: bytes) -> bytes | None:
    if stream == store(b""):
        return b""
    data = bytearray()
    position, header_bits = 0, _WINDOW_BITS
    if stream[:1] and stream[0] & 0b1111 != _WINDOW_CODE:
        return None
    while stream[position:] != _END or not position:
        header = int.from_bytes(stream[position : position + 3], "little") >> header_bits
        if len(stream) < position + 3 or header & 0b111 or not header >> 19 & 1:
            return None
        length = (header >> 3 & 0xFFFF) + 1
        block = stream[position + 3 : position + 3 + length]
        if len(block) < length:
            return None
        data += block
        position, header_bits = position + 3 + length, 0
    return bytes(data)
