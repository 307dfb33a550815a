"""A part of a list: filtered and sorted by declared fields, stable from page to page. Pure.

What stands within a field has a name with a dot: `state.status`, `tags.tag`. A list fits when one of its
items does.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from kuma_lite.core.resources import Document
from kuma_lite.management.bodies import ID
from kuma_lite.rest.problems import Problem

USUAL: Final = 100
MOST: Final = 1_000
SORT, FIELDS, CURSOR, LIMIT, SEARCH = "sort", "fields", "cursor", "limit", "q"
OWN: Final = frozenset({SORT, FIELDS, CURSOR, LIMIT, SEARCH})
_WITHIN: Final = "."
_NOTHING, _PLAIN, _FIELDS = range(3)  # what a name has in all bodies together
_EMPTY: Final[tuple[Any, ...]] = (None, [])
_SLICE: Final = 200  # things looked at before others get their turn


class Wanted(Struct, frozen=True):
    """What a request asks for.

    Args:
        sort: field, or one within it; with `descending`.
        filters: field → value as text; all have to fit.
        search: a part of the name, in any case.
        fields: those to be shown; None: all.
        after: sort value and id of the last one of the page before; None: from the beginning.
        limit: how many.
    """

    sort: str = ID
    descending: bool = False
    filters: Mapping[str, str] = ()  # type: ignore[assignment]
    search: str = ""
    fields: frozenset[str] | None = None
    after: tuple[Any, Any] | None = None
    limit: int = USUAL


def wanted(query: Mapping[str, str]) -> Wanted:
    """From the parameters of a request. Raises Problem."""
    sort = query.get(SORT) or ID
    after = _read_cursor(query.get(CURSOR), sort)
    fields = query.get(FIELDS)
    return Wanted(
        sort=sort.removeprefix("-"),
        descending=sort.startswith("-"),
        filters={name: value for name, value in query.items() if name not in OWN},
        search=query.get(SEARCH, "").casefold(),
        fields=frozenset(fields.split(",")) if fields else None,
        after=after,
        limit=_limit(query.get(LIMIT)),
    )


async def part(
    bodies: Sequence[Callable[[], Document]],
    asked: Wanted,
    name_of: Callable[[Document], str],
    rest: Callable[[], Any],
) -> tuple[list[Document], str | None, int]:
    """The part, the cursor of the next one, and how many fit in all. Raises Problem.

    Args:
        bodies: makes each body.
        asked: what is wanted.
        name_of: what `search` looks at.
        rest: awaited now and then, so that others get their turn.
    """
    found = []
    known: dict[str, int] = {}  # names → what is there
    for number, make in enumerate(bodies):
        if number % _SLICE == _SLICE - 1:
            await rest()
        body = make()
        _learn(known, body)
        if asked.search in name_of(body).casefold() and _fits(body, asked.filters):
            found.append(body)
    if bodies:
        _refuse_unknown(asked, known)
    found.sort(key=lambda body: _place(body, asked), reverse=asked.descending)
    total = len(found)
    if asked.after is not None:
        last = (_rank(asked.after[0]), _rank(asked.after[1]))
        found = [body for body in found if _is_after(_place(body, asked), last, descending=asked.descending)]
    shown = found[: asked.limit]
    cursor = None
    if len(found) > len(shown) and shown:
        cursor = _cursor(asked, shown[-1])
    return [_sparse(body, asked.fields) for body in shown], cursor, total


def _is_after(one: Any, other: Any, *, descending: bool) -> bool:
    return bool(one < other) if descending else bool(one > other)


def _place(body: Document, asked: Wanted) -> tuple[Any, Any]:
    """Where one stands in the order; things with the same value follow by their ids."""
    return _rank(next(iter(_values(body, asked.sort)), None)), _rank(body[ID])


def _learn(known: dict[str, int], body: Document) -> None:
    """The names of what a body has, and of what stands within that."""
    for name, value in body.items():
        known[name] = max(known.get(name, _NOTHING), _NOTHING if value in _EMPTY else _PLAIN)
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, Mapping):
                known[name] = _FIELDS
                known.update((f"{name}{_WITHIN}{inner}", _PLAIN) for inner in part)


def _refuse_unknown(asked: Wanted, known: Mapping[str, int]) -> None:
    shown = asked.fields or ()
    for name in shown:
        if _WITHIN in name:
            raise Problem(422, f"Only whole fields can be shown, not “{name}”.", (FIELDS, "no whole field"))
    for name in (asked.sort, *asked.filters, *shown):
        # A list that is empty everywhere does not tell what would stand in it.
        outer, within, _ = name.partition(_WITHIN)
        if name not in known and not (within and known.get(outer) == _NOTHING):
            raise Problem(422, f"There is no field “{name}” to sort, filter or show by.", (name, "unknown"))
    for name, value in asked.filters.items():
        if known.get(name) == _FIELDS and not value.startswith(("[", "{")):
            first = next(one for one in known if one.startswith(f"{name}{_WITHIN}"))
            sentence = f"“{name}” has fields of its own: say {first}, for example."
            raise Problem(422, sentence, (name, "has fields of its own"))


def _values(body: Document, name: str) -> list[Any]:
    """What a body has under a name; several where that leads into a list."""
    outer, _, inner = name.partition(_WITHIN)
    value = body.get(outer)
    if not inner:
        return value if isinstance(value, list) and value else [value]
    parts = value if isinstance(value, list) else [value]
    return [part.get(inner) for part in parts if isinstance(part, Mapping)]


def _fits(body: Document, filters: Mapping[str, str]) -> bool:
    return all(
        any(_as_text(one) == value for one in (body.get(name), *_values(body, name)))
        for name, value in filters.items()
    )


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _rank(value: Any) -> tuple[int, Any]:
    """What can be compared with every other value: nothing, numbers, texts, the rest."""
    if value is None:
        return (0, 0)
    if isinstance(value, int | float):
        return (1, value)
    if isinstance(value, str):
        return (2, value.casefold())
    return (3, _as_text(value))


def _sparse(body: Document, fields: frozenset[str] | None) -> Document:
    return body if fields is None else {name: value for name, value in body.items() if name in fields}


def _cursor(asked: Wanted, last: Document) -> str:
    sort = f"-{asked.sort}" if asked.descending else asked.sort
    value = next(iter(_values(last, asked.sort)), None)
    text = json.dumps([value, last[ID], sort])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(text: str | None, sort: str) -> tuple[Any, Any] | None:
    if not text:
        return None
    try:
        value, number, of = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, TypeError, RecursionError):
        raise Problem(422, "The cursor is not one of ours.", (CURSOR, "not one of ours")) from None
    if of != sort:
        sentence = "The cursor is that of a list in another order."
        raise Problem(422, sentence, (CURSOR, "of another order"))
    return value, number


def _limit(text: str | None) -> int:
    if text is None or text == "":
        return USUAL
    if not (text.isascii() and text.isdecimal() and int(text[:9]) >= 1 and len(text) < 9):
        raise Problem(422, f"The limit must be a number from 1 to {MOST}.", (LIMIT, "not a number in range"))
    return min(int(text), MOST)
