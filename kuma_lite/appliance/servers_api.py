"""Monitors and status pages as the Servers API lists them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from kuma_lite.appliance.monitors import Monitoring
from kuma_lite.beats.model import Beat
from kuma_lite.beats.outages import Outage
from kuma_lite.core.declarations import Status
from kuma_lite.servers.alerting.documents import Listed, incident_object
from kuma_lite.servers.model import DOWNTIME, Incident
from kuma_lite.status_pages.service import StatusPages

# Status pages and monitors have no UUID of their own; made of their number it is always the same.
_NAMESPACE: Final = uuid.UUID("6f1c2a0e-3b7d-5c58-9f2e-8d1f0b7a4c21")
_STATUS_WORDS: Final = {
    Status.DOWN: "down",
    Status.UP: "up",
    Status.PENDING: "pending",
    Status.MAINTENANCE: "maintenance",
}
# The lower 62 bits of an outage's UUID are its number.
_OUTAGES: Final = uuid.uuid5(_NAMESPACE, "outages").int >> 62


class ListedPages:
    """The status pages as the Servers API lists them (see `servers.api.status_pages.StatusPages`)."""

    def __init__(self, pages: StatusPages, monitoring: Monitoring) -> None:
        self._pages = pages
        self._monitoring = monitoring

    async def listed(self, organisation: int) -> Sequence[Mapping[str, Any]]:
        """All of an organisation."""
        return [
            {
                "uuid": str(uuid.uuid5(_NAMESPACE, f"status page {page.id}")),
                "name": page.title,
                "custom_url": page.domains[0] if page.domains else None,
                "ssl_installed": False,  # a proxy in front of us sees to certificates
                "logo_url": page.icon or None,
                "favicon_url": None,
                "network_monitors": self._monitors(
                    member.monitor_id for group in groups for member in group.members
                ),
                "created_at": None,
                "updated_at": None,
            }
            for page, groups in self._pages.with_groups(organisation)
        ]

    def _monitors(self, ids: Iterable[int]) -> list[dict[str, Any]]:
        found = []
        for number in dict.fromkeys(ids):
            monitor = self._monitoring.roster.get(number)
            if monitor is not None:
                beat: Beat | None = self._monitoring.recorder.last(number)
                found.append(
                    {
                        "id": number,
                        "uuid": _monitor_uuid(number),
                        "name": monitor.name,
                        "url": monitor.get("url"),
                        "check_type": monitor.type,
                        "status": _STATUS_WORDS[Status(beat.status)] if beat else "pending",
                        "paused": not monitor.active,
                    }
                )
        return found


class OutageIncidents:
    """When monitors were down, as incidents (see `servers.api.incidents.MonitorIncidents`)."""

    def __init__(self, monitoring: Monitoring) -> None:
        self._outages = monitoring.outages
        self._roster = monitoring.roster
        self._monitors = monitoring.monitors

    async def page(
        self, organisation: int, count: int, *, ongoing: bool | None
    ) -> tuple[Sequence[Listed], int]:
        """The first ones, and how many there are."""
        mine = self._monitors.ids_of(organisation)
        found, total = await self._outages.page(count, ongoing=ongoing, only=mine)
        return [Listed(one.ended is None, one.began, self._wire(one)) for one in found], total

    def is_one(self, key: str) -> bool:
        """Whether a UUID is that of an outage."""
        try:
            return uuid.UUID(key).int >> 62 == _OUTAGES
        except ValueError:
            return False

    def _wire(self, outage: Outage) -> dict[str, Any]:
        key = str(uuid.UUID(int=_OUTAGES << 62 | outage.id))
        changed = outage.ended or outage.began
        incident = Incident(outage.id, key, 0, DOWNTIME, outage.message, outage.began, outage.ended, changed)
        monitor = self._roster.get(outage.monitor_id)
        name = monitor.name if monitor else None
        return incident_object(incident, "NetworkMonitor", _monitor_uuid(outage.monitor_id), name)


def _monitor_uuid(monitor_id: int) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"monitor {monitor_id}"))
