"""Filters that pick items of a list, by a property of theirs or by an expression."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from kuma_lite.notifications.liquid.expressions import Cursor, Path
from kuma_lite.notifications.liquid.running import Run
from kuma_lite.notifications.liquid.values import MISSING, as_list, equal, is_true, items, plain, read, text

Of = Callable[[Any], Any]  # what an item is judged by
Found = tuple[int, Any]  # where, and what

_UNASKED: Final = object()  # no value was given that the property should have


def _property(run: Run, name: Any) -> Of:
    """Reads a property: `name`, `tags[0].name`."""
    path = Cursor(text(name)).value()
    if not isinstance(path, Path):
        return lambda item: MISSING

    def of(item: Any) -> Any:
        found = item
        for key in path.keys:
            found = read(found, plain(key.value(run)))
        return found

    return of


def _expression(run: Run, name: Any, expression: Any) -> Of:
    """Evaluates an expression that knows the item by a name."""
    filtered = Cursor(text(expression)).filtered()

    def of(item: Any) -> Any:
        run.limits.tick()
        with run.scope({text(name): item}):
            return plain(filtered.value(run))

    return of


def _matching(run: Run, value: Any, name: Any, wanted: Any) -> list[Found]:
    of = _property(run, name)
    return [
        (index, item)
        for index, item in enumerate(as_list(value))
        if (is_true(of(item)) if wanted is _UNASKED else equal(of(item), wanted))
    ]


def _where(kept: bool) -> Callable[..., list[Any]]:
    def filter_items(run: Run, value: Any, name: Any = MISSING, wanted: Any = _UNASKED) -> list[Any]:
        matching = {index for index, _ in _matching(run, value, name, wanted)}
        return [item for index, item in enumerate(as_list(value)) if (index in matching) is kept]

    return filter_items


def _where_exp(kept: bool) -> Callable[..., list[Any]]:
    def filter_items(run: Run, value: Any, name: Any, expression: Any) -> list[Any]:
        of = _expression(run, name, expression)
        return [item for item in as_list(value) if of(item) is kept]

    return filter_items


def _first(pick: Callable[[list[Found]], Any]) -> Callable[..., Any]:
    def find(run: Run, value: Any, name: Any = MISSING, wanted: Any = _UNASKED) -> Any:
        return pick(_matching(run, value, name, wanted))

    return find


def _first_exp(pick: Callable[[list[Found]], Any]) -> Callable[..., Any]:
    def find(run: Run, value: Any, name: Any, expression: Any) -> Any:
        of = _expression(run, name, expression)
        # What an expression gives counts as JavaScript's truth here: 0 and "" are false.
        return pick([(index, item) for index, item in enumerate(as_list(value)) if of(item)])

    return find


def _groups(value: Any, of: Of) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = []
    for item in items(plain(value)):
        name = of(item)
        group = next((group for group in groups if equal(group["name"], name)), None)
        if group is None:
            group = {"name": name, "items": []}
            groups.append(group)
        group["items"].append(item)
    return groups


def _found_item(found: list[Found]) -> Any:
    return found[0][1] if found else MISSING


def _found_index(found: list[Found]) -> Any:
    return found[0][0] if found else MISSING


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "find": _first(_found_item),
    "find_exp": _first_exp(_found_item),
    "find_index": _first(_found_index),
    "find_index_exp": _first_exp(_found_index),
    "group_by": lambda run, value, name=MISSING: _groups(value, _property(run, name)),
    "group_by_exp": lambda run, value, name, expression: _groups(value, _expression(run, name, expression)),
    "has": _first(bool),
    "has_exp": _first_exp(bool),
    "reject": _where(False),
    "reject_exp": _where_exp(False),
    "where": _where(True),
    "where_exp": _where_exp(True),
}
