"""Values as LiquidJS has them, which is as JavaScript has them: how they print, count and compare."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from math import inf, isfinite, isnan, nan
from typing import Any, Final

from kuma_lite.core.json_text import compact_json, text_of

EXACT_INTEGERS: Final = 2**53  # whole numbers beyond are no longer exact in JavaScript
_DECIMAL: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_BASED: Final = re.compile(r"0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+")


class Missing:
    """A variable that is not there; null in nearly every way."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "MISSING"


class Nil:
    """The word `nil`: unlike a variable that is null, it is neither less nor more than anything."""

    def __bool__(self) -> bool:
        return False


class Empty:
    """The word `empty`: equal to a text, a list or an object without anything in it."""

    def equals(self, value: Any) -> bool:
        """Whether the value is empty."""
        return isinstance(value, str | list | Mapping) and not value


class Blank(Empty):
    """The word `blank`: as `empty`, and equal to nil, false and white space."""

    def equals(self, value: Any) -> bool:
        """Whether the value is blank."""
        if isinstance(value, str):
            return not value.strip()
        return value is False or is_nil(value) or super().equals(value)


class Safe(str):
    """A text that needs no escaping where a template's values are escaped: what the template itself says."""

    __slots__ = ()


MISSING: Final = Missing()
NIL: Final = Nil()
EMPTY: Final = Empty()
BLANK: Final = Blank()


def is_nil(value: Any) -> bool:
    """Whether it is null or not there."""
    return value is None or value is MISSING or value is NIL


def is_true(value: Any) -> bool:
    """All but false and nil: 0, "" and empty lists are true."""
    return value is not False and not is_nil(value)


def plain(value: Any) -> Any:
    """What a filter sees: the words `empty` and `blank` are empty texts, and `nil` is null."""
    return "" if isinstance(value, Empty) else None if value is NIL else value


def text(value: Any) -> str:
    """As it prints: nil is nothing, a list is its items without a separator, an object its JSON."""
    value = plain(value)
    if isinstance(value, str):
        return value
    if is_nil(value):
        return ""
    if isinstance(value, list):
        return "".join(map(text, value))
    return script_text(value)


def script_text(value: Any) -> str:
    """As JavaScript's `String(value)`: null is "null", a list has commas; but an object is its JSON."""
    value = plain(value)
    if value is MISSING:
        return "undefined"
    if isinstance(value, list):
        return ",".join("" if is_nil(item) else script_text(item) for item in value)
    if isinstance(value, Mapping):
        return compact_json(json_value(value))
    return text_of(value)


def json_value(value: Any) -> Any:
    """What JSON can hold; what is not there is null, as are numbers that JSON has no word for."""
    value = plain(value)
    if isinstance(value, Mapping):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [json_value(item) for item in value]
    if isinstance(value, float):
        return tidy(value) if isfinite(value) else None
    if value is None or isinstance(value, str | int):
        return value
    return None if value is MISSING else str(value)


def json_text(value: Any, indent: int = 0) -> str:
    """The value as JSON, `indent` blanks per level."""
    if indent <= 0:
        return compact_json(json_value(value))
    return json.dumps(json_value(value), ensure_ascii=False, indent=indent)


def number(value: Any) -> float:
    """As JavaScript's `Number(value)`: NaN for what is none."""
    value = plain(value)
    if isinstance(value, bool | int | float):
        return _double(value)
    if value is None:
        return 0.0
    if isinstance(value, list):
        value = script_text(value)
    if not isinstance(value, str):
        return nan
    stripped = value.strip()
    if not stripped:
        return 0.0
    if _BASED.fullmatch(stripped):
        return _double(int(stripped, 0))
    if _DECIMAL.fullmatch(stripped):
        return float(stripped)
    return {"Infinity": inf, "+Infinity": inf, "-Infinity": -inf}.get(stripped, nan)


def counted(value: Any) -> float:
    """The number of a value in a calculation: 0 for what is none."""
    found = number(value)
    return 0.0 if isnan(found) else found


def tidy(value: float) -> int | float:
    """A number without a needless fraction."""
    value = _double(value)
    return int(value) if isfinite(value) and value.is_integer() and abs(value) < EXACT_INTEGERS else value


def whole(value: Any, otherwise: int = 0) -> int:
    """A count or an index: whole, and within bounds that a list can have."""
    found = number(value)
    if isnan(found):
        return otherwise
    return int(max(-1e9, min(1e9, found)))


def equal(left: Any, right: Any) -> bool:
    """As `==` of a template: strict; lists by their items, `empty`, `blank` and nil by what they mean."""
    if left is NIL:
        return is_nil(right)
    if isinstance(left, Empty):
        return not isinstance(right, Empty) and left.equals(right)
    if isinstance(right, Empty):
        return right.equals(left)
    if right is NIL:
        return is_nil(left)
    if isinstance(left, list):
        return isinstance(right, list) and len(left) == len(right) and all(map(equal, left, right))
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, str) or isinstance(right, str):
        return isinstance(left, str) and isinstance(right, str) and left == right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left == right
    return left is right


def less(left: Any, right: Any, *, or_equal: bool = False) -> bool:
    """Whether it comes before: texts by letters, everything else as numbers, and never when one is none."""
    if isinstance(left, Empty | Nil) or isinstance(right, Empty | Nil):
        return False
    left, right = _comparable(left), _comparable(right)
    if isinstance(left, str) and isinstance(right, str):
        return left <= right if or_equal else left < right
    one, other = number(left), number(right)
    return one <= other if or_equal else one < other


def contains(left: Any, right: Any) -> bool:
    """Whether a list has such an item, or a text such a part."""
    if isinstance(left, list):
        return any(equal(item, right) for item in left)
    return isinstance(left, str) and script_text(right) in left


def items(value: Any) -> list[Any]:
    """What a loop goes through: items, pairs of an object, or a whole text once."""
    if isinstance(value, list):
        return value
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, Mapping):
        return [[key, item] for key, item in value.items()]
    return []


def as_list(value: Any) -> list[Any]:
    """A list as it is, anything else as the only item of one, nil as none."""
    value = plain(value)
    return [] if is_nil(value) else value if isinstance(value, list) else [value]


def read(thing: Any, key: Any) -> Any:
    """A property or an item. Nothing of Python can be reached: only what texts, lists and objects hold."""
    if isinstance(thing, str | list):
        return _read_indexed(thing, key)
    if isinstance(thing, Mapping):
        name = script_text(key)
        return thing[name] if name in thing else len(thing) if name == "size" else MISSING
    return MISSING


def read_path(thing: Any, path: str) -> Any:
    """A property of a property, dots between them."""
    for key in path.split("."):
        thing = read(thing, key)
    return thing


def utf16_length(value: str) -> int:
    """How long JavaScript finds a text: most emoji count twice."""
    return len(value) + sum(character > "\uffff" for character in value)


def _read_indexed(thing: str | list[Any], key: Any) -> Any:
    if isinstance(key, str) and not key.isdecimal():
        if key in ("size", "length"):
            return utf16_length(thing) if isinstance(thing, str) else len(thing)
        if isinstance(thing, list) and thing and key in ("first", "last"):
            return thing[0 if key == "first" else -1]
        return MISSING
    index = number(key)
    if not index.is_integer() or isinstance(key, bool):
        return MISSING
    if index < 0 and isinstance(thing, list):
        index += len(thing)
    return thing[int(index)] if 0 <= index < len(thing) else MISSING


def _comparable(value: Any) -> Any:
    return script_text(value) if isinstance(value, list | Mapping) else value


def _double(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return inf if value > 0 else -inf
