"""How services read what clients stored, and what our own form is told before it is stored.

Compatible clients store anything: numbers as text, empty text for "not set", objects where a text is meant.
Services therefore read leniently; `validate` is for people in front of our form.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import model_validator
from pydantic.fields import FieldInfo

from kuma_lite.core.declarations import (
    DeliveryFailed,
    Kind,
    NotificationService,
    Options,
    Words,
    read_options,
    words_of,
)
from kuma_lite.core.errors import UserError
from kuma_lite.core.json_text import JsonTextError, compact_json, parse_json, text_of

BAD_HEADERS: Final = "Additional Headers is not a valid JSON"  # as Uptime Kuma 2.5 says it


class ServiceOptions(Options):
    """Options of a service: any JSON type is read as the declared one as far as that makes sense."""

    @model_validator(mode="before")
    @classmethod
    def _lenient(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        texts = {info.alias or name for name, info in cls.model_fields.items() if info.annotation is str}
        return {
            key: _as_text(value) if key in texts else value
            for key, value in data.items()
            if value is not None and (key in texts or value != "")
        }


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return compact_json(value) if isinstance(value, dict | list) else text_of(value)


def additional_headers(text: str) -> list[tuple[str, str]]:
    """Header fields of a JSON object text. Raises DeliveryFailed."""
    if not text.strip():
        return []
    try:
        found = json.loads(text)
    except ValueError:
        raise DeliveryFailed(BAD_HEADERS, permanent=True) from None
    if not isinstance(found, dict):
        raise DeliveryFailed(BAD_HEADERS, permanent=True)
    return [(str(name), _one_line(_as_text(value))) for name, value in found.items() if value is not None]


def _one_line(text: str) -> str:
    return " ".join(text.splitlines()).strip()


def secret_keys(service: NotificationService[Any]) -> frozenset[str]:
    """Keys of a service's options that hold credentials."""
    return frozenset(key for key, (_, words) in words_of(service.options).items() if words.secret)


def validate(service: NotificationService[Any], config: Mapping[str, Any]) -> None:
    """Refuse what our form would be wrong to store; the error's `field` names the input. Raises UserError."""
    fields = words_of(service.options)
    for key, (info, words) in fields.items():
        if _is_shown(key, fields, config):
            problem = _problem(words, config.get(key, info.get_default(call_default_factory=True)))
            if problem:
                raise UserError(problem, extra={"field": key})
    service.validate(read_options(service.options, config))


def _is_shown(key: str, fields: Mapping[str, tuple[FieldInfo, Words]], config: Mapping[str, Any]) -> bool:
    condition = fields[key][1].shown_when
    if condition is None:
        return True
    default = fields[condition.option][0].get_default(call_default_factory=True)
    value = config.get(condition.option)
    chosen = default if value is None else value
    return chosen in condition.values and _is_shown(condition.option, fields, config)


def _problem(words: Words, value: Any) -> str:
    """What is wrong with one value, as a sentence; "" when nothing is."""
    if value is None or value == "" or (isinstance(value, str) and not value.strip()):
        return f"{words.label} is required." if words.required else ""
    if words.kind in (Kind.NUMBER, Kind.PORT):
        return _number_problem(words, value)
    if words.kind is Kind.SELECT and value not in [choice.value for choice in words.choices]:
        return f"{words.label} is not one of the choices."
    if words.kind is Kind.URL and not _is_web_address(str(value)):
        return f"{words.label} must be an address that begins with http:// or https://."
    if words.kind is Kind.JSON and not _is_json_object(str(value)):
        return f'{words.label} must be a JSON object, for example {{"X-Name": "value"}}.'
    return ""


def _number_problem(words: Words, value: Any) -> str:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return f"{words.label} must be a number."
    low, high = words.minimum, words.maximum
    if (low is not None and not number >= low) or (high is not None and not number <= high):
        return words.out_of_range or f"{words.label} must be between {low:g} and {high:g}."
    return ""


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _is_json_object(text: str) -> bool:
    try:
        return isinstance(parse_json(text), dict)
    except JsonTextError:
        return False
