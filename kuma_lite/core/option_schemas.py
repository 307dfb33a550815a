"""JSON Schema of declared options, for editors and the API: how a value of each looks, and what it means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from kuma_lite.core.declarations import Words
from kuma_lite.core.resource_documents import Field, fields_of

if TYPE_CHECKING:
    from kuma_lite.core.options import Options


class Described(Struct, frozen=True):
    """An option: as documents have it, in words, and the schema of its values without default."""

    field: Field
    words: Words
    shape: Mapping[str, Any]


def described(models: Sequence[type[Options]]) -> Iterator[Described]:
    """Every option of some models."""
    for model in models:
        yield from _described(model)


@lru_cache(maxsize=256)  # a type takes milliseconds
def _described(model: type[Options]) -> Sequence[Described]:
    properties = model.model_json_schema(by_alias=False)["properties"]
    fields, found = fields_of((model,)), []
    for key, (_, words) in model.words().items():
        shape = without_titles(properties[fields[key].name])
        if words.choices:
            values = [choice.value for choice in words.choices]
            default = fields[key].default
            if isinstance(default, list | tuple):
                shape = {"type": "array", "items": {"enum": values}}
            else:
                shape = {"enum": values if default in values else [*values, default]}
        shape.pop("default", None)
        found.append(Described(fields[key], words, shape))
    return found


def description(words: Words) -> str:
    """What an option means, in a line."""
    label = f"{words.label} ({words.unit})" if words.unit else words.label
    return ". ".join(_parts([label, words.help]))


def without_titles(shape: Any) -> Any:
    """A schema without what its tools add."""
    if isinstance(shape, Mapping):
        return {key: without_titles(value) for key, value in shape.items() if key != "title"}
    return [without_titles(item) for item in shape] if isinstance(shape, list) else shape


def _parts(texts: Iterable[str]) -> list[str]:
    return [text.rstrip(".") for text in texts if text]
