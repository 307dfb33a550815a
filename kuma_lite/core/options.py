"""Options of a kind as a pydantic model: the one file of the ground that imports pydantic.

Only files that declare options import it. Whoever has a kind at hand finds everything on `kind.options`, so
that a server with no monitor and no notification never loads a fifth of a second of libraries.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, Self, cast

# It would look through all installed packages for plugins of its own.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.fields import FieldInfo

from kuma_lite.core.declarations import Kind, Words
from kuma_lite.core.errors import UserError
from kuma_lite.core.targets import Target
from kuma_lite.core.text import storable
from kuma_lite.core.wire_values import listed

_NOT_KEPT: Final[set[str]] = set()  # nothing is added to it, as options are frozen
# What pydantic reads as yes or no by itself.
_SAID: Final = frozenset({"0", "1", "off", "on", "f", "t", "false", "true", "n", "y", "no", "yes"})


def option(
    default: Any,
    *,
    label: str,
    kind: Kind,
    alias: str | None = None,
    **words: Any,
) -> Any:
    """Declare one option.

    Args:
        default: value while the stored document has none (null counts as none).
        label: the English words beside the input.
        kind: which input the form shows.
        alias: key in the stored document and on the wire when it differs from the Python name.
        words: the remaining fields of `Words`.
    """
    described = Words(label=label, kind=kind, **words)
    info = Field(default=default, alias=alias) if alias else Field(default=default)
    cast(FieldInfo, info).metadata.append(described)
    return info


def stored(default: Any, key: str) -> Any:
    """Declare a value that no form of the kind shows: older ones stored it, or all monitors have it."""
    return Field(default=default, alias=key)


class Options(BaseModel):
    """The typed view of one kind on its stored document: unknown keys are ignored, null means default."""

    model_config = ConfigDict(
        populate_by_name=True,
        extra="ignore",
        frozen=True,
        coerce_numbers_to_str=True,
        defer_build=True,  # whoever only describes the options reads no document
    )

    @model_validator(mode="before")
    @classmethod
    def _prepared(cls, data: Any) -> Any:
        return _as_meant(cls, cls.prepare(data)) if isinstance(data, Mapping) else data

    @classmethod
    def prepare(cls, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """The stored document as the fields read it: null means default. Kinds may be more lenient."""
        return {key: value for key, value in document.items() if value is not None}

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """The typed view on a stored document. Raises UserError with one sentence."""
        try:
            return cls.model_validate(document)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"]) or "value"
            raise UserError("{key}: {reason}", key=key, reason=first["msg"]) from None

    def forget_given(self) -> Self:
        """Do not keep any more which fields were given: 216 bytes, which nobody asks of a monitor."""
        object.__setattr__(self, "__pydantic_fields_set__", _NOT_KEPT)
        return self

    @classmethod
    def words(cls) -> dict[str, tuple[FieldInfo, Words]]:
        """Wire key → (pydantic field, words), in the order of declaration."""
        found: dict[str, tuple[FieldInfo, Words]] = {}
        for name, info in cls.model_fields.items():
            for item in info.metadata:
                if isinstance(item, Words):
                    found[info.alias or name] = (info, item)
        return found

    def first_target(self) -> Target | None:
        """What the first option of a host or URL points at, a host with the first port; None without any."""
        name, is_url, port = _address_fields(type(self))
        if not name:
            return None
        if is_url:
            return Target(url=getattr(self, name))
        return Target(getattr(self, name), getattr(self, port) if port else None)

    @classmethod
    def example(cls) -> Mapping[str, Any]:
        """What an example needs besides the required options, or in their place; by the names here."""
        return {}

    @classmethod
    def describe(cls) -> list[dict[str, Any]]:
        """The options as the browser's form and the documentation read them (JSON-ready)."""
        return [_described(key, info, words) for key, (info, words) in cls.words().items()]


def _as_meant(options: type[Options], document: Mapping[str, Any]) -> Mapping[str, Any]:
    """One value where a list is meant, whatever is true or false, half characters: clients may store each."""
    lists, switches = _lenient_keys(options)
    changed: dict[str, Any] = {key: listed(document[key] or None) for key in lists & document.keys()}
    for key in switches & document.keys():
        value = document[key]
        if not isinstance(value, bool) and str(value).lower() not in _SAID:
            changed[key] = bool(value)
    for key, value in document.items():
        if isinstance(value, str) and not value.isascii() and (whole := storable(value)) != value:
            changed[key] = whole
    return {**document, **changed} if changed else document


@cache  # there are as many as types
def _lenient_keys(options: type[Options]) -> tuple[frozenset[str], frozenset[str]]:
    """The keys that hold a list of texts, and those that hold yes or no."""
    validators = options.__pydantic_decorators__.field_validators.values()
    own = {name for validator in validators for name in validator.info.fields}  # read in their own way
    kinds = {
        info.alias or name: info.annotation for name, info in options.model_fields.items() if name not in own
    }
    return (
        frozenset(key for key, kind in kinds.items() if kind == tuple[str, ...]),
        frozenset(key for key, kind in kinds.items() if kind is bool),
    )


@cache  # there are as many as types
def _address_fields(options: type[Options]) -> tuple[str, bool, str]:
    """Attribute of the first host or URL ("" for none), whether it is a URL, attribute of the first port."""
    kinds = {
        name: words.kind
        for name, info in options.model_fields.items()
        for words in info.metadata
        if isinstance(words, Words)
    }
    name = next((name for name, kind in kinds.items() if kind in (Kind.HOST, Kind.URL)), "")
    port = next((name for name, kind in kinds.items() if kind is Kind.PORT), "")
    return name, kinds.get(name) is Kind.URL, port


def _described(key: str, info: FieldInfo, words: Words) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": key,
        "label": words.label,
        "kind": words.kind.value,
        "section": words.section,
        "default": words.form_default
        if words.form_default is not None
        else info.get_default(call_default_factory=True),
    }
    for attribute in (
        "help",
        "placeholder",
        "required",
        "secret",
        "unit",
        "minimum",
        "maximum",
        "step",
        "template",
    ):
        value = getattr(words, attribute)
        if value not in ("", False, None):
            entry[attribute] = value
    if words.refers_to:
        entry["refersTo"] = words.refers_to
    if words.choices:
        entry["choices"] = [{"value": choice.value, "label": choice.label} for choice in words.choices]
    if words.shown_when:
        entry["shownWhen"] = {"option": words.shown_when.option, "values": list(words.shown_when.values)}
        if words.shown_when.or_filled:
            entry["shownWhen"]["orFilled"] = words.shown_when.or_filled
    if words.follows:
        entry["follows"] = {"option": words.follows.option, "share": words.follows.share}
    return entry
