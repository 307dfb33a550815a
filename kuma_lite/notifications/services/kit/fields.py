"""Options of a service in one line each: `name: str = text("Label", "wireKey")`.

The first argument is the label beside the input, the second the key in the stored form and on the wire, the
third what counts while the form holds nothing. What else a form shows is named: `help`, `required` …
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict, TypeVar, Unpack, overload

from kuma_lite.core.declarations import Choice, Kind, ShownWhen
from kuma_lite.core.options import option
from kuma_lite.core.options import stored as stored_value

V = TypeVar("V")


class Shown(TypedDict, total=False):
    """How a form shows an option, beyond its label (see `core.declarations.Words`)."""

    help: str
    placeholder: str
    section: str
    required: bool
    lenient: bool
    secret: bool
    shown_when: ShownWhen
    form_default: str | int | bool
    unit: str
    template: bool


def when(key: str, *values: str | bool) -> ShownWhen:
    """Shown while the option with this key has one of the values."""
    return ShownWhen(key, values)


def text(label: str, key: str, default: str = "", **shown: Unpack[Shown]) -> str:
    """A line of text."""
    return _declared(Kind.TEXT, label, key, default, shown)


def area(label: str, key: str, default: str = "", **shown: Unpack[Shown]) -> str:
    """Lines of text."""
    return _declared(Kind.TEXTAREA, label, key, default, shown)


def template(label: str, key: str, *, kind: Kind = Kind.TEXTAREA, **shown: Unpack[Shown]) -> str:
    """A Liquid template. While it is empty, or cannot be rendered, the service sends its usual text."""
    return _declared(kind, label, key, "", {"section": "content", **shown, "lenient": True, "template": True})


def url(label: str, key: str, default: str = "", **shown: Unpack[Shown]) -> str:
    """A web address."""
    return _declared(Kind.URL, label, key, default, shown)


def host(label: str, key: str, default: str = "", **shown: Unpack[Shown]) -> str:
    """A host name or an IP address."""
    return _declared(Kind.HOST, label, key, default, shown)


def secret(
    label: str, key: str, default: str = "", *, kind: Kind = Kind.PASSWORD, **shown: Unpack[Shown]
) -> str:
    """A credential, or a web address that holds one: hidden in the form, in logs and in error texts."""
    return _declared(kind, label, key, "", {**shown, "secret": True})


def headers(label: str, key: str, **shown: Unpack[Shown]) -> str:
    """Header fields as a JSON object, read by `additional_headers`; they often hold credentials."""
    return _declared(Kind.JSON, label, key, "", {"section": "advanced", **shown, "secret": True})


def texts(label: str, key: str, **shown: Unpack[Shown]) -> tuple[str, ...]:
    """Several lines of text, stored as a list."""
    none: tuple[str, ...] = ()
    return _declared(Kind.LIST, label, key, none, shown)


def switch(label: str, key: str, default: bool = False, **shown: Unpack[Shown]) -> bool:
    """On or off."""
    return _declared(Kind.SWITCH, label, key, default, shown)


def number(
    label: str,
    key: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    kind: Kind = Kind.NUMBER,
    **shown: Unpack[Shown],
) -> int | None:
    """A whole number; None while the form holds none."""
    limits = {"minimum": minimum, "maximum": maximum, "step": 1}
    default: int | None = None
    return _declared(kind, label, key, default, {**shown, **limits})


@overload
def select(
    label: str, key: str, default: bool, choices: Mapping[bool, str], **shown: Unpack[Shown]
) -> bool: ...


@overload
def select(
    label: str, key: str, default: str, choices: Mapping[str, str] | str, **shown: Unpack[Shown]
) -> str: ...


def select(
    label: str, key: str, default: Any, choices: Mapping[Any, str] | str, **shown: Unpack[Shown]
) -> Any:
    """One of several: value → label, or words with blanks between them that are both."""
    named = choices if isinstance(choices, Mapping) else {word: word for word in choices.split()}
    listed = tuple(Choice(value, shown_as) for value, shown_as in named.items())
    return _declared(Kind.SELECT, label, key, default, {**shown, "choices": listed})


def stored(key: str, default: V) -> V:
    """What older forms have stored and no form shows any more."""
    found: V = stored_value(default, key)
    return found


def _declared(kind: Kind, label: str, key: str, default: V, shown: Mapping[str, Any]) -> V:
    declared: V = option(default, label=label, kind=kind, alias=key, **shown)
    return declared
