"""A part of a list: filtered and sorted by declared fields, stable from page to page. Pure."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from kuma_lite.core.resources import Document
from kuma_lite.management.bodies import ID
from kuma_lite.rest.problems import Problem

USUAL: Final = 100
MOST: Final = 1_000
SORT, FIELDS, CURSOR, LIMIT, SEARCH = "sort", "fields", "cursor", "limit", "q"
OWN: Final = frozenset({SORT, FIELDS, CURSOR, LIMIT, SEARCH})
_SLICE: Final = 200  # things looked at before others get their turn


class Wanted(Struct, frozen=True):
    """What a request asks for.

    Args:
        sort: field; with `descending`.
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
    fields = query.get(FIELDS)
    return Wanted(
        sort=sort.removeprefix("-"),
        descending=sort.startswith("-"),
        filters={name: value for name, value in query.items() if name not in OWN},
        search=query.get(SEARCH, "").casefold(),
        fields=frozenset(fields.split(",")) if fields else None,
        after=_read_cursor(query.get(CURSOR)),
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
    known: set[str] = set()
    for number, make in enumerate(bodies):
        if number % _SLICE == _SLICE - 1:
            await rest()
        body = make()
        known |= body.keys()
        if asked.search in name_of(body).casefold() and _fits(body, asked.filters):
            found.append(body)
    if bodies:
        _refuse_unknown(asked, known)
    found.sort(key=lambda body: (_rank(body.get(asked.sort)), _rank(body[ID])), reverse=asked.descending)
    total = len(found)
    if asked.after is not None:
        last = (_rank(asked.after[0]), _rank(asked.after[1]))
        found = [
            body
            for body in found
            if _is_after((_rank(body.get(asked.sort)), _rank(body[ID])), last, descending=asked.descending)
        ]
    shown = found[: asked.limit]
    cursor = None
    if len(found) > len(shown) and shown:
        cursor = _cursor(shown[-1].get(asked.sort), shown[-1][ID])
    return [_sparse(body, asked.fields) for body in shown], cursor, total


def _is_after(one: Any, other: Any, *, descending: bool) -> bool:
    return bool(one < other) if descending else bool(one > other)


def _refuse_unknown(asked: Wanted, known: set[str]) -> None:
    for name in _names(asked):
        if name not in known:
            raise Problem(422, f"There is no field “{name}” to sort, filter or show by.", (name, "unknown"))


def _names(asked: Wanted) -> Iterator[str]:
    yield asked.sort
    yield from asked.filters
    yield from asked.fields or ()


def _fits(body: Document, filters: Mapping[str, str]) -> bool:
    return all(_as_text(body.get(name)) == value for name, value in filters.items())


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


def _cursor(value: Any, number: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps([value, number]).encode()).decode().rstrip("=")


def _read_cursor(text: str | None) -> tuple[Any, Any] | None:
    if not text:
        return None
    try:
        value, number = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, TypeError, RecursionError):
        raise Problem(422, "The cursor is not one of ours.", (CURSOR, "not one of ours")) from None
    return value, number


def _limit(text: str | None) -> int:
    if text is None or text == "":
        return USUAL
    if not (text.isascii() and text.isdecimal() and int(text[:9]) >= 1 and len(text) < 9):
        raise Problem(422, f"The limit must be a number from 1 to {MOST}.", (LIMIT, "not a number in range"))
    return min(int(text), MOST)
