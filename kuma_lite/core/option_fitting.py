"""What does not fit its declaration though it can be read: nothing where something is needed, too much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from kuma_lite.core.declarations import Kind, Words
from kuma_lite.core.resource_documents import Field, default_of, fields_of
from kuma_lite.core.resources import Document, Resource

if TYPE_CHECKING:
    from kuma_lite.core.options import Options

MAX_PORT: Final = 65_535
REQUIRED: Final = "Field required"
_NUMBERS: Final = (Kind.NUMBER, Kind.PORT)
_AS_USUAL: Final = 0  # of numbers: the default, whatever the limits are


class Shown(Struct, frozen=True):
    """An option is shown while another one has one of these values."""

    key: str
    values: tuple[Any, ...]
    default: Any


class Needed(Struct, frozen=True):
    """An option that has no use without a value, while all its conditions hold."""

    field: Field
    conditions: tuple[Shown, ...]


def lacking(resource: Resource[Any], wire: Mapping[str, Any]) -> Iterator[Field]:
    """What is needed, and has no value in a complete document."""
    for needed in _needed(tuple(resource.options(wire))):
        field = needed.field
        if (
            is_blank(wire.get(field.key))
            and is_blank(default_of(resource, field))
            and all(_holds(condition, wire) for condition in needed.conditions)
        ):
            yield field


def misfit(resource: Resource[Any], wire: Document, old: Mapping[str, Any]) -> tuple[str, str]:
    """The name of a field and what is wrong with it; ("", "") for nothing.

    Args:
        resource: the kind.
        wire: a complete document.
        old: what is so already is no fault: compatible clients may store what they like.
    """
    for field in lacking(resource, wire):
        if not (old and is_blank(old.get(field.key))):
            return field.name, REQUIRED
    models = tuple(resource.options(wire))
    fields = fields_of(models)
    for model in models:
        for key, (_, words) in model.words().items():
            value, field = wire.get(key), fields[key]
            if (old and value == old.get(key)) or value == default_of(resource, field):
                continue
            if wrong := _out_of_range(words, value):
                return field.name, wrong
    return "", ""


def is_blank(value: Any) -> bool:
    """Whether there is nothing."""
    return value is None or value in ([], (), {}) or (isinstance(value, str) and not value.strip())


@lru_cache(maxsize=256)
def _needed(models: tuple[type[Options], ...]) -> tuple[Needed, ...]:
    fields, words, found = fields_of(models), _words(models), []
    for key, about in words.items():
        # Tokens are made where nobody says one.
        if about.required and not about.lenient and about.kind is not Kind.TOKEN:
            conditions, condition = [], about.shown_when
            while condition is not None:
                conditions.append(Shown(condition.option, condition.values, fields[condition.option].default))
                condition = words[condition.option].shown_when
            found.append(Needed(fields[key], tuple(conditions)))
    return tuple(found)


def _words(models: tuple[type[Options], ...]) -> dict[str, Words]:
    return {key: words for model in models for key, (_, words) in model.words().items()}


def _holds(condition: Shown, wire: Mapping[str, Any]) -> bool:
    value = wire.get(condition.key)
    return (condition.default if value is None else value) in condition.values


def _out_of_range(words: Words, value: Any) -> str:
    if words.kind not in _NUMBERS or not isinstance(value, int | float) or value == _AS_USUAL:
        return ""
    least, most = words.minimum, words.maximum
    if words.kind is Kind.PORT:
        least, most = least or 1, most or MAX_PORT
    if least is not None and value < least:
        return f"Input should be greater than or equal to {least:g}"
    if most is not None and value > most:
        return f"Input should be less than or equal to {most:g}"
    return ""
