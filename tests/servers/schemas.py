"""Whether a value fits a schema of the OpenAPI document: the part of JSON Schema that the document uses."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
FORMATS = {"date-time": datetime.fromisoformat, "uuid": uuid.UUID}
KNOWN = {
    "type", "format", "enum", "minimum", "maximum", "default", "properties", "required", "title", "items",
    "additionalProperties", "oneOf", "anyOf", "allOf", "const", "discriminator", "description", "readOnly",
    "writeOnly", "unevaluatedProperties", "examples", "x-alias", "x-minimum", "x-maximum", "pattern",
}  # fmt: skip


def misfits(value: Any, schema: dict[str, Any], document: dict[str, Any], at: str = "") -> list[str]:
    """All that does not fit; a key that the schema does not name does not fit either."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    assert schema.keys() <= KNOWN, f"{at}: {schema.keys() - KNOWN} are not understood"
    if "discriminator" in schema and isinstance(value, dict):
        mapping = schema["discriminator"]["mapping"]
        kind = value.get(schema["discriminator"]["propertyName"])
        return misfits(value, {"$ref": mapping[kind]}, document, at) if kind in mapping else [f"{at}: {kind}"]
    if "allOf" in schema:
        schema = _together(schema, document)
    if "anyOf" in schema:
        found = [misfits(value, one, document, at) for one in schema["anyOf"]]
        return [] if [] in found else found[0]
    if "const" in schema:
        return [] if value == schema["const"] else [f"{at}: {value!r} is not {schema['const']!r}"]
    if "oneOf" in schema:
        fitting = [one for one in schema["oneOf"] if not misfits(value, one, document, at)]
        return [] if len(fitting) == 1 else [f"{at}: {len(fitting)} schemas fit"]
    if "type" not in schema:
        return [] if "enum" not in schema else list(_misfits_of_scalar(value, schema, at))
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(_is(value, kind) for kind in kinds):
        return [f"{at}: {value!r} is no {kinds}"]
    if isinstance(value, dict):
        return list(_misfits_of_object(value, schema, document, at))
    if isinstance(value, list):
        return [bad for item in value for bad in misfits(item, schema.get("items", {}), document, f"{at}[]")]
    return list(_misfits_of_scalar(value, schema, at))


def _together(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """An object with the properties of all that it is."""
    properties, required, others = dict[str, Any](), list[str](), False
    for part in [*schema["allOf"], {key: item for key, item in schema.items() if key != "allOf"}]:
        if "$ref" in part:
            part = document["components"]["schemas"][part["$ref"].rpartition("/")[2]]
        properties |= part.get("properties", {})
        required += part.get("required", ())
        others = others or part.get("additionalProperties", False)
    found = {"type": "object", "properties": properties, "required": required}
    return {**found, "additionalProperties": others}


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, TYPES[kind]) and (not isinstance(value, bool) or kind == "boolean")


def _misfits_of_object(
    value: dict[str, Any], schema: dict[str, Any], document: dict[str, Any], at: str
) -> Iterator[str]:
    properties = schema.get("properties", {})
    others = schema.get("additionalProperties", not properties)
    yield from (f"{at}: {key} is missing" for key in schema.get("required", ()) if key not in value)
    for key, item in value.items():
        if key in properties:
            yield from misfits(item, properties[key], document, f"{at}.{key}")
        elif not others:
            yield f"{at}: {key} is unknown"
        elif others is not True:
            yield from misfits(item, others, document, f"{at}.{key}")


def _misfits_of_scalar(value: Any, schema: dict[str, Any], at: str) -> Iterator[str]:
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum']}"
    if "minimum" in schema and not schema["minimum"] <= value <= schema["maximum"]:
        yield f"{at}: {value!r} is out of range"
    if "format" in schema and value is not None:
        try:
            FORMATS[schema["format"]](value)
        except ValueError:
            yield f"{at}: {value!r} is no {schema['format']}"
