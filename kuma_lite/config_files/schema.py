"""JSON Schema of configuration files, for editors: made from what every kind declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from kuma_lite.config_files.present import kinds
from kuma_lite.config_files.reading import DEFAULTS, MONITORS, NAME
from kuma_lite.core.option_schemas import described, description
from kuma_lite.core.resource_documents import SECRET
from kuma_lite.core.resources import Resource, Resources

if TYPE_CHECKING:
    from kuma_lite.core.options import Options

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
# Instead of whatever value a field has.
_ELSEWHERE: Final = [
    {"type": "string", "pattern": r"\$\{(env|file):[^}]+\}"},
    {
        "type": "object",
        "properties": {SECRET: {"type": "string"}},
        "required": [SECRET],
        "additionalProperties": False,
    },
]
_TYPE: Final = "type"


def schema_of(resources: Resources) -> dict[str, Any]:
    """The schema of a whole file."""
    found: dict[str, Any] = {}
    for resource in kinds(resources):
        found[resource.plural] = {
            "type": "object",
            "description": f"By their names; each is one {resource.shown_name}.",
            "additionalProperties": {"$ref": f"#/$defs/{resource.name}"},
        }
    defaults = {
        plural: {"type": "object", "description": "What all of them have that say nothing else."}
        for plural in found
    }
    return {
        "$schema": DIALECT,
        "title": "Kuma Lite",
        "type": "object",
        "properties": {
            NAME: {
                "type": "string",
                "description": "By which things are this file's; its own name if not given.",
            },
            DEFAULTS: {"type": "object", "properties": defaults, "additionalProperties": False},
            **found,
        },
        "additionalProperties": False,
        "$defs": {resource.name: _kind(resource) for resource in kinds(resources)},
    }


def _kind(resource: Resource[Any]) -> dict[str, Any]:
    """One thing of a kind; where its options depend on its type, for every type."""
    variants = list(resource.variants())
    common = tuple(resource.options({}))
    if not variants:
        return _object(_properties(common, resource))
    shared = _properties(common, resource)
    shared[_TYPE] = {"enum": variants}
    if resource.plural == MONITORS:
        shared[MONITORS] = {
            "type": "object",
            "description": "What stands in this group.",
            "additionalProperties": {"$ref": f"#/$defs/{resource.name}"},
        }
        shared[DEFAULTS] = {
            "type": "object",
            "description": "What all in this group have that say nothing else.",
        }
    cases = [
        {
            "if": {"properties": {_TYPE: {"const": name}}, "required": [_TYPE]},
            "then": {"properties": _properties(resource.options({_TYPE: name})[len(common) :], resource)},
        }
        for name in variants
    ]
    return {"type": ["object", "null"], "properties": shared, "allOf": cases, "unevaluatedProperties": False}


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": ["object", "null"], "properties": properties, "additionalProperties": False}


def _properties(models: Sequence[type[Options]], resource: Resource[Any]) -> dict[str, Any]:
    """Every option under its name, and as clients of Uptime Kuma call it."""
    references = {one.path: resource for one in resource.references}
    found: dict[str, Any] = {}
    for option in described(models):
        key, field, shape = option.field.key, option.field, option.shape
        if key in references:
            shape = {"type": ["string", "null"]}
        elif f"{key}[]" in references:
            shape = {"type": "array", "items": {"type": "string"}}
        entry: dict[str, Any] = {
            "anyOf": [shape, *_ELSEWHERE],
            "description": description(option.words),
        }
        if field.default not in (None, "", [], ()):
            entry["default"] = list(field.default) if isinstance(field.default, tuple) else field.default
        found[field.name] = entry
        if key != field.name:
            found[key] = {**entry, "deprecated": True, "description": f"As {field.name}."}
    return found
