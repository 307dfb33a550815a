"""What people are told about an alert. Pure.

Of these sentences the page shows how an alert began, translated: `frontend/src/live/alert-text.ts` reads it.
"""

from __future__ import annotations

import math
from typing import Final

from kuma_lite.servers.model import DOWNTIME, Incident
from kuma_lite.servers.rules.alert_settings import AlertSettings
from kuma_lite.servers.samples.metrics import FRIENDLY

_MINUTE_MS: Final = 60_000
# A busy server is not down, and must not be called so.
_WORDS: Final = {True: ("🔴 Down", "✅ Up"), False: ("⚠️ Alert", "✅ Resolved")}


def headline(server: str, incident: Incident, text: str) -> str:
    """What is sent, in the manner of messages about monitors: `[web-1] [⚠️ Alert] CPU is at ...`."""
    opening, closing = _WORDS[incident.cause == DOWNTIME]
    return f"[{server}] [{opening if incident.closed is None else closing}] {text}"


def opening_text(cause: str, value: float | None, settings: AlertSettings) -> str:
    """Why an incident began."""
    grace = settings["grace_period"][cause]
    if cause == DOWNTIME:
        return f"No reports for {minutes(grace)}"
    lasted = f" for {minutes(grace)}" if grace else ""
    return f"{_measured(cause, value)}above {_limit(cause, settings)}{lasted}"


def still_text(incident: Incident, value: float | None, settings: AlertSettings, now: int) -> str:
    """How an incident goes on."""
    lasted = _lasted(incident, now)
    if incident.cause == DOWNTIME:
        return f"Still no reports, for {lasted} now"
    measured, limit = _measured(incident.cause, value, "still"), _limit(incident.cause, settings)
    return f"{measured}above {limit}, for {lasted} now"


def closing_text(incident: Incident, value: float | None, settings: AlertSettings, now: int) -> str:
    """How an incident ended."""
    lasted = _lasted(incident, now)
    if incident.cause == DOWNTIME:
        if not settings["general"][DOWNTIME]:
            return "It is no longer watched for downtime"
        return f"It reports again after {lasted}"
    return f"{_measured(incident.cause, value)}below {_limit(incident.cause, settings)} again after {lasted}"


def _lasted(incident: Incident, now: int) -> str:
    return minutes(round((now - incident.started) / _MINUTE_MS))


def _limit(cause: str, settings: AlertSettings) -> str:
    return f"{settings['threshold'][cause]:g} {FRIENDLY[cause].unit}"


def _measured(cause: str, value: float | None, still: str = "") -> str:
    """`CPU is still at 95.0 %, `, or without the value where there is none."""
    friendly = FRIENDLY[cause]
    start = f"{friendly.label} is {still} " if still else f"{friendly.label} is "
    return f"{start}at {_figure(value)} {friendly.unit}, " if value is not None else start


def _figure(value: float) -> str:
    """With one decimal; small ones with as many as they need, so that nothing above a limit looks like 0."""
    decimals = 1 if value >= 1 or value <= 0 else min(6, 1 - math.floor(math.log10(value)))
    return f"{value:.{decimals}f}"


def minutes(number: int) -> str:
    """`1 minute`, `5 minutes`, `2 hours 5 minutes`."""
    hours, rest = divmod(max(0, number), 60)
    parts = [f"{hours} hour{'s' * (hours != 1)}"] if hours else []
    if rest or not hours:
        parts.append(f"{rest} minute{'s' * (rest != 1)}")
    return " ".join(parts)
