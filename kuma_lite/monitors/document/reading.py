"""Reading the monitor object a client sends with `add` or `editMonitor` (pure).

Lenient where Uptime Kuma's clients differ from each other (both spellings of a key, numbers as text, null
where the default is meant), strict where a typing error would be lost silently (unknown keys on `add`).
Refusal sentences are Uptime Kuma 2.5's.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, Final

from kuma_lite.core.errors import UserError
from kuma_lite.core.json_text import JsonTextError, parse_json
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
        if not FIELDS[key].add_only and not FIELDS[key].read_only
    }
    if "port" in sent and not isinstance(changes.get("port"), int):
        changes["port"] = None
    if not isinstance(sent.get("proxyId"), int) or isinstance(sent.get("proxyId"), bool):
        changes["proxyId"] = None  # as Uptime Kuma 2.5: anything but a whole number clears it
    changes.setdefault("retryOnlyOnStatusCodeFailure", False)  # as there, too
    return _checked({**stored, **changes})


def linked_notifications(payload: Mapping[str, Any]) -> list[int] | None:
    """The ids in `notificationIDList` that are switched on; None when the key is missing."""
    links = payload.get("notificationIDList")
    if links is None:
        return None
    if isinstance(links, Mapping):
        return sorted({int(key) for key, on in links.items() if on and str(key).isdecimal()})
    if isinstance(links, list):
        return sorted({item for item in links if isinstance(item, int) and not isinstance(item, bool)})
    raise UserError("notificationIDList must be an object of notification ids.")


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
            raise UserError("A monitor has no field named {key!r}.", key=str(key)[:80])
    return document


def read_value(name: str, value: Any) -> Any:
    """One field as it is stored. Raises UserError."""
    return _status_codes(value) if name == "accepted_statuscodes" else _coerced(FIELDS[name], value)


def _status_codes(value: Any) -> list[str]:
    if isinstance(value, str):
        value = _parsed_json(value, "Accepted status codes")
    if not isinstance(value, list):
        raise UserError("Accepted status codes must be a list of texts.")
    if not all(isinstance(item, str) for item in value):
        raise UserError("Accepted status codes are not all strings")
    return list(value)


def _coerced(field: WireField, value: Any) -> Any:
    if value is None:
        return field.default if field.required else None
    match field.kind:
        case JsonKind.BOOL:
            return bool(value) and value not in ("0", "false")
        case JsonKind.INT | JsonKind.NUMBER:
            return _number(field, value)
        case JsonKind.LIST:
            return _list(field, value)
        case JsonKind.OBJECT:
            if isinstance(value, str):
                value = _parsed_json(value, field.name)
            if not isinstance(value, Mapping):
                raise UserError("{name} must be an object.", name=field.name)
            return dict(value)
        case JsonKind.TEXT:
            return _text(field, value)


def _text(field: WireField, value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        return json.dumps(value)
    if not isinstance(value, str):
        raise UserError("{name} must be text.", name=field.name)
    if len(value) > MAX_TEXT_CHARS:
        raise UserError(
            "{name} must not be longer than {most} characters.", name=field.name, most=MAX_TEXT_CHARS
        )
    return value


def _number(field: WireField, value: Any) -> float | int | None:
    if isinstance(value, str):
        try:
            value = float(value.strip())
        except ValueError:
            # Forms send "" for an empty box; other text is what Uptime Kuma turns into null as well.
            return field.default if field.required else None
    if isinstance(value, bool):
        value = int(value)
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise UserError("{name} must be a number.", name=field.name)
    if abs(value) > 2**53:
        raise UserError("{name} is too large.", name=field.name)
    return int(value) if value == int(value) else value


def _list(field: WireField, value: Any) -> list[Any]:
    if isinstance(value, str):  # one client sends the JSON text of the list
        value = _parsed_json(value, field.name) if value.strip() else []
    if not isinstance(value, list):
        raise UserError("{name} must be a list.", name=field.name)
    return value


def _parsed_json(text: str, label: str) -> Any:
    try:
        return parse_json(text)
    except JsonTextError as error:
        raise UserError("{label} must be valid JSON: {reason}", label=label, reason=error) from None


def _checked(document: Document) -> Document:
    """The rules every type obeys, in Uptime Kuma's order; fractions of whole numbers are rounded last."""
    if document.get("interval", FIELDS["interval"].default) < 1:
        raise UserError("Interval cannot be less than 1 seconds")
    if "retryInterval" in document and document["retryInterval"] < 1:
        raise UserError("Retry interval cannot be less than 1 seconds")
    for key, label in (("interval", "Interval"), ("retryInterval", "Retry interval")):
        if document.get(key, 0) > MAX_INTERVAL_S:
            raise UserError("{label} cannot be more than {most} seconds", label=label, most=MAX_INTERVAL_S)
    length = document.get("responseMaxLength", 0)
    if length < 0:
        raise UserError("Response max length cannot be less than 0")
    if length > MAX_RESPONSE_BYTES:
        raise UserError("Response max length cannot be more than {most} bytes", most=MAX_RESPONSE_BYTES)
    if document.get("headers"):
        _parsed_json(document["headers"], "Headers")
    for key in ("maxretries", "resendInterval", "timeout"):
        if document.get(key, 0) < 0:
            raise UserError("{key} cannot be negative", key=key)
    for name, value in document.items():
        if isinstance(value, float) and FIELDS[name].kind is JsonKind.INT:
            document[name] = round(value)
    return document
