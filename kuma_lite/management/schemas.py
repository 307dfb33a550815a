"""The schemas of the bodies: one for each kind, and of kinds with types one for each type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from kuma_lite.core.option_schemas import Described, described, description
from kuma_lite.core.resource_documents import default_of
from kuma_lite.core.resources import Reference, Resource
from kuma_lite.management.bodies import ID, SECRETS, STATE, TYPE

SCHEMAS: Final = "#/components/schemas/"
PATCH: Final = "Patch"  # at the end of the names of what a merge patch may hold
_PATCH: Final = "A merge patch (RFC 7396): what it leaves out stays, null gives a field its default."
_PATCHES: Final = f"{_PATCH} Which fields there are depends on the type that one has, or is given by this."
_SHAPE: Final = (
    "type",
    "enum",
    "items",
    "writeOnly",
)  # of a property; its words stand in the schema of the whole
_BY_UUID: Final = frozenset({"project", "server", "token"})
_EMPTY: Final[tuple[Any, ...]] = (None, "", [], (), {})
_WORD: Final = re.compile(r"[A-Za-z0-9]+")


def name_of(resource: Resource[Any], variant: str = "") -> str:
    """What the document calls the schema of a kind, or of one of its types."""
    words = _WORD.findall(f"{resource.name} {variant}")
    return "".join(word[0].upper() + word[1:] for word in words)


def fields_name(resource: Resource[Any]) -> str:
    """Of what all types of a kind have in common."""
    return f"{name_of(resource)}Fields"


def reference(name: str) -> dict[str, str]:
    """Where the document describes something."""
    return {"$ref": f"{SCHEMAS}{name}"}


def schemas_of(resource: Resource[Any], state: Mapping[str, Any] | None) -> Iterator[tuple[str, Any]]:
    """Names and schemas.

    Args:
        resource: the kind.
        state: the schema of what a body tells beside its fields; None: nothing.
    """
    variants = list(resource.variants())
    common = tuple(resource.options({}))
    fields = {
        ID: {"type": ["integer", "string"], "readOnly": True},
        **_properties(common, resource),
        SECRETS: {
            "type": "array",
            "items": {"type": "string"},
            "readOnly": True,
            "description": "The secrets that are set; what they are is told nowhere",
        },
        **({STATE: {**state, "readOnly": True}} if state is not None else {}),
    }
    required = _required(common, resource)
    if not variants:
        yield name_of(resource), {"type": "object", "properties": fields, "required": required}
        return
    # Of one whose type was changed there may be fields of the former one.
    others = {"additionalProperties": True}
    fields[TYPE] = {"type": "string", "description": "Which fields there are besides"}
    yield fields_name(resource), {"type": "object", "properties": fields, "required": required, **others}
    for variant in variants:
        own = resource.options({TYPE: variant})[len(common) :]
        yield (
            name_of(resource, variant),
            {
                "type": "object",
                "allOf": [reference(fields_name(resource))],
                "properties": {TYPE: {"const": variant}, **_properties(own, resource)},
                "required": [TYPE, *_required(own, resource)],
            },
        )
    yield (
        name_of(resource),
        {
            "oneOf": [reference(name_of(resource, variant)) for variant in variants],
            "discriminator": {
                "propertyName": TYPE,
                "mapping": {variant: f"{SCHEMAS}{name_of(resource, variant)}" for variant in variants},
            },
        },
    )


def patches_of(resource: Resource[Any]) -> Iterator[tuple[str, Any]]:
    """Names and schemas of merge patches: no field is required, and each may be null."""
    variants = list(resource.variants())
    common = tuple(resource.options({}))
    fields = _optional(common, resource)
    if not variants:
        yield f"{name_of(resource)}{PATCH}", {"type": "object", "description": _PATCH, "properties": fields}
        return
    fields[TYPE] = {"type": "string"}
    shared = f"{fields_name(resource)}{PATCH}"
    yield shared, {"type": "object", "properties": fields}
    names = []
    for variant in variants:
        own = _optional(resource.options({TYPE: variant})[len(common) :], resource)
        names.append(f"{name_of(resource, variant)}{PATCH}")
        yield (
            names[-1],
            {
                "type": "object",
                "allOf": [reference(shared)],
                "properties": {TYPE: {"const": variant}, **own},
                "unevaluatedProperties": False,
            },
        )
    yield (
        f"{name_of(resource)}{PATCH}",
        {"description": _PATCHES, "anyOf": [reference(name) for name in names]},
    )


def _optional(models: Sequence[Any], resource: Resource[Any]) -> dict[str, Any]:
    return {
        name: _nullable({key: value for key, value in whole.items() if key in _SHAPE})
        for name, whole in _properties(models, resource).items()
    }


def _properties(models: Sequence[Any], resource: Resource[Any]) -> dict[str, Any]:
    return {option.field.name: _property(option, resource) for option in described(models)}


def _required(models: Sequence[Any], resource: Resource[Any]) -> list[str]:
    """What has no use without a value; the server refuses some of it itself, and some only when it checks."""
    return [
        option.field.name
        for option in described(models)
        if option.words.required
        and not option.words.secret
        and not option.words.lenient
        and default_of(resource, option.field) in _EMPTY
    ]


def _property(option: Described, resource: Resource[Any]) -> dict[str, Any]:
    field, words = option.field, option.words
    shape = _referring(option, resource.references) or dict(option.shape)
    default = default_of(resource, field)
    if default is None and shape:
        shape = _nullable(shape)
    found = {**shape, "description": description(words)}
    if default not in _EMPTY:
        found["default"] = list(default) if isinstance(default, tuple) else default
    for limit, number in (("minimum", words.minimum), ("maximum", words.maximum)):
        if number is not None and shape.get("type") in ("integer", "number"):
            found[f"x-{limit}"] = number  # 0 stands for “as usual” in some
    if field.key != field.name:
        found["x-alias"] = field.key
    if words.secret:
        found["writeOnly"] = True
    return found


def _referring(option: Described, references: Sequence[Reference]) -> dict[str, Any] | None:
    """The schema of an option that names other things by their ids."""
    for one in references:
        head, _, rest = one.path.partition("[]")
        if head != option.field.key:
            continue
        number = {"type": "string" if one.resource in _BY_UUID else "integer"}
        if "[]" not in one.path:
            return {"type": [number["type"], "null"]}
        if not rest:
            return {"type": "array", "items": number}
        return {"type": "array", "items": {"type": "object"}}
    return None


def _nullable(shape: Mapping[str, Any]) -> dict[str, Any]:
    kind = shape.get("type")
    if "enum" in shape:
        return {**shape, "enum": [*shape["enum"], *([None] if None not in shape["enum"] else [])]}
    if isinstance(kind, str):
        return {**shape, "type": [kind, "null"]}
    if isinstance(kind, list) and "null" not in kind:
        return {**shape, "type": [*kind, "null"]}
    return dict(shape)
