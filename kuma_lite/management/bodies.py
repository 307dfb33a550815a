"""Between things and the bodies of the API: the names of documents, ids of other things, no secrets.

A body is complete. Secrets are never in it: `secrets` names those that are set. What is only told (`id`,
`secrets`, facts) is ignored when it comes back, so that what was read can be changed and sent again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kuma_lite.core.errors import UserError
from kuma_lite.core.option_fitting import misfit
from kuma_lite.core.option_schemas import described
from kuma_lite.core.resource_documents import default_of, fields_of, keyed, look_through
from kuma_lite.core.resources import Document, Resource, merged

ID: Final = "id"
SECRETS: Final = "secrets"
STATE: Final = "state"
TYPE: Final = "type"
TOLD: Final = frozenset({ID, SECRETS, STATE})
_PLAIN: Final = ("string", "integer", "number", "boolean")
_EMPTY: Final = (None, "")


def body_of(resource: Resource[Any], thing: Any) -> Document:
    """A thing as the API shows it."""
    wire = resource.keeper.document(thing)
    fields = fields_of(tuple(resource.options(wire)))
    found: Document = {ID: resource.identify(thing)}
    secrets = []
    for key, field in fields.items():
        value = wire.get(key)
        if field.secret:
            if value not in _EMPTY:
                secrets.append(field.name)
            continue
        found[field.name] = default_of(resource, field) if value is None else value
    for key, value in wire.items():
        if key not in fields and (hidden := resource.undeclared(wire, key)) is not None:
            if hidden and value not in _EMPTY:
                secrets.append(key)
            elif not hidden and value != resource.defaults.get(key):
                found[key] = value
    return {**found, SECRETS: sorted(secrets)}


def created(resource: Resource[Any], body: Mapping[str, Any]) -> Document:
    """What `Resource.create` takes. Raises UserError that names the field."""
    wire = keyed(resource, _without_told(body))
    _look_closely(resource, wire, {})
    return wire


def replaced(resource: Resource[Any], thing: Any, body: Mapping[str, Any]) -> Document:
    """What `Resource.replace` takes: the body; secrets that it leaves out stay. Raises UserError."""
    old = resource.keeper.document(thing)
    given = _without_told(body)
    wire = keyed(resource, given)
    for key, field in fields_of(tuple(resource.options(wire))).items():
        if field.secret and key in old and key not in given and field.name not in given:
            wire[key] = old[key]
    _look_closely(resource, wire, old)
    return wire


def patched(resource: Resource[Any], thing: Any, changes: Mapping[str, Any]) -> Document:
    """What `Resource.replace` takes: the thing with a merge patch (RFC 7396). Raises UserError."""
    old = resource.keeper.document(thing)
    given = _without_told(changes)
    names = {field.name: key for key, field in fields_of(tuple(resource.options({**old, **given}))).items()}
    wire: Document = merged(old, {names.get(name, name): value for name, value in given.items()})
    whole = keyed(resource, wire)
    _look_closely(resource, whole, old)
    return whole


def _look_closely(resource: Resource[Any], wire: Document, old: Mapping[str, Any]) -> None:
    """Refuse what the schemas refuse, but for what is so already: compatible clients may store more.

    Raises:
        UserError: with the `field` that does not fit.
    """
    variants = list(resource.variants())
    if variants and wire.get(TYPE) not in variants and (not old or wire.get(TYPE) != old.get(TYPE)):
        raise UserError(
            "A {shown_name} needs a type that this server knows.",
            shown_name=resource.shown_name,
            extra={"field": TYPE},
        )
    look_through(resource, wire)
    for option in described(tuple(resource.options(wire))):
        value, field = wire.get(option.field.key), option.field
        if value in _EMPTY or value == old.get(field.key) or value == default_of(resource, field):
            continue
        wrong = _misfit(option.shape, value)
        if wrong:
            raise _unfit(field.name, wrong)
    name, reason = misfit(resource, wire, old)
    if name:
        raise _unfit(name, reason)


def _unfit(field: str, reason: str) -> UserError:
    return UserError("{key}: {reason}", key=field, reason=reason, extra={"field": field})


def _misfit(shape: Mapping[str, Any], value: Any) -> str:
    """What is wrong with a value that has been read as its option; "" for nothing."""
    if "enum" in shape:
        known = [one for one in shape["enum"] if one not in _EMPTY]
        return "" if value in shape["enum"] else f"Input should be {', '.join(map(repr, known))}"
    if shape.get("type") in _PLAIN and isinstance(value, dict | list):
        return f"Input should be a valid {shape['type']}"
    return ""


def _without_told(body: Mapping[str, Any]) -> Document:
    return {name: value for name, value in body.items() if name not in TOLD}
