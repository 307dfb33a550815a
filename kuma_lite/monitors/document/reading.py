"""Reading the monitor object a client sends with `add` or `editMonitor` (pure).

Lenient where Uptime Kuma's clients differ from each other (both spellings of a key, numbers as text, null
where the default is meant), strict where a typing error would be lost silently (unknown keys on `add`).
A field that is JSON there is kept as it was written, whatever it is: clients compare what they read back.
Refusal sentences are Uptime Kuma 2.5's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kuma_lite.core import wire_values
from kuma_lite.core.errors import UserError
from kuma_lite.core.json_text import JsonTextError, compact_json, parse_json
from kuma_lite.core.limits import MAX_INTERVAL_S
from kuma_lite.monitors.document.fields import ALIASES, FIELDS, Document, JsonKind, WireField

# Keys that forms and clients send along although they are not configuration; dropped without a word.
_IGNORED: Final = frozenset(
    {
        "id", "path", "pathName", "childrenIDs", "forceInactive", "maintenance", "tags", "screenshot",
        "includeSensitiveData", "notificationIDList", "humanReadableInterval", "responsecheck",
        "globalpingdnsresolvetypeoptions", "remoteBrowsersToggle", "user_id", "created_date",
    }
)  # fmt: skip

MAX_RESPONSE_BYTES: Final = 1_048_576
MAX_TEXT_CHARS: Final = 200_000  # of any one field: certificates and .proto sources are the largest real ones


def read_added(payload: Any) -> Document:
    """The document of a new monitor. Raises UserError."""
    return _checked(_read(_as_object(payload), strict=True))


def read_edited(payload: Any, stored: Document) -> Document:
    """The document after an edit: keys that were not sent keep their value. Raises UserError."""
    sent = _as_object(payload)
    changes = {
        key: value
        for key, value in _read(sent, strict=False).items()
        if not FIELDS[key].add_only and not FIELDS[key].read_only and not _is_kept(FIELDS[key], value)
    }
    if "port" in sent and not isinstance(changes.get("port"), int):
        changes["port"] = None
    if not isinstance(sent.get("proxyId"), int) or isinstance(sent.get("proxyId"), bool):
        changes["proxyId"] = None  # as Uptime Kuma 2.5: anything but a whole number clears it
    changes.setdefault("retryOnlyOnStatusCodeFailure", False)  # as there, too
    if not stored.get("retryInterval") and changes.get("retryInterval") == 0:
        del changes["retryInterval"]  # a monitor made without one has the 0 that clients are shown
    return _checked({**stored, **changes})


def _is_kept(field: WireField, value: Any) -> bool:
    """Whether an edit leaves it as it is: a text that clients never get to see, sent back empty."""
    return field.hidden and field.kind is JsonKind.TEXT and not value


def linked_notifications(payload: Mapping[str, Any]) -> list[int] | None:
    """The ids in `notificationIDList` that are switched on; None when the key is missing."""
    links = payload.get("notificationIDList")
    if links is None:
        return None
    if isinstance(links, Mapping):
        return sorted({int(key) for key, on in links.items() if on and str(key).isdecimal()})
    return sorted({found for item in wire_values.listed(links) if (found := wire_values.identifier(item))})


def _as_object(payload: Any) -> Mapping[str, Any]:
    if not isinstance(payload, Mapping):
        raise UserError("The monitor must be an object.")
    return payload


def _read(sent: Mapping[str, Any], *, strict: bool) -> Document:
    document: Document = {}
    for key, value in sent.items():
        name = ALIASES.get(key, key)
        field = FIELDS.get(name)
        if field is not None:
            document[name] = read_value(name, value)
        elif strict and key not in _IGNORED:
            raise UserError("A monitor has no field named {key}.", key=repr(str(key)[:80]))
    return document


def read_value(name: str, value: Any) -> Any:
    """One field as it is stored. Raises UserError."""
    return _status_codes(value) if name == "accepted_statuscodes" else _coerced(FIELDS[name], value)


def _status_codes(value: Any) -> list[str]:
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = _parsed_json(value, "Accepted status codes", "accepted_statuscodes")
    if value is None:
        raise UserError("Accepted status codes must be a list of texts.", about="accepted_statuscodes")
    value = wire_values.listed(value)
    if not all(isinstance(item, str) for item in value):
        raise UserError("Accepted status codes are not all strings", about="accepted_statuscodes")
    return list(value)


def _coerced(field: WireField, value: Any) -> Any:
    if value is None:
        return field.default if field.required else None
    match field.kind:
        case JsonKind.BOOL:
            return wire_values.flag(value)
        case JsonKind.INT | JsonKind.NUMBER:
            return _number(field, value)
        case JsonKind.LIST | JsonKind.OBJECT:
            return _json(field, value)
        case JsonKind.TEXT:
            return _text(field, value)


def _text(field: WireField, value: Any) -> str:
    text = wire_values.text(value)
    if text is None:
        raise UserError("{name} must be text.", name=field.name, about=field.name)
    _refuse_long(field, text)
    return text


def _refuse_long(field: WireField, text: str) -> None:
    if len(text) > MAX_TEXT_CHARS:
        raise UserError(
            "{name} must not be longer than {most} characters.",
            name=field.name,
            most=MAX_TEXT_CHARS,
            about=field.name,
        )


def _number(field: WireField, value: Any) -> float | int | None:
    number = wire_values.number(value)
    if number is None:
        if isinstance(value, str):
            # Forms send "" for an empty box; other text is what Uptime Kuma turns into null as well.
            return field.default if field.required else None
        raise UserError("{name} must be a number.", name=field.name, about=field.name)
    if abs(number) > 2**53:
        raise UserError("{name} is too large.", name=field.name, about=field.name)
    return number


def _json(field: WireField, value: Any) -> Any:
    """Any JSON, as it is."""
    try:
        _refuse_long(field, compact_json(value))
    except RecursionError:
        raise UserError("{name} is nested too deeply.", name=field.name, about=field.name) from None
    return value


def _parsed_json(text: str, label: str, key: str) -> Any:
    try:
        return parse_json(text)
    except JsonTextError as error:
        raise UserError(
            "{label} must be valid JSON: {reason}", label=label, reason=error, about=key
        ) from None


def with_type(document: Document) -> Document:
    """The same document. Raises UserError for one without a type: nothing could ever be checked."""
    if not document.get("type"):
        raise UserError("The monitor needs a type.", about="type")
    return document


def _checked(document: Document) -> Document:
    """The rules every type obeys, in Uptime Kuma's order; fractions of whole numbers are rounded last."""
    if document.get("interval", FIELDS["interval"].default) < 1:
        raise UserError("Interval cannot be less than 1 seconds", about="interval")
    if "retryInterval" in document and document["retryInterval"] < 1:
        raise UserError("Retry interval cannot be less than 1 seconds", about="retryInterval")
    for key, label in (("interval", "Interval"), ("retryInterval", "Retry interval")):
        if document.get(key, 0) > MAX_INTERVAL_S:
            raise UserError(
                "{label} cannot be more than {most} seconds", label=label, most=MAX_INTERVAL_S, about=key
            )
    length = document.get("responseMaxLength", 0)
    if length < 0:
        raise UserError("Response max length cannot be less than 0", about="responseMaxLength")
    if length > MAX_RESPONSE_BYTES:
        raise UserError(
            "Response max length cannot be more than {most} bytes",
            most=MAX_RESPONSE_BYTES,
            about="responseMaxLength",
        )
    if document.get("headers"):
        _parsed_json(document["headers"], "Headers", "headers")
    if document.get("timeout", 0) < 0:
        raise UserError("{key} cannot be negative", key="timeout", about="timeout")
    for name, value in document.items():
        if isinstance(value, float) and FIELDS[name].kind is JsonKind.INT:
            document[name] = round(value)
    return document
