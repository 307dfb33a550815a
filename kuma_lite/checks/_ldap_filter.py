"""Filters of LDAP searches as people write them (RFC 4515), in the encoding of the protocol (pure)."""

from __future__ import annotations

import re
from typing import Final

from kuma_lite.checks import _ber as ber

MAX_DEPTH: Final = 32  # filters within filters; people nest three or four
MAX_CHARS: Final = 8192

_AND, _OR, _NOT, _EQUAL, _SUBSTRINGS = 0xA0, 0xA1, 0xA2, 0xA3, 0xA4
_PRESENT, _EXTENSIBLE = 0x87, 0xA9
_COMPARISONS: Final = {">=": 0xA5, "<=": 0xA6, "~=": 0xA8, "=": _EQUAL}
_NAME: Final = r"(?:[A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\.[0-9]+)*)"
_ATTRIBUTE: Final = rf"{_NAME}(?:;[A-Za-z0-9-]+)*"
_ITEM: Final = re.compile(rf"\s*({_ATTRIBUTE})\s*(>=|<=|~=|=)([^()]*)")
_RULE: Final = re.compile(rf"\s*({_ATTRIBUTE})?(:dn)?(?::({_NAME}))?:=([^()]*)", re.IGNORECASE)
_ESCAPED: Final = re.compile(rb"\\([0-9A-Fa-f]{2})")


class FilterError(ValueError):
    """No filter; the text says where."""


def encode(text: str) -> bytes:
    """A filter in BER; the outermost brackets may be missing. Raises FilterError."""
    if len(text) > MAX_CHARS:
        raise FilterError(f"the filter is longer than {MAX_CHARS} characters")
    text = text.strip()
    if not text.startswith("("):
        text = f"({text})"
    found, end = _filter(text, 0, 0)
    if end != len(text):
        raise _unexpected(text, end)
    return found


def _filter(text: str, place: int, depth: int) -> tuple[bytes, int]:
    """The filter in brackets that begins here, and where it ends."""
    if depth > MAX_DEPTH:
        raise FilterError("the filter is nested too deeply")
    inside = _expect(text, place, "(")
    sign = text[inside : inside + 1]
    if sign in ("&", "|"):
        parts, inside = _filters(text, inside + 1, depth)
        found = ber.sequence(*parts, tag=_AND if sign == "&" else _OR)
    elif sign == "!":
        part, inside = _filter(text, _skip(text, inside + 1), depth + 1)
        found = ber.sequence(part, tag=_NOT)
    else:
        found, inside = _item(text, inside)
    return found, _expect(text, _skip(text, inside), ")")


def _filters(text: str, place: int, depth: int) -> tuple[list[bytes], int]:
    parts = []
    place = _skip(text, place)
    while text[place : place + 1] == "(":
        part, place = _filter(text, place, depth + 1)
        parts.append(part)
        place = _skip(text, place)
    return parts, place


def _item(text: str, place: int) -> tuple[bytes, int]:
    found = _ITEM.match(text, place)
    if found is not None:
        attribute, sign, value = found.groups()
        return _comparison(attribute, sign, value), found.end()
    rule = _RULE.match(text, place)
    if rule is None or not (rule[1] or rule[3]):
        raise _unexpected(text, place)
    parts = []
    if rule[3]:
        parts.append(ber.octets(rule[3].encode(), 0x81))
    if rule[1]:
        parts.append(ber.octets(rule[1].encode(), 0x82))
    parts.append(ber.octets(_value(rule[4]), 0x83))
    if rule[2]:
        parts.append(ber.boolean(True, 0x84))
    return ber.sequence(*parts, tag=_EXTENSIBLE), rule.end()


def _comparison(attribute: str, sign: str, value: str) -> bytes:
    name = attribute.encode()
    if sign != "=" or "*" not in value:
        return ber.sequence(ber.octets(name), ber.octets(_value(value)), tag=_COMPARISONS[sign])
    if value.strip() == "*":
        return ber.octets(name, _PRESENT)
    first, *middle, last = map(_value, value.split("*"))
    parts = [ber.octets(first, 0x80)] if first else []
    parts += [ber.octets(part, 0x81) for part in middle if part]
    parts += [ber.octets(last, 0x82)] if last else []
    if not parts:
        raise FilterError(f"only asterisks after {attribute}")
    return ber.sequence(ber.octets(name), ber.sequence(*parts), tag=_SUBSTRINGS)


def _value(text: str) -> bytes:
    """A value, with `\\2a` for what has a meaning in filters."""
    data = text.encode("utf-8", "replace")
    if b"\\" in _ESCAPED.sub(b"", data):
        raise FilterError("a backslash must be followed by two hexadecimal digits")
    return _ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), data)


def _skip(text: str, place: int) -> int:
    """Past blanks."""
    while text[place : place + 1].isspace():
        place += 1
    return place


def _expect(text: str, place: int, sign: str) -> int:
    if text[place : place + 1] != sign:
        raise _unexpected(text, place)
    return place + 1


def _unexpected(text: str, place: int) -> FilterError:
    rest = text[place : place + 20]
    return FilterError(f"unexpected {rest!r}" if rest else "it ends too early")
