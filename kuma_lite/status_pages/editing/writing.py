"""Incidents that somebody is writing, as an editor sends them to have them looked at. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kuma_lite.core import wire_values
from kuma_lite.core.clock import MILLISECONDS
from kuma_lite.status_pages.model import Incident, IncidentState, Page, Update, Written
from kuma_lite.status_pages.rules import incident_style

MAX_CHARS: Final = 100_000  # of a text that is only looked at
MAX_UPDATES: Final = 200


def read_written(page: Page, incident: Any, now: int) -> Written | None:
    """What is written so far; nothing of it is refused. `now` is in seconds since 1970."""
    if not isinstance(incident, Mapping):
        return None
    number, style = wire_values.identifier(incident.get("id")) or 0, incident_style(incident.get("style"))
    title = wire_values.text(incident.get("title")) or ""
    updates = [_update(number, entry, now) for entry in _list(incident, "updates")]
    monitors = [wire_values.identifier(each) for each in _list(incident, "monitors")]
    created = _seconds(incident.get("time"), now)
    return Written(
        Incident(number, page.id, title, _content(incident), style, created, None),
        tuple(sorted(filter(None, updates), key=lambda update: update.created)),
        tuple(filter(None, monitors)),
    )


def _update(incident_id: int, entry: Any, now: int) -> Update | None:
    if not isinstance(entry, Mapping) or entry.get("state") not in {*IncidentState}:
        return None
    return Update(
        0, incident_id, IncidentState(entry["state"]), _content(entry), _seconds(entry.get("time"), now)
    )


def _content(source: Mapping[str, Any]) -> str:
    return (wire_values.text(source.get("content")) or "")[:MAX_CHARS]


def _list(source: Mapping[str, Any], key: str) -> list[Any]:
    found = source.get(key)
    return found[:MAX_UPDATES] if isinstance(found, list) else []


def _seconds(milliseconds: Any, now: int) -> int:
    whole = wire_values.whole(milliseconds)
    return now if whole is None else min(max(whole // MILLISECONDS, 0), now)
