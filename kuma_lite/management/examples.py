"""An example of each kind, and of each of its types, made from what they declare."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from kuma_lite.core.declarations import Kind, Words
from kuma_lite.core.resources import Document, Resource

if TYPE_CHECKING:
    from kuma_lite.core.options import Options

_TYPE: Final = "type"
# What stands where nothing better is known.
_VALUES: Final[Mapping[Kind, Any]] = {
    Kind.URL: "https://shop.example/",
    Kind.HOST: "shop.example",
    Kind.PORT: 443,
    Kind.NUMBER: 1,
    Kind.SWITCH: True,
    Kind.TOKEN: "0123456789abcdef0123456789abcdef",
    Kind.PASSWORD: "a secret",
    Kind.REFERENCE: 1,
    Kind.LIST: ["shop.example"],
    Kind.STATUS_CODES: ["200-299"],
    Kind.JSON: "{}",
}
_TEXT: Final = "example"
_GAP: Final = re.compile(r"…|\{\w+\}")  # in a placeholder that is to be filled in


def example_of(resource: Resource[Any], variant: str) -> Document:
    """A body that makes one of that type: its required options, and no others."""
    common, *own = resource.options({_TYPE: variant})
    found: Document = {resource.named_by: f"Example of {variant}", _TYPE: variant}
    for model in (common, *own):
        for name, words in _required(model).items():
            found.setdefault(name, value_of(words))
    for model in own:
        found.update(model.example())
    return found


def patch_example_of(resource: Resource[Any], variant: str) -> Document:
    """A merge patch that changes the name of one, and the first field that only its type has."""
    whole, own = example_of(resource, variant), resource.options({_TYPE: variant})[1:]
    name = next(
        (name for model in own for name in (*_required(model), *model.example()) if name in whole), ""
    )
    part: Document = {resource.named_by: f"Another name of {variant}"}
    return {**part, name: whole[name]} if name else part


def value_of(words: Words) -> Any:
    """A value that an option takes."""
    if words.choices:
        values = [choice.value for choice in words.choices]
        return words.form_default if words.form_default in values else values[0]
    if words.form_default is not None:
        return words.form_default
    if words.kind in (Kind.NUMBER, Kind.PORT):
        return max(words.minimum or 0, _VALUES[words.kind])
    shown = "" if _GAP.search(words.placeholder) else words.placeholder
    if words.kind is Kind.LIST:
        return [shown] if shown else _VALUES[words.kind]
    fitting = words.kind is not Kind.URL or "." in shown
    return (shown if fitting else "") or _VALUES.get(words.kind, _TEXT)


def _required(model: type[Options]) -> dict[str, Words]:
    names = {info.alias or name: name for name, info in model.model_fields.items()}
    return {names[key]: words for key, (_, words) in model.words().items() if words.required}
