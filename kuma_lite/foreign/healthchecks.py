"""Healthchecks: the list of checks of its API, as JSON or as CSV. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from kuma_lite.core.sentences import said
from kuma_lite.foreign.model import MONITORS, Converted
from kuma_lite.foreign.values import listing, mapping, raw_text, text, whole, with_space

NAME: Final = "Healthchecks"
COLUMNS: Final = frozenset({"name", "timeout", "grace"})
_TIMEOUT_S: Final = 86_400
_UUID: Final = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


def recognised(value: Any) -> bool:
    """Whether a parsed file is a list of checks."""
    checks = listing(mapping(value).get("checks"))
    return any("grace" in mapping(check) or "ping_url" in mapping(check) for check in checks)


def convert(value: Any) -> Converted:
    """Each check as a monitor that waits to be called."""
    return convert_rows([mapping(check) for check in listing(mapping(value).get("checks"))])


def convert_rows(rows: Sequence[Mapping[str, Any]]) -> Converted:
    """The same for the rows of a CSV with the same names."""
    found = Converted(NAME)
    for check in rows:
        _check(check, found)
    if found.documents.get(MONITORS):
        found.omit("ping URLs", "", said("jobs have to call the addresses that their monitors show"))
    return found


def _check(check: Mapping[str, Any], found: Converted) -> None:
    name = with_space(check.get("name"))
    where = f"check “{name}”"
    if schedule := raw_text(check.get("schedule")):
        found.omit(
            where, f"schedule {schedule}", said("a monitor waits for a fixed time, not for a cron expression")
        )
        return
    every = max(whole(check.get("timeout")) or _TIMEOUT_S, 1)
    grace = whole(check.get("grace")) or 0
    document: dict[str, Any] = {
        "type": "push",
        "interval": every,
        "description": text(check.get("desc")),
        "active": False if raw_text(check.get("status")) == "paused" else None,
        "tags": found.tags(dict.fromkeys(raw_text(check.get("tags")).split(), "")),
    }
    if grace:
        document |= {"max_retries": 1, "retry_interval": grace}
    token = _UUID.search(f"{raw_text(check.get('uuid'))} {raw_text(check.get('ping_url'))}")
    if token is not None:
        document["token"] = token[0].replace("-", "").lower()
    found.add(MONITORS, name, document)
    for key in (
        "channels",
        "methods",
        "start_kw",
        "success_kw",
        "failure_kw",
        "filter_subject",
        "filter_body",
    ):
        if raw_text(check.get(key)):
            found.omit(where, key, said("it has no equal"))
