"""What people in front of our own form are told before it is stored. Compatible clients store anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from kuma_lite.core.declarations import Kind, NotificationService, Words
from kuma_lite.core.errors import UserError
from kuma_lite.core.json_text import JsonTextError, parse_json
from kuma_lite.core.patterns import pattern
from kuma_lite.notifications import templates

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from kuma_lite.core.options import Options

_IS_HOST: Final = pattern(r"[^\s/?#@]+")


def secret_keys(service: NotificationService[Any]) -> frozenset[str]:
    """Keys of a service's options that hold credentials."""
    return frozenset(key for key, (_, words) in service.options.words().items() if words.secret)


def template_keys(service: NotificationService[Any]) -> frozenset[str]:
    """Keys of a service's options that hold Liquid templates."""
    return frozenset(key for key, (_, words) in service.options.words().items() if words.template)


def validate(service: NotificationService[Any], config: Mapping[str, Any]) -> None:
    """Refuse what our form would be wrong to store; the error's `field` names the input. Raises UserError."""
    fields = service.options.words()
    for key, (info, words) in fields.items():
        if is_shown(key, fields, config):
            problem = _problem(words, config.get(key, info.get_default(call_default_factory=True)))
            if problem:
                raise UserError(problem, extra={"field": key})
    service.validate(service.options.read(config))


def lacking(service: NotificationService[Any], config: Mapping[str, Any]) -> str:
    """The label of a field that is not stored and that a delivery cannot do without; "" for none.

    More lenient than `validate`: clients store what they like, and much of it can be delivered.
    """
    needed, fields = _needed(service.options)
    for key, label in needed:
        if _is_blank(config.get(key)) and is_shown(key, fields, config):
            return label
    return ""


@cache  # there are as many as services
def _needed(
    options: type[Options],
) -> tuple[Sequence[tuple[str, str]], Mapping[str, tuple[FieldInfo, Words]]]:
    """Keys and labels of what has to be stored; and all fields, of whose values that may depend."""
    fields = options.words()
    found = [
        (key, words.label)
        for key, (info, words) in fields.items()
        if words.required and not words.lenient and _is_blank(info.get_default(call_default_factory=True))
    ]
    return found, fields


def _is_blank(value: Any) -> bool:
    return value is None or value in ([], ()) or (isinstance(value, str) and not value.strip())


def is_shown(key: str, fields: Mapping[str, tuple[FieldInfo, Words]], config: Mapping[str, Any]) -> bool:
    """Whether a form with these values shows an option: its condition holds, and that of the one it names."""
    condition = fields[key][1].shown_when
    if condition is None:
        return True
    default = fields[condition.option][0].get_default(call_default_factory=True)
    value = config.get(condition.option)
    chosen = default if value is None else value
    return chosen in condition.values and is_shown(condition.option, fields, config)


def _problem(words: Words, value: Any) -> str:
    """What is wrong with one value, as a sentence; "" when nothing is."""
    if _is_blank(value):
        return f"{words.label} is required." if words.required else ""
    if words.kind in (Kind.NUMBER, Kind.PORT):
        return _number_problem(words, value)
    if words.kind is Kind.SELECT and value not in [choice.value for choice in words.choices]:
        return f"{words.label} must be one of: {', '.join(choice.label for choice in words.choices)}."
    if words.kind is Kind.URL and not _is_web_address(str(value)):
        return f"{words.label} must be an address that begins with http:// or https://."
    if words.kind is Kind.HOST and not _IS_HOST.fullmatch(str(value).strip()):
        return f"{words.label} must be a host name or an IP address."
    if words.template and (problem := templates.problem(str(value))):
        return f"{words.label}: {problem}"
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
        return words.out_of_range or _outside(words.label, low, high)
    if words.step == 1 and not number.is_integer():
        return f"{words.label} must be a whole number."
    return ""


def _outside(label: str, low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"{label} must be between {low:g} and {high:g}."
    return f"{label} must be at most {high:g}." if low is None else f"{label} must be at least {low:g}."


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
