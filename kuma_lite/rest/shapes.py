"""From an example to its schema: how bodies of the Servers API are described in the OpenAPI document.

A plain value stands for all values of its type; a `Part` adds what an example cannot show of itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

from litestar.openapi.spec import Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType
from msgspec import Struct

from kuma_lite.core.records import replace


class Part(Struct, frozen=True):
    """A value in an example, with what it does not show of itself."""

    like: Any  # an example of the value; its type is the type of all
    title: str = ""  # the name of this kind of object
    null: bool = False  # it may be null instead
    optional: bool = False  # its key may be left out
    shown: bool = True  # False: the example leaves it out where it may, or else has null
    choices: tuple[str, ...] = ()  # there are no others
    names: bool = False  # the keys of the object are names of anything, the values are like the first one
    free: bool = False  # keys and values of the object are anything


class _Null(Enum):
    """What is null in the document: Litestar leaves out None, but not an enumeration's."""

    NULL = None


_TYPES: Final = {
    bool: OpenAPIType.BOOLEAN,
    int: OpenAPIType.INTEGER,
    float: OpenAPIType.NUMBER,
    str: OpenAPIType.STRING,
    list: OpenAPIType.ARRAY,
    dict: OpenAPIType.OBJECT,
}
_FORMATS: Final = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), OpenAPIFormat.DATE_TIME),
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), OpenAPIFormat.UUID),
)


# Two moments for all examples.
MOMENT: Final = "2024-01-20T14:22:00Z"
BEFORE: Final = "2024-01-15T10:30:00Z"


def named(title: str, like: Mapping[str, Any]) -> Part:
    """An object that the document describes once, by this name."""
    return Part(dict(like), title=title)


def nullable(like: Any, *, shown: bool = True) -> Part:
    """A value that may be null; when it is not shown, the example has null."""
    return replace(_part(like), null=True, shown=shown)


def optional(like: Any, *, shown: bool = True) -> Part:
    """A value whose key may be left out; when it is not shown, the example leaves it out."""
    return replace(_part(like), optional=True, shown=shown)


def one_of(*choices: str) -> Part:
    """One of these texts; the example has the first."""
    return Part(choices[0], choices=choices)


def by_name(like: Mapping[str, Any]) -> Part:
    """An object whose keys are names, with values of one kind."""
    return Part(dict(like), names=True)


def anything(like: Mapping[str, Any]) -> Part:
    """An object of which nothing more is known."""
    return Part(dict(like), free=True)


def example_of(value: Any) -> Any:
    """The example alone."""
    part = _part(value)
    if not part.shown:
        return _Null.NULL
    if isinstance(part.like, dict):
        return {key: example_of(item) for key, item in part.like.items() if not _is_left_out(item)}
    if isinstance(part.like, list):
        return [example_of(item) for item in part.like]
    if isinstance(part.like, float) and part.like.is_integer():
        return int(part.like)  # JSON has one kind of number, and bytes look odd with a fraction
    return part.like


def schema_of(value: Any) -> Schema:
    """What all values of this kind have in common."""
    part = _part(value)
    kind = _TYPES[type(part.like)]
    schema = Schema(type=[kind, OpenAPIType.NULL] if part.null else kind)
    schema.title, schema.enum = part.title or None, list(part.choices) or None
    if isinstance(part.like, str):
        schema.format = next((name for look, name in _FORMATS if look.fullmatch(part.like)), None)
    elif isinstance(part.like, list):
        schema.items = schema_of(part.like[0])
    elif isinstance(part.like, dict):
        _describe_keys(schema, part)
    return schema


def _describe_keys(schema: Schema, part: Part) -> None:
    if part.names or part.free:
        schema.additional_properties = part.free or schema_of(next(iter(part.like.values())))
        return
    schema.properties = {key: schema_of(item) for key, item in part.like.items()}
    schema.required = [key for key, item in part.like.items() if not _part(item).optional] or None


def _part(value: Any) -> Part:
    return value if isinstance(value, Part) else Part(value)


def _is_left_out(value: Any) -> bool:
    part = _part(value)
    return part.optional and not part.shown


def error(sentence: str) -> Part:
    """One sentence."""
    return named("Error", {"error": sentence})


def errors(sentence: str) -> Part:
    """All that does not fit."""
    return named("Errors", {"errors": [sentence]})
