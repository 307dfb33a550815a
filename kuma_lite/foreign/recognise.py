"""Whose file a text is, and what becomes of it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from io import StringIO
from pathlib import PurePath
from typing import Any, Final

from kuma_lite.config_files.texts import parse, written
from kuma_lite.core.errors import UserError
from kuma_lite.foreign import blackbox, gatus, healthchecks, kuma_backup, uptimerobot
from kuma_lite.foreign.model import Converted

SOURCES: Final = (
    gatus.NAME,
    blackbox.NAME,
    healthchecks.NAME,
    uptimerobot.NAME,
    kuma_backup.NAME,
)
_UNKNOWN: Final = "{name} is nothing that can be taken over; that are files of {sources}."
_OURS: Final = "{name} is a configuration of Kuma Lite: “kuma-lite apply” makes a server so."
_MODULES: Final = "{name} holds modules and no targets: import the prometheus.yml, and this with it."
_READERS: Final[tuple[tuple[Callable[[Any], bool], Callable[[Any], Converted]], ...]] = (
    (kuma_backup.recognised, kuma_backup.convert),
    (gatus.recognised, gatus.convert),
    (healthchecks.recognised, healthchecks.convert),
    (uptimerobot.recognised, uptimerobot.convert),
)
# What stands at the top of a configuration of ours; the kinds of things, as their features name them.
OURS: Final = (
    "tags", "proxies", "docker_hosts", "remote_browsers", "notifications", "monitors", "servers",
    "status_pages", "maintenance", "webhooks", "defaults",
)  # fmt: skip
MAX_FIELD_CHARS: Final = 1_000_000  # of a CSV


def convert(text: str, name: str, modules: str | None = None) -> Converted:
    """What a file of another program says; `modules`: the text of a blackbox.yml. Raises UserError."""
    converted = taken_over(text, name, modules)
    if converted is None:
        raise UserError(_OURS, name=name)
    return converted


def taken_over(text: str, name: str, modules: str | None = None) -> Converted | None:
    """The same by what is in it; None: it is a configuration of ours. Raises UserError."""
    if rows := _table(text):
        if uptimerobot.is_header(list(rows[0])):
            return uptimerobot.convert_rows(rows)
        if rows[0].keys() >= healthchecks.COLUMNS:
            return healthchecks.convert_rows(rows)
    if PurePath(name).suffix.lower() == ".toml":
        return None  # nobody else's files are
    value = _parsed(text, name)
    if blackbox.recognised(value):
        return blackbox.convert(value, _parsed(modules, "--modules") if modules else None)
    for recognised, reader in _READERS:
        if recognised(value):
            return reader(value)
    if blackbox.has_modules(value):
        raise UserError(_MODULES, name=name)
    if isinstance(value, dict) and any(isinstance(value.get(plural), dict) for plural in OURS):
        return None
    raise UserError(_UNKNOWN, name=name, sources=", ".join(SOURCES))


def as_file(converted: Converted, name: str) -> str:
    """The text of a configuration file of that name."""
    return written({"name": name, **dict(converted.ordered())})


def _parsed(text: str, name: str) -> Any:
    """JSON, or YAML, which is not in all respects more than that."""
    if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        try:
            return json.loads(text.lstrip("\ufeff"))
        except (ValueError, RecursionError):
            pass
    return parse(text, f"{name}.yaml").value


def _table(text: str) -> list[dict[str, Any]]:
    """The rows of a CSV by the names of its columns; none for anything else."""
    head = text.lstrip("\ufeff").partition("\n")[0]
    separator = max(",;\t", key=head.count)
    if separator not in head or head.lstrip().startswith(("{", "[", "#")):
        return []
    reader = csv.DictReader(StringIO(text.lstrip("\ufeff")), delimiter=separator)
    try:
        return [{key: value for key, value in row.items() if isinstance(key, str)} for row in reader]
    except csv.Error:
        return []
