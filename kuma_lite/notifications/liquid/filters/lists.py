"""Filters that make a list, or one value, of a list."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cmp_to_key
from math import isnan
from typing import Any, Final

from kuma_lite.notifications.liquid.running import Run
from kuma_lite.notifications.liquid.values import (
    MISSING,
    as_list,
    equal,
    is_nil,
    less,
    number,
    read_path,
    script_text,
    text,
    tidy,
    whole,
)

Order = Callable[[Any, Any], int]


def _join(run: Run, value: Any, separator: Any = MISSING) -> str:
    found = as_list(value)
    parts = [item if isinstance(item, str) else "" if is_nil(item) else script_text(item) for item in found]
    return run.joined(" " if is_nil(separator) else separator, parts)


def _end(index: int) -> Callable[..., Any]:
    def pick(run: Run, value: Any) -> Any:
        del run
        if isinstance(value, str | list):
            return value[index] if value else MISSING if isinstance(value, list) else ""
        return ""

    return pick


def _ordered(left: Any, right: Any) -> int:
    """Nil comes last."""
    if is_nil(left) or is_nil(right):
        return int(is_nil(left)) - int(is_nil(right))
    return -1 if less(left, right) else int(less(right, left))


def _ordered_naturally(left: Any, right: Any) -> int:
    """As if there were small letters only."""
    if is_nil(left) or is_nil(right):
        return _ordered(left, right)
    return _ordered(script_text(left).lower(), script_text(right).lower())


def _sorted(order: Order) -> Callable[..., list[Any]]:
    def sort(run: Run, value: Any, key: Any = MISSING) -> list[Any]:
        del run
        name = text(key)
        compare = cmp_to_key(order)
        return sorted(as_list(value), key=lambda item: compare(read_path(item, name) if name else item))

    return sort


def _slice(run: Run, value: Any, begin: Any = 0, length: Any = 1) -> Any:
    del run
    if is_nil(value):
        return []
    source = value if isinstance(value, list) else text(value)
    first, count = whole(begin), whole(length)
    if count <= 0:
        return source[:0]
    first = first + len(source) if first < 0 else first
    return source[first : first + count]


def _sum(run: Run, value: Any, key: Any = MISSING) -> float:
    del run
    name = text(key)
    found = [number(read_path(item, name) if name else item) for item in as_list(value)]
    return tidy(sum(item for item in found if not isnan(item)))


def _uniq(run: Run, value: Any) -> list[Any]:
    kept: list[Any] = []
    for item in as_list(value):
        run.limits.tick()
        if not any(item is other or (not isinstance(item, list) and equal(item, other)) for other in kept):
            kept.append(item)
    return kept


def _sample(run: Run, value: Any, count: Any = 1) -> Any:
    del run
    if is_nil(value):
        return []
    source = list(value if isinstance(value, list) else text(value))
    random.shuffle(source)
    if count == 1:
        return source[0] if source else MISSING
    return source[: whole(count)]


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "compact": lambda run, value: [item for item in as_list(value) if not is_nil(item)],
    "concat": lambda run, value, more=MISSING: as_list(value) + as_list(more),
    "first": _end(0),
    "join": _join,
    "last": _end(-1),
    "map": lambda run, value, key=MISSING: [read_path(item, text(key)) for item in as_list(value)],
    "pop": lambda run, value: as_list(value)[:-1],
    "push": lambda run, value, item=MISSING: [*as_list(value), item],
    "reverse": lambda run, value: as_list(value)[::-1],
    "sample": _sample,
    "shift": lambda run, value: as_list(value)[1:],
    "slice": _slice,
    "sort": _sorted(_ordered),
    "sort_natural": _sorted(_ordered_naturally),
    "sum": _sum,
    "uniq": _uniq,
    "unshift": lambda run, value, item=MISSING: [item, *as_list(value)],
}
