"""The typed bodies of the OpenAPI document: put into it once it is made, for they take a second."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any, Final

from kuma_lite.core.resources import Resource, Resources
from kuma_lite.management.bodies import ID, SECRETS
from kuma_lite.management.examples import example_of, patch_example_of
from kuma_lite.management.schemas import PATCH, name_of, patches_of, reference, schemas_of

JSON: Final = "application/json"
_ANSWERING: Final = ("get", "create", "replace", "change", "clone")
_SPARSE: Final = {
    "type": "object",
    "description": "With `fields`: those alone.",
    "additionalProperties": True,
}
# An object that is exploded: each of its properties is a parameter.
_FILTERS: Final = {
    "name": "filters",
    "in": "query",
    "style": "form",
    "explode": True,
    "description": "Any field, or one within it, that must have this value: `type=http`, `state.status=down`",
    "schema": {"type": "object", "additionalProperties": {"type": "string"}},
}


def describe(
    document: dict[str, Any],
    resources: Resources,
    examples: Mapping[str, Mapping[str, Any]],
    states: Mapping[str, Any],
    once: Mapping[str, Mapping[str, Any]],
) -> None:
    """Give every operation of these kinds the schemas of its bodies, and every type an example.

    Args:
        document: the OpenAPI document; it is changed.
        resources: all kinds.
        examples: kind → the example of one.
        states: kind → the schema of what a body tells beside its fields.
        once: kind → an example of what only the answer tells that made one.
    """
    operations = {
        operation["operationId"]: operation
        for item in document["paths"].values()
        for operation in item.values()
    }
    for name, example in examples.items():
        resource = resources[name]
        for title, schema in chain(schemas_of(resource, states.get(name)), patches_of(resource)):
            if document["components"]["schemas"].setdefault(title, schema) is not schema:
                raise ValueError(f"two schemas are called {title!r}")
        for told in once.get(name, ()):  # by the answer to whoever makes one
            whole = document["components"]["schemas"][name_of(resource)]
            whole["properties"].get(told, {}).pop("writeOnly", None)
        shown = {ID: 1, **example, SECRETS: []}
        _describe_kind(operations, resource, _bodies(resource, example), shown, once.get(name, {}))


def _describe_kind(
    operations: Mapping[str, Any],
    resource: Resource[Any],
    bodies: Mapping[str, Any],
    shown: Mapping[str, Any],
    once: Mapping[str, Any],
) -> None:
    whole = reference(name_of(resource))
    answered = {"schema": whole, "examples": {"example": {"value": dict(shown)}}}
    for verb in _ANSWERING:
        if (operation := operations.get(f"{resource.name}_{verb}")) is not None:
            (status,) = operation["responses"].keys() & {"200", "201"}
            operation["responses"][status]["content"][JSON] = answered
    if once:
        told = {"type": "string", "description": "It is told this once"}
        schema = {"allOf": [whole], "type": "object", "properties": dict.fromkeys(once, told)}
        created = operations[f"{resource.name}_create"]["responses"]["201"]["content"]
        created[JSON] = {"schema": schema, "examples": {"example": {"value": {**shown, **once}}}}
    for verb in ("create", "replace"):
        if (operation := operations.get(f"{resource.name}_{verb}")) is not None:
            operation["requestBody"]["content"][JSON] = {"schema": whole, "examples": dict(bodies)}
    if (operation := operations.get(f"{resource.name}_change")) is not None:
        operation["requestBody"]["content"][JSON] = {
            "schema": reference(f"{name_of(resource)}{PATCH}"),
            "examples": _parts(resource, shown),
        }
    listing = operations[f"{resource.name}_list"]
    listing["parameters"] = [*listing["parameters"], _FILTERS]
    listed = listing["responses"]["200"]["content"][JSON]
    listed["schema"]["properties"]["data"]["items"] = {"anyOf": [whole, _SPARSE]}


def _parts(resource: Resource[Any], shown: Mapping[str, Any]) -> dict[str, Any]:
    """A patch of the example of the kind, and one of each of its types."""
    title = resource.named_by
    found: dict[str, Any] = {"example": {"value": {title: shown[title]} if title in shown else {}}}
    for variant in resource.variants():
        found[variant] = {"value": patch_example_of(resource, variant)}
    return found


def _bodies(resource: Resource[Any], example: Mapping[str, Any]) -> dict[str, Any]:
    """The example of the kind, and one of each of its types."""
    found: dict[str, Any] = {"example": {"value": dict(example)}}
    for variant in resource.variants():
        found[variant] = {"value": example_of(resource, variant)}
    return found
