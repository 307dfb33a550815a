"""What people are told about an alert. Pure."""

from __future__ import annotations

from typing import Final

from kuma_lite.servers.alert_settings import AlertSettings
from kuma_lite.servers.metrics import FRIENDLY
from kuma_lite.servers.model import DOWNTIME, Incident

_MINUTE_MS: Final = 60_000


def opening_text(cause: str, value: float | None, settings: AlertSettings) -> str:
    """Why an incident began."""
    grace = minutes(settings["grace_period"][cause])
    if cause == DOWNTIME:
        return f"Nothing was heard from it for {grace}"
    friendly = FRIENDLY[cause]
    limit = f"{settings['threshold'][cause]:g} {friendly.unit}"
    now = f"is at {_figure(value)} {friendly.unit}, " if value is not None else "is "
    return f"{friendly.label} {now}above {limit} for {grace}"


def closing_text(incident: Incident, value: float | None, settings: AlertSettings, now: int) -> str:
    """How an incident ended."""
    lasted = minutes(round((now - incident.started) / _MINUTE_MS))
    if incident.cause == DOWNTIME:
        if not settings["general"][DOWNTIME]:
            return "It is no longer watched for downtime"
        return f"It is heard again after {lasted}"
    friendly = FRIENDLY[incident.cause]
    limit = f"{settings['threshold'][incident.cause]:g} {friendly.unit}"
    at = f"is at {_figure(value)} {friendly.unit}, " if value is not None else "is "
    return f"{friendly.label} {at}below {limit} again after {lasted}"


def minutes(number: int) -> str:
    """`1 minute`, `5 minutes`, `2 hours 5 minutes`."""
    hours, rest = divmod(max(0, number), 60)
    parts = [f"{hours} hour{'s' * (hours != 1)}"] if hours else []
    if rest or not hours:
        parts.append(f"{rest} minute{'s' * (rest != 1)}")
    return " ".join(parts)


def _figure(value: float) -> str:
    return f"{value:.1f}"
