"""Columns of SQL Server's rows (MS-TDS §2.2.5.4 to 2.2.5.5): their types, and a value as text.

Numbers and switches are written as Uptime Kuma's runtime does, dates as SQL does.
"""

from __future__ import annotations

import struct
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from msgspec import Struct

from kuma_lite.checks._tds_stream import nonsense
from kuma_lite.core.json_text import text_of

if TYPE_CHECKING:
    from kuma_lite.checks._tds_stream import TdsStream

NULL: Final = "null"
_KEPT_BYTES: Final = 256 * 1024  # of a value
_BIT, _BITN, _GUID, _XML, _UDT, _VARIANT = 0x32, 0x68, 0x24, 0xF1, 0xF0, 0x62
_DATE, _TIME, _DATETIME2, _DATETIMEOFFSET = 0x28, 0x29, 0x2A, 0x2B
_FIXED: Final = {
    0x1F: 0,
    **dict.fromkeys((0x30, _BIT), 1),
    0x34: 2,
    **dict.fromkeys((0x38, 0x3A, 0x3B, 0x7A), 4),
    **dict.fromkeys((0x3C, 0x3D, 0x3E, 0x7F), 8),
}
_INTEGERS: Final = frozenset({0x26, 0x30, 0x34, 0x38, 0x7F})
_FLOATS: Final = frozenset({0x3B, 0x3E, 0x6D})
_MONEY: Final = frozenset({0x3C, 0x6E, 0x7A})
_DATETIMES: Final = frozenset({0x3A, 0x3D, 0x6F})
_DECIMALS: Final = frozenset({0x37, 0x3F, 0x6A, 0x6C})
_TIMES: Final = frozenset({_TIME, _DATETIME2, _DATETIMEOFFSET})
_SHORT: Final = frozenset({_GUID, 0x26, _BITN, 0x6D, 0x6E, 0x6F, 0x25, 0x2D})
_SHORT_CHARS: Final = frozenset({0x27, 0x2F})
_CHARS, _WIDE_CHARS, _BINARY = frozenset({0xA7, 0xAF}), frozenset({0xE7, 0xEF}), frozenset({0xA5, 0xAD})
_TEXT, _NTEXT, _IMAGE = 0x23, 0x63, 0x22
_NULL_SHORT, _PLP_BYTES, _NULL_PLP = 0xFFFF, 0xFFFF, 0xFFFFFFFFFFFFFFFF
_UTF8: Final = 1 << 26
# Code pages of languages (the lower ten bits of a locale) other than 1252, and of locales that differ.
_LANGUAGES: Final = {
    **dict.fromkeys((0x05, 0x0E, 0x15, 0x18, 0x1A, 0x1B, 0x1C, 0x24), "cp1250"),
    **dict.fromkeys((0x02, 0x19, 0x22, 0x23, 0x2F, 0x3F, 0x40, 0x44, 0x50), "cp1251"),
    **dict.fromkeys((0x1F, 0x2C, 0x43), "cp1254"),
    **dict.fromkeys((0x01, 0x20, 0x29), "cp1256"),
    **dict.fromkeys((0x25, 0x26, 0x27), "cp1257"),
    0x08: "cp1253",
    0x0D: "cp1255",
    0x11: "cp932",
    0x12: "cp949",
    0x1E: "cp874",
    0x2A: "cp1258",
}
_CHINESE, _SIMPLIFIED = 0x04, frozenset({0x0804, 0x1004})


class Column(Struct, frozen=True):
    """The type of a column."""

    kind: int
    size: int = 0
    scale: int = 0
    codec: str = ""


async def read_column(stream: TdsStream) -> Column:
    """A TYPE_INFO. Raises NetworkError for a type that is none."""
    kind = await stream.number(1)
    if kind in _FIXED:
        return Column(kind, _FIXED[kind])
    if kind == _DATE:
        return Column(kind, 3)
    if kind in _TIMES:
        return Column(kind, scale=await stream.number(1))
    if kind in _SHORT:
        return Column(kind, await stream.number(1))
    if kind in _DECIMALS:
        size, _, scale = await stream.take(3)
        return Column(kind, size, scale)
    if kind in _SHORT_CHARS:
        return Column(kind, await stream.number(1), codec=_codec(await stream.take(5)))
    if kind in _BINARY:
        return Column(kind, await stream.number(2))
    if kind in _CHARS:
        return Column(kind, await stream.number(2), codec=_codec(await stream.take(5)))
    if kind in _WIDE_CHARS:
        size, _ = await stream.number(2), await stream.take(5)
        return Column(kind, size, codec="utf-16-le")
    if kind in (_TEXT, _NTEXT):
        size, codec = await stream.number(4), _codec(await stream.take(5))
        return Column(kind, size, codec="utf-16-le" if kind == _NTEXT else codec)
    if kind in (_IMAGE, _VARIANT):
        return Column(kind, await stream.number(4))
    if kind == _XML:
        if await stream.number(1):
            for size in (1, 1, 2):
                await stream.text(size)
        return Column(kind, _PLP_BYTES, codec="utf-16-le")
    if kind == _UDT:
        await stream.take(2)
        for size in (1, 1, 1, 2):
            await stream.text(size)
        return Column(kind, _PLP_BYTES)
    raise nonsense()


def has_table_name(column: Column) -> bool:
    """Whether the name of its table stands between type and name."""
    return column.kind in (_TEXT, _NTEXT, _IMAGE)


async def read_value(stream: TdsStream, column: Column) -> bytes | None:
    """The bytes of a value, cut where it is long; None for NULL."""
    kind = column.kind
    if kind in _FIXED:
        return await stream.take(column.size) if column.size else None
    if has_table_name(column):
        pointer = await stream.number(1)
        if not pointer:
            return None
        await stream.take(pointer + 8)
        return await stream.keep(await stream.number(4), _KEPT_BYTES)
    if kind == _VARIANT:
        return await stream.keep(await stream.number(4), _KEPT_BYTES) or None
    if column.size == _PLP_BYTES:
        return await _parts(stream)
    if kind in _CHARS | _WIDE_CHARS | _BINARY:
        length = await stream.number(2)
        return None if length == _NULL_SHORT else await stream.take(length)
    length = await stream.number(1)
    return await stream.take(length) if length or kind in _SHORT_CHARS else None


async def _parts(stream: TdsStream) -> bytes | None:
    """A value of any length (PLP)."""
    if await stream.number(8) == _NULL_PLP:
        return None
    kept = b""
    while length := await stream.number(4):
        kept += await stream.keep(length, _KEPT_BYTES - len(kept))
    return kept


def as_text(column: Column, value: bytes | None) -> str:
    """A value as a condition sees it (pure). Raises NetworkError for bytes that are none of its type."""
    if value is None:
        return NULL
    try:
        return _text(column, value)
    except (ValueError, OverflowError, IndexError, struct.error):
        raise nonsense() from None


def _text(column: Column, value: bytes) -> str:
    kind = column.kind
    if kind == _VARIANT:
        return _variant(value)
    if kind in (_BIT, _BITN):
        return text_of(value[0] != 0)
    if kind in _INTEGERS:  # one byte has no sign
        return str(int.from_bytes(value, "little", signed=len(value) > 1))
    if kind in _FLOATS:
        return text_of(struct.unpack("<f" if len(value) == 4 else "<d", value)[0])
    if kind in _MONEY:
        swapped = value if len(value) == 4 else value[4:] + value[:4]
        return text_of(int.from_bytes(swapped, "little", signed=True) / 10_000)
    if kind in _DECIMALS:
        number = int.from_bytes(value[1:], "little") / 10**column.scale
        return text_of(number if value[0] else -number)
    if kind in _DATETIMES:
        return _classic(value)
    if kind in (_DATE, *_TIMES):
        return _modern(kind, column.scale, value)
    if kind == _GUID:
        return str(UUID(bytes_le=value)).upper()
    return value.decode(column.codec or "utf-8", "replace")


def _variant(value: bytes) -> str:
    """A value that brings its type along."""
    kind, count = value[0], value[1]
    words, rest = value[2 : 2 + count], value[2 + count :]
    if kind in _DECIMALS:
        return _text(Column(kind, scale=words[1]), rest)
    if kind in _TIMES:
        return _text(Column(kind, scale=words[0]), rest)
    if kind in _CHARS | _WIDE_CHARS:
        return rest.decode("utf-16-le" if kind in _WIDE_CHARS else _codec(words[:5]), "replace")
    return _text(Column(kind), rest)


def _classic(value: bytes) -> str:
    """smalldatetime, in minutes, and datetime, in three hundredths of a second."""
    if len(value) == 4:
        days, minutes = struct.unpack("<HH", value)
        moment = datetime(1900, 1, 1) + timedelta(days=days, minutes=minutes)
    else:
        days, ticks = struct.unpack("<iI", value)
        moment = datetime(1900, 1, 1) + timedelta(days=days, milliseconds=round(ticks * 10 / 3))
    return moment.isoformat(" ", "milliseconds" if moment.microsecond else "seconds")


def _modern(kind: int, scale: int, value: bytes) -> str:
    offset = b""
    if kind == _DATETIMEOFFSET:
        value, offset = value[:-2], value[-2:]
    time, days = (value, b"") if kind == _TIME else (value[:-3], value[-3:])
    units = int.from_bytes(time, "little")
    minutes = int.from_bytes(offset, "little", signed=True)
    day = date.fromordinal(int.from_bytes(days, "little") + 1)
    if kind == _DATE:
        return day.isoformat()
    whole, fraction = divmod(units, 10**scale)
    moment = datetime(day.year, day.month, day.day) + timedelta(seconds=whole, minutes=minutes)
    clock = moment.strftime("%H:%M:%S") + (f".{fraction:0{scale}}" if scale else "")
    if kind == _TIME:
        return clock
    zone = f" {'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}" if offset else ""
    return f"{moment.date().isoformat()} {clock}{zone}"


def _codec(collation: bytes) -> str:
    """The character set of a collation."""
    bits = int.from_bytes(collation[:4], "little")
    if bits & _UTF8:
        return "utf-8"
    if bits & 0x3FF == _CHINESE:
        return "cp936" if bits & 0xFFFF in _SIMPLIFIED else "cp950"
    return _LANGUAGES.get(bits & 0x3FF, "cp1252")
