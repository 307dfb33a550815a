"""What differs between a thing and what a file says of it. Pure.

Values are compared as the program understands them: "60" is 60, a list whose order means nothing is a set.
They are shown as documents have them: other things by their names, secrets hidden.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from kuma_lite.config_files.model import HIDDEN, FieldChange
from kuma_lite.core.errors import UserError
from kuma_lite.core.resource_documents import SECRET, fields_of
from kuma_lite.core.resources import Document, Resource

if TYPE_CHECKING:
    from kuma_lite.core.options import Options

_UNREADABLE: Final = object()


def differing(resource: Resource[Any], old: Document, new: Document) -> list[tuple[str, str]]:
    """Key on the wire and name of every field that differs between two documents of the wire."""
    models = tuple(resource.options(new))
    unordered = {one.path.removesuffix("[]") for one in resource.references if one.path.endswith("[]")}
    found = [(key, name) for model in models for key, name in _typed(model, old, new, unordered)]
    declared = fields_of(models)
    for key in sorted((old.keys() | new.keys()) - declared.keys()):
        if resource.undeclared(new, key) is None:
            continue
        default = resource.defaults.get(key)
        if old.get(key, default) != new.get(key, default):
            found.append((key, key))
    return found


def shown(
    names: list[tuple[str, str]], resource: Resource[Any], before: Document, after: Document, wire: Document
) -> list[FieldChange]:
    """These fields as people see them; `before` and `after` are documents of files."""
    fields = fields_of(tuple(resource.options(wire)))

    def value(document: Document, key: str, name: str) -> Any:
        if name not in document and key in fields:
            return resource.defaults.get(key, fields[key].default)
        return HIDDEN if is_secret(document.get(name)) else document.get(name)

    return [FieldChange(name, value(before, key, name), value(after, key, name)) for key, name in names]


def is_secret(value: Any) -> bool:
    """Whether a document says there only where the secret stands."""
    return isinstance(value, Mapping) and set(value) == {SECRET}


def _typed(
    model: type[Options], old: Document, new: Document, unordered: set[str]
) -> Iterator[tuple[str, str]]:
    before, after = _read(model, old), _read(model, new)
    for key, field in fields_of((model,)).items():
        if before is _UNREADABLE:
            same = old.get(key) == new.get(key)
        else:
            one, other = getattr(before, field.name), getattr(after, field.name)
            same = one == other or (key in unordered and _sorted(one) == _sorted(other))
        if not same:
            yield key, field.name


def _read(model: type[Options], document: Document) -> Any:
    """The typed view; what older programs stored may not be readable any more."""
    try:
        return model.read(document)
    except UserError:
        return _UNREADABLE


def _sorted(values: Any) -> list[str]:
    return sorted(map(repr, values or ()))
