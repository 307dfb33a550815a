"""Beats as a few bytes each: how the log and the sealed blocks of beats are written.

A packed run is a version byte and a deflated sequence of columns. Ids and times are written as what they
differ from an even rhythm, which is next to nothing; everything that repeats from beat to beat (status,
text, counters) is written once and referred to. A hundred beats of a steady monitor take some 400 bytes,
against 13,000 in Uptime Kuma's tables.
"""

from __future__ import annotations

import json
import struct
import sys
import zlib
from array import array
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from operator import sub
from typing import Any, Final, NamedTuple

from kuma_lite.beats.model import Beat
from kuma_lite.core.declarations import Status

VERSION: Final = 1
_VERSION_BYTE: Final = bytes((VERSION,))
LEVEL: Final = 6  # of deflate; higher levels cost more than they gain on a kilobyte
# What fits into a window of 1 KB is deflated with little memory: clearing the usual 256 KB takes three times
# as long as deflating a single beat.
_SHORT: Final = 700  # bytes; deflate keeps 262 of its window to itself
_SHORT_WINDOW_BITS: Final = 10
_SHORT_MEMORY: Final = 4
STATUSES: Final = tuple(Status)  # by number; calling the enumeration costs ten times as much

# Count; first id and its first step; first time and its first step; first monitor; kind of ping.
_HEAD: Final = struct.Struct("<IqqqqqB")
_WHOLE, _THOUSANDTHS, _EXACT = range(3)  # kinds of ping: integers, integers / 1000, floating point
_SIZES: Final = (("b", 7), ("h", 15), ("i", 31), ("q", 63))
_SHAPES_KEPT: Final = 256
_COMMON_SHAPES: Final = 200  # bytes of their text; one has some 40, if nothing was kept of an answer
_EXACT_BELOW: Final = 2**53  # whole floating point numbers below it are exact
_NONE: Final = float("nan")
_json: Final = json.JSONEncoder(separators=(",", ":")).encode
_SWAP: Final = sys.byteorder == "big"  # files are little-endian everywhere


def encode(beats: Sequence[Beat]) -> bytes:
    """Pack beats, of one monitor or of many, in the order given; at least one."""
    shapes: dict[tuple[Any, ...], int] = {}
    ids, monitor_ids, times, ends, statuses, texts, pings, *rest = zip(*beats, strict=True)
    kinds = [shapes.setdefault(shape, len(shapes)) for shape in zip(statuses, texts, *rest, strict=True)]
    ping_kind, ping_column = _encode_pings(pings)
    id_step, id_rest = _unevenness(ids)
    time_step, time_rest = _unevenness(times)
    columns = [
        _HEAD.pack(len(beats), ids[0], id_step, times[0], time_step, monitor_ids[0], ping_kind),
        _pack(id_rest),
        _pack(time_rest),
        _pack(list(map(sub, monitor_ids[1:], monitor_ids))),
        _pack(list(map(sub, ends, times))),
        _pack(kinds),
        ping_column,
        _json([(int(status), msg, int(important), *more) for status, msg, important, *more in shapes]).encode(
            "ascii"
        ),
    ]
    return _VERSION_BYTE + _deflated(b"".join(columns))


def _deflated(raw: bytes) -> bytes:
    if len(raw) > _SHORT:
        return zlib.compress(raw, LEVEL)
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, _SHORT_WINDOW_BITS, _SHORT_MEMORY)
    return packer.compress(raw) + packer.flush()


class Columns(NamedTuple):
    """Beats side by side, as they are packed: cheaper to pass on than `Beat` by `Beat`."""

    ids: list[int]
    monitor_ids: list[int]
    times: list[int]
    delays: Sequence[int]  # from time to end_time
    kinds: Sequence[int]  # index into `shapes`
    pings: Sequence[float | None]
    shapes: Sequence[tuple[Any, ...]]  # the rest of a `Beat` without its ping, in its order


def decode_columns(packed: bytes) -> Columns:
    """The columns of a packed run. Raises ValueError for anything else."""
    if packed[:1] != _VERSION_BYTE:
        raise ValueError("unknown packing of beats")
    try:
        return _decode(zlib.decompress(packed[1:]))
    except (zlib.error, struct.error, LookupError, TypeError) as error:
        raise ValueError(f"damaged packing of beats: {error}") from error


def decode(packed: bytes) -> list[Beat]:
    """The beats of a packed run. Raises ValueError for anything else."""
    ids, monitor_ids, times, delays, kinds, pings, shapes = decode_columns(packed)
    halves = [(shape[:2], shape[2:]) for shape in shapes]  # the ping stands between them
    rows = zip(ids, monitor_ids, times, delays, kinds, pings, strict=True)
    make = Beat._make
    return [
        make((beat_id, monitor_id, time, time + delay, *halves[kind][0], ping, *halves[kind][1]))
        for beat_id, monitor_id, time, delay, kind, ping in rows
    ]


def _decode(raw: bytes) -> Columns:
    count, first_id, id_step, first_time, time_step, monitor, ping_kind = _HEAD.unpack_from(raw)
    reader = _Reader(raw, _HEAD.size)
    ids = _even(first_id, id_step, reader.take(max(0, count - 2)), count)
    times = _even(first_time, time_step, reader.take(max(0, count - 2)), count)
    others = reader.take(count - 1)  # how they differ, which those of one monitor do not
    monitor_ids = list(accumulate(others, initial=monitor)) if any(others) else [monitor] * count
    delays, kinds = reader.take(count), reader.take(count)
    pings = _decode_pings(ping_kind, reader, count)
    text = reader.rest()
    shapes = _same_shapes_of(text) if len(text) <= _COMMON_SHAPES else _shapes_of(text)
    return Columns(ids, monitor_ids, times, delays, kinds, pings, shapes)


def _shapes_of(text: bytes) -> tuple[tuple[Any, ...], ...]:
    return tuple(
        [(STATUSES[status], msg, important == 1, *rest) for status, msg, important, *rest in json.loads(text)]
    )


_same_shapes_of: Final = lru_cache(maxsize=_SHAPES_KEPT)(_shapes_of)  # those of most blocks are a few


# --- numbers -----------------------------------------------------------------------------------------------


def _unevenness(values: Sequence[int]) -> tuple[int, list[int]]:
    """The first step between values, and how each further step differs from the one before."""
    steps = list(map(sub, values[1:], values))
    return (steps[0] if steps else 0), list(map(sub, steps[1:], steps))


def _even(first: int, step: int, rest: Sequence[int], count: int) -> list[int]:
    """The inverse of `_unevenness`."""
    if count == 1:
        return [first]
    if not any(rest):
        return list(range(first, first + step * count, step)) if step else [first] * count
    return list(accumulate(accumulate(rest, initial=step), initial=first))


def _pack(values: list[int]) -> bytes:
    """A column in the narrowest type that holds it, behind the letter of that type."""
    low, high = (min(values), max(values)) if values else (0, 0)
    bits = max(low.bit_length() if low >= 0 else (~low).bit_length(), high.bit_length())
    letter = next(letter for letter, size in _SIZES if bits <= size)
    return letter.encode("ascii") + _bytes_of(array(letter, values))


def _bytes_of(column: array[Any]) -> bytes:
    if _SWAP:
        column.byteswap()
    return column.tobytes()


class _Reader:
    """Takes columns off a packed run, one after the other."""

    def __init__(self, raw: bytes, position: int) -> None:
        self._raw = raw
        self._position = position

    def take(self, count: int) -> array[Any]:
        """The next column of integers."""
        letter = chr(self._raw[self._position])
        self._position += 1
        return self.plain(letter, count)

    def plain(self, letter: str, count: int) -> array[Any]:
        """The next column, of a known type."""
        column = array(letter)
        end = self._position + count * column.itemsize
        column.frombytes(self._raw[self._position : end])
        if len(column) != count:
            raise ValueError("damaged packing of beats: it ends early")
        self._position = end
        if _SWAP:
            column.byteswap()
        return column

    def rest(self) -> bytes:
        """What follows the columns."""
        return self._raw[self._position :]


def _encode_pings(pings: Sequence[float | None]) -> tuple[int, bytes]:
    """Kind and column of response times; a missing one is 0, others are shifted up by one."""
    for kind, scale in ((_WHOLE, 1), (_THOUSANDTHS, 1000)):
        try:
            scaled = [None if ping is None else round(ping * scale) for ping in pings]
        except (OverflowError, ValueError):  # infinite, or not a number
            break
        numbers = [0 if number is None else number + 1 for number in scaled]
        exact = all(
            number is None or number / scale == ping for number, ping in zip(scaled, pings, strict=True)
        )
        if (
            exact
            and min(numbers) >= 0
            and max(numbers) < _EXACT_BELOW
            and numbers.count(0) == pings.count(None)
        ):
            return kind, _pack(numbers)
    return _EXACT, _bytes_of(array("d", [_NONE if ping is None else ping for ping in pings]))


def _decode_pings(kind: int, reader: _Reader, count: int) -> list[float | None]:
    if kind == _EXACT:
        return [None if ping != ping else ping for ping in reader.plain("d", count)]
    column = reader.take(count)
    if kind == _WHOLE and 0 not in column:
        return [number - 1 for number in column]
    if kind == _WHOLE:
        return [number - 1 if number else None for number in column]
    return [(number - 1) / 1000 if number else None for number in column]
