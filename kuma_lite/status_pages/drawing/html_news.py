"""What visitors of a status page are told, as HTML: incidents and maintenance, now, before, to come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from kuma_lite.core.clock import MILLISECONDS, parse_wire_time
from kuma_lite.status_pages.drawing.facts import Facts
from kuma_lite.status_pages.drawing.markdown import to_html
from kuma_lite.status_pages.drawing.markup import escape
from kuma_lite.status_pages.drawing.moments import moment, month_text, soon, span_text
from kuma_lite.status_pages.model import Incident, IncidentState, Update
from kuma_lite.status_pages.rules import incident_style

_STATES: Final = {
    IncidentState.INVESTIGATING: "Investigating",
    IncidentState.IDENTIFIED: "Identified",
    IncidentState.MONITORING: "Monitoring",
    IncidentState.RESOLVED: "Resolved",
}
MOST_NAMES: Final = 12  # of services that an incident or maintenance affects; a list of hundreds says less
BAD_NEWS: Final = ("warning", "danger")  # styles of incidents that are no mere notes


def incidents(shown: Sequence[Mapping[str, Any]], facts: Facts) -> str:
    """Those at the top of the page."""
    drawn = "".join(
        f'<article class="notice incident {incident_style(each["style"])}" id="incident-{each["id"]}" '
        f'data-incident-id="{each["id"]}"><h2>{escape(each["title"])}</h2>'
        f"{_affects(facts.affected.get(each['id'], ()))}"
        f"{_story(each, facts.updates.get(each['id'], ()))}</article>\n"
        for each in ({"id": 0, **incident} for incident in shown)
    )
    return f'<section id="incidents" aria-label="Incidents">{drawn}</section>\n' if drawn else ""


def _affects(names: Sequence[str]) -> str:
    if not names:
        return ""
    more = len(names) - MOST_NAMES
    said = ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
    return f'<p class="affects">Affects {escape(said)}</p>'


def _story(incident: Mapping[str, Any], updates: Sequence[Update]) -> str:
    created, updated = _seconds(incident["createdDate"]), incident["lastUpdatedDate"]
    if not updates:
        dates = moment(created) + (f" · updated {moment(_seconds(updated))}" if updated else "")
        return f'{to_html(incident["content"])}<p class="dates">{dates}</p>'
    steps = [
        _step(update, to_html(update.content or (incident["content"] if not place else "")))
        for place, update in enumerate(updates)
    ]
    if updates[0].content:  # the timeline began after the incident
        first = f'<li class="step">{moment(created)}<div>{to_html(incident["content"])}</div></li>'
        steps.insert(0, first)
    return f'<ol class="timeline">{"".join(reversed(steps))}</ol>'


def _step(update: Update, words: str) -> str:
    body = f"<div>{words}</div>" if words else ""
    return (
        f'<li class="step {update.state.value}"><strong>{_STATES[update.state]}</strong> '
        f"{moment(update.created)}{body}</li>"
    )


def past(facts: Facts, slug: str) -> str:
    """What is over, by the month in which it began; the latest month lies open."""
    months = [(name, list(each)) for name, each in groupby(facts.past, lambda one: month_text(one.created))]
    drawn = "".join(_month(name, found, facts, first=not place) for place, (name, found) in enumerate(months))
    if facts.more_past:
        drawn += f'<p><a href="/status/{slug}/history">All incidents</a></p>'
    return f'<section id="past"><h2>Past incidents</h2>{drawn}</section>\n' if drawn else ""


def _month(name: str, found: Iterable[Incident], facts: Facts, *, first: bool) -> str:
    each = "".join(_ended(incident, facts) for incident in found)
    opened = " open" if first else ""
    key = name.lower().replace(" ", "-")
    return (
        f'<details class="month" id="month-{key}"{opened}><summary><h3>{name}</h3></summary>{each}</details>'
    )


def _ended(incident: Incident, facts: Facts) -> str:
    over, updates = "", facts.updates.get(incident.id, ())
    if not incident.active and incident.updated is not None and incident.updated - incident.created >= 60:
        over = f'<p class="dates">Resolved after {span_text(incident.updated - incident.created)}</p>'
    return (
        f'<article class="ended" data-incident-id="{incident.id}"><h4>{escape(incident.title)}</h4>'
        f"{_affects(facts.affected.get(incident.id, ()))}"
        f"{_story(incident.as_wire(), updates)}{over}</article>"
    )


def under_way(plans: Sequence[Mapping[str, Any]], facts: Facts, now: float) -> str:
    """Maintenance that lasts."""
    ends = {window.plan_id: window.end for window in facts.windows if window.running}
    drawn = ""
    for plan in plans:
        number = plan.get("id") or 0
        end = ends.get(number)
        until = f" until {soon(end, now)}" if end is not None else ""
        names = facts.covered.get(number, ())
        drawn += _plan(plan.get("title"), plan.get("description"), f"Under way{until}", names, "h2")
    return f'<section id="maintenance" aria-label="Maintenance">{drawn}</section>\n' if drawn else ""


def planned(facts: Facts) -> str:
    """Maintenance to come."""
    drawn = ""
    for window in facts.windows:
        if not window.running and window.start is not None:
            end = "" if window.end is None else f" · {span_text(window.end - window.start)}"
            names = facts.covered.get(window.plan_id, ())
            drawn += _plan(window.title, window.description, f"{moment(window.start)}{end}", names, "h3")
    return f'<section id="planned"><h2>Planned maintenance</h2>{drawn}</section>\n' if drawn else ""


def _plan(title: Any, description: Any, when: str, names: Sequence[str], level: str) -> str:
    return (
        f'<article class="notice planned"><{level}>{escape(str(title or ""))}</{level}>'
        f'{_affects(names)}<p class="dates">{when}</p>{to_html(str(description or ""))}</article>\n'
    )


def _seconds(written: str) -> int:
    """A date of the wire."""
    return parse_wire_time(written) // MILLISECONDS
