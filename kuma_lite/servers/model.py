"""What a server and an incident are, and what is told about them on the bus."""

from __future__ import annotations

from collections.abc import Mapping
from operator import is_
from typing import Any, Final

import msgspec
from msgspec import Raw, Struct, field

from kuma_lite.core.access import FIRST_ORGANISATION
from kuma_lite.core.iso_time import iso, iso_exact
from kuma_lite.servers.rules.alert_settings import AlertSettings, merged
from kuma_lite.servers.rules.alerts import State
from kuma_lite.servers.samples.host_clock import UNKNOWN, HostClock

ONLINE: Final = "online"
OFFLINE: Final = "offline"
DOWNTIME: Final = "downtime"  # the cause of an incident; the others are the friendly metric names
SNAPSHOT_MS: Final = 15 * 60_000  # metrics this much older than the newest are no longer part of the snapshot


class Incident(Struct):
    """An alert: something was wrong with a server from `started` to `closed`. Times in ms."""

    id: int
    uuid: str
    server_id: int
    cause: str
    message: str
    started: int
    closed: int | None
    updated: int
    acknowledged: int | None = None
    acknowledged_by: str | None = None
    snoozed: int | None = None
    snooze_until: int | None = None
    pending: str | None = None  # how it ended, to be said when maintenance is over


class Server(Struct):
    """One host as the process knows it. Times in milliseconds since 1970."""

    id: int
    uuid: str
    project_id: int
    motherboard_id: str
    agent_version: str
    attributes: dict[str, Any]
    overrides: AlertSettings
    last: dict[str, tuple[int, float]]  # stored name → time and value of its newest sample
    snapshot: dict[str, Any]  # processes and containers, as they were sent last
    created: int
    updated: int
    last_seen: int
    duplicate_host: str | None = None
    duplicate_seen: int | None = None
    clock: HostClock = UNKNOWN  # of it only the offset is stored
    heard_at: int | None = None  # its latest report of this run, monotonic ms; not stored
    series: dict[str, int] = field(default_factory=dict)  # stored name → id
    channels: set[int] = field(default_factory=set)  # ids of the notifications that get its alerts
    states: dict[str, State] = field(default_factory=dict)  # of the thresholds
    counters: dict[str, tuple[int, float]] = field(default_factory=dict)  # the reading a rate begins with
    values: dict[str, float] = field(default_factory=dict)  # friendly name → newest derived value
    incidents: dict[str, Incident] = field(default_factory=dict)  # cause → the open one
    pending: dict[str, Incident] = field(default_factory=dict)  # cause → ended, and nobody was told yet
    status: str = ONLINE
    organisation: int = FIRST_ORGANISATION  # that of its project
    row: tuple[Any, ...] | None = None  # what its row says of what lasts; None: this run has not written it
    row_at: int = 0  # when it was written
    shown: tuple[tuple[Any, ...], Raw] | None = None  # as lists of the API show it, and what that was made of

    @property
    def identity(self) -> tuple[int, str]:
        """By what reports find it."""
        return self.project_id, self.motherboard_id

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.attributes.get("hostname") or self.motherboard_id)

    @property
    def clock_offset(self) -> int | None:
        """How far its clock is ahead of ours, ms; negative: behind, None: not noticeably."""
        return self.clock.offset

    @property
    def settings(self) -> AlertSettings:
        """Thresholds and grace periods, complete."""
        return merged(self.overrides)

    @property
    def troubled_since(self) -> int | None:
        """When what is wrong with it began, ms; None: nothing is."""
        if self.status == OFFLINE:
            return self.last_seen
        return min((incident.started for incident in self.incidents.values()), default=None)

    def last_metrics(self) -> dict[str, Any]:
        """The newest sample of every metric, as the Servers API shows them; empty before the first."""
        if not self.last:
            return {}
        return {"metrics": self.recent(), "timestamp": iso_exact(self._newest())}

    def recent(self) -> dict[str, float]:
        """Stored name → newest value, of what was sent lately."""
        oldest = self._newest() - SNAPSHOT_MS
        return {name: value for name, (time, value) in self.last.items() if time >= oldest}

    def _newest(self) -> int:
        time, _ = max(self.last.values(), default=(0, 0.0))
        return time

    @property
    def temperature(self) -> float | None:
        """What its hottest sensor says, °C."""
        found = (value for name, value in self.recent().items() if name.partition("[")[0] == "temperature_c")
        return max(found, default=None)


class ServerChanged(Struct, frozen=True):
    """A server was heard, edited, went silent or came back."""

    server_id: int


class ServerRemoved(Struct, frozen=True):
    """A server is gone."""

    server_id: int
    uuid: str
    organisation: int


class AlertOpened(Struct, frozen=True):
    """An incident began; it is stored with its messages, or will be when there is room."""

    server_id: int
    incident: Incident


class AlertClosed(Struct, frozen=True):
    """An incident is over."""

    server_id: int
    incident: Incident


class IncidentsChanged(Struct, frozen=True):
    """Somebody acknowledged or snoozed an incident."""

    incident: Incident


class PageServersChanged(Struct, frozen=True):
    """Other servers stand on a status page."""

    page_id: int


def as_wire(server: Server) -> dict[str, Any]:
    """The object of the Servers API."""
    attributes: Mapping[str, Any] = server.attributes
    return {
        "uuid": server.uuid,
        "hostname": attributes.get("hostname"),
        "public_ip": attributes.get("public_ip"),
        "private_ip": attributes.get("private_ip"),
        "mac_address": attributes.get("mac_address"),
        "cpu_cores": attributes.get("cpu_cores"),
        "cpu_model": attributes.get("cpu_model"),
        "operating_system": attributes.get("operating_system"),
        "uptime": attributes.get("uptime"),
        "kernel_version": attributes.get("kernel_version"),
        "status": server.status,
        "created_at": iso(server.created),
        "updated_at": iso(server.updated),
        "last_seen_at": iso(server.last_seen),
        "last_metrics": server.last_metrics(),
        "alert_settings": server.settings,
    }


def as_wire_json(server: Server) -> Raw:
    """The same as JSON, which stays until a report or somebody changes it."""
    made_of = (
        server.status, server.updated, server.last_seen, server.attributes, server.last, server.overrides,
    )  # fmt: skip
    # Other dictionaries take the place of these, which are never changed once reports come in: which ones
    # they are is enough to look at. To compare what is in them costs as much as to write it.
    if server.shown is None or not all(map(is_, server.shown[0], made_of)):
        server.shown = (made_of, Raw(msgspec.json.encode(as_wire(server))))
    return server.shown[1]
