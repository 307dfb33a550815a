"""The steps of a flow: what people write as JSON, read and filled in (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from kuma_lite.checks._status_codes import DEFAULT_CODES
from kuma_lite.core.json_text import JsonTextError, compact_json, parse_json
from kuma_lite.core.wire_values import listed

MOST_STEPS: Final = 20
_KEYS: Final = frozenset(("name", "method", "url", "headers", "body", "status", "contains", "save"))
_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLACE: Final = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")


class StepError(Exception):
    """What is wrong with the steps, as a sentence without values."""


class Step(Struct, frozen=True):
    """One request, what its answer has to be like, and what of it the later steps may use.

    `{{name}}` stands for a saved value in `url`, `headers`, `body` and `contains`.
    """

    label: str  # for messages
    method: str
    url: str  # relative to the monitor's
    headers: tuple[tuple[str, str], ...]
    body: Any  # a text, or what is sent as JSON; None: nothing
    status: tuple[str, ...]
    contains: str
    save: tuple[tuple[str, str], ...]  # name → JSONata expression over the JSON of the answer


def read_steps(text: str) -> tuple[Step, ...]:
    """Those of a JSON text. Raises StepError."""
    try:
        entries = parse_json(text)
    except JsonTextError as error:
        raise StepError(f"Steps must be valid JSON: {error}") from None
    if not isinstance(entries, list) or not 0 < len(entries) <= MOST_STEPS:
        raise StepError(f"Steps must be a list of 1 to {MOST_STEPS} objects.")
    steps = tuple(_read(entry, number) for number, entry in enumerate(entries, 1))
    known: set[str] = set()
    for step in steps:
        missing = sorted(_names_in([step.url, step.headers, step.body, step.contains]) - known)
        if missing:
            raise StepError(f"{step.label}: no earlier step saves {', '.join(missing)}.")
        known |= {name for name, _ in step.save}
    return steps


def _read(entry: Any, number: int) -> Step:
    where = f"Step {number}"
    if not isinstance(entry, Mapping):
        raise StepError(f"{where} must be an object.")
    if unknown := sorted(set(entry) - _KEYS):
        raise StepError(f"{where} has no part named {unknown[0]!r}; there are {', '.join(sorted(_KEYS))}.")
    name = str(entry.get("name") or "")
    method = str(entry.get("method") or ("POST" if entry.get("body") is not None else "GET")).upper()
    if method not in _METHODS:
        raise StepError(f"{where}: the method must be one of {', '.join(_METHODS)}.")
    headers, save = entry.get("headers") or {}, entry.get("save") or {}
    for part, value in (("headers", headers), ("save", save)):
        if not isinstance(value, Mapping) or not all(isinstance(each, str) for each in value.values()):
            raise StepError(f"{where}: {part} must be an object of texts.")
    if not all(_NAME.fullmatch(key) for key in save):
        raise StepError(f"{where}: names of saved values are letters, digits and underscores.")
    return Step(
        f"{where} ({name})" if name else where,
        method,
        str(entry.get("url") or ""),
        tuple(headers.items()),
        entry.get("body"),
        tuple(str(code) for code in listed(entry.get("status") or list(DEFAULT_CODES))),
        str(entry.get("contains") or ""),
        tuple(save.items()),
    )


def fill(part: Any, values: Mapping[str, str]) -> Any:
    """A part of a step with saved values in their places."""
    if isinstance(part, str):
        return _PLACE.sub(lambda place: values[place[1]], part)
    if isinstance(part, Mapping):
        return {key: fill(value, values) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [fill(value, values) for value in part]
    return part


def body_of(step: Step, values: Mapping[str, str]) -> tuple[bytes | None, str]:
    """What is sent, and its content type."""
    if step.body is None:
        return None, ""
    filled = fill(step.body, values)
    if isinstance(filled, str):
        return filled.encode(), "application/x-www-form-urlencoded"
    return compact_json(filled).encode(), "application/json"


def _names_in(part: Any) -> set[str]:
    if isinstance(part, str):
        return set(_PLACE.findall(part))
    values = part.values() if isinstance(part, Mapping) else part if isinstance(part, list | tuple) else ()
    return set().union(*(_names_in(value) for value in values))
