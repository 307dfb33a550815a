"""What our own page asks about servers, and is pushed (namespace `/page`; docs/page-protocol.md)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final

from kuma_lite.core.access import Audience, Right
from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import MILLISECONDS, Clock, to_ms
from kuma_lite.core.doors import PAGE, Answer, Caller, Event, Push, actor_of
from kuma_lite.core.errors import UserError
from kuma_lite.rest.errors import Unprocessable
from kuma_lite.servers.model import (
    AlertClosed,
    AlertOpened,
    Incident,
    IncidentsChanged,
    Server,
    ServerChanged,
    ServerRemoved,
    as_wire,
)
from kuma_lite.servers.page.links import find_server, find_servers
from kuma_lite.servers.samples.metrics import FRIENDLY, METRICS
from kuma_lite.servers.samples.queries import friendly_value, is_known
from kuma_lite.servers.samples.rollup import DAY_MS, MINUTE_MS
from kuma_lite.servers.samples.upkeep import save_kept
from kuma_lite.servers.service import Servers

BATCH_S: Final = 0.5  # changes are gathered this long: a hundred agents report in the same second
SPARK_MS: Final = 60 * MINUTE_MS
MAX_SPARKS: Final = 100  # servers a page may ask sparklines for at once
MAX_RANGE_MS: Final = 36_500 * DAY_MS
MAX_POINTS: Final = 5_000  # of one series; wider than any screen
MAX_METRICS: Final = 50
PERCENT: Final = ("cpu", "ram", "disk")  # of a row's thresholds
COLUMNS: Final = (
    "uuid", "name", "status", "maintenance", "cpu", "ram", "disk", "netIn", "netOut", "uptime", "lastSeen",
    "alerts", "since", "operatingSystem", "project", "thresholds", "load", "temperature", "agentVersion",
    "tags",
)  # fmt: skip


class ServerPage:
    """A compact summary first, details and charts of what is looked at, changes in batches."""

    def __init__(
        self,
        servers: Servers,
        push: Push,
        bus: Bus,
        clock: Clock,
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._servers = servers
        self._push = push
        self._clock = clock
        self._spawn = spawn
        self._changed: set[int] = set()
        self._deleted: dict[int, list[str]] = {}  # organisation → UUIDs
        self._incidents: set[int] = set()  # organisations in which some changed
        self._flushing = False
        bus.subscribe(ServerChanged, self._on_change)
        bus.subscribe(ServerRemoved, self._on_removal)
        bus.subscribe(AlertOpened, lambda event: self._on_incident(event.incident))
        bus.subscribe(AlertClosed, lambda event: self._on_incident(event.incident))
        bus.subscribe(IncidentsChanged, lambda event: self._on_incident(event.incident))

    def events(self) -> list[Event]:
        """The page's questions and orders about servers."""
        return [
            _event("serversSummary", self.summary, Right.SERVERS_VIEW),
            _event("serverSparks", self.sparks, Right.SERVERS_VIEW, 1),
            _event("server", self.server, Right.SERVERS_VIEW, 1),
            _event("serverMetrics", self.metrics, Right.SERVERS_VIEW, 2),
            _event("saveServerAlerts", self.save_alerts, Right.SERVERS_EDIT, 2),
            _event("saveServersAlerts", self.save_alerts_of_many, Right.SERVERS_EDIT, 2),
            _event("deleteServer", self.delete, Right.SERVERS_EDIT, 1),
            _event("serverRetention", self.retention, Right.SETTINGS_VIEW),
            _event("saveServerRetention", self.save_retention, Right.SETTINGS_EDIT, 1),
        ]

    # --- questions ---------------------------------------------------------------------------------------

    async def summary(self, caller: Caller) -> Answer:
        """Every server in one row."""
        found = self._servers.of_organisation(actor_of(caller).organisation)
        rows = [self.row(server) for server in found]
        return {
            "ok": True,
            "columns": list(COLUMNS),
            "rows": rows,
            "serverTime": to_ms(self._clock.now()),
        }

    def row(self, server: Server) -> list[Any]:
        """The values of `COLUMNS`."""
        project = self._servers.projects.all[server.project_id]
        figures = [friendly_value(server, friendly) for friendly in FRIENDLY.values()]
        return [
            server.uuid,
            server.name,
            server.status,
            self._servers.links.is_covered(server),
            *figures,
            server.attributes.get("uptime"),
            server.last_seen,
            sorted(server.incidents),
            server.troubled_since,
            server.attributes.get("operating_system"),
            project.uuid,
            [server.settings["threshold"][name] for name in PERCENT],
            server.last["load_1"][1] if "load_1" in server.last else None,
            server.temperature,
            server.agent_version,
            self._servers.links.tags_of(server),
        ]

    async def sparks(self, caller: Caller, keys: Any) -> Answer:
        """The last hour of processor and memory of some servers, for sparklines."""
        if not isinstance(keys, list) or len(keys) > MAX_SPARKS:
            raise UserError("A list of at most {most} servers is expected.", most=MAX_SPARKS)
        now = to_ms(self._clock.now())
        sparks = {}
        for key in keys:
            server = find_server(self._servers, actor_of(caller), key)
            found = await self._servers.values(server, ["cpu", "ram"], now - SPARK_MS, now, MAX_POINTS)
            sparks[server.uuid] = {name: [list(value) for value in values] for name, values in found.items()}
        return {"ok": True, "sparks": sparks}

    async def server(self, caller: Caller, key: Any) -> Answer:
        """One server with everything its page shows but charts."""
        server = find_server(self._servers, actor_of(caller), key)
        return {
            "ok": True,
            "server": as_wire(server),
            "agentVersion": server.agent_version,
            "memoryTotal": server.attributes.get("memory_total_bytes"),
            "diskTotal": server.attributes.get("disk_total_bytes"),
            "swapTotal": server.attributes.get("swap_total_bytes"),
            "values": {name: friendly_value(server, item) for name, item in FRIENDLY.items()},
            "metrics": sorted(server.series),
            "units": {name: metric.unit for name, metric in METRICS.items()},
            "processes": server.snapshot.get("processes", []),
            "containers": server.snapshot.get("containers", []),
            "interfaces": server.snapshot.get("interfaces", []),
            "gpus": server.snapshot.get("gpus", []),
            "notifications": sorted(server.channels),
            "maintenancePlans": self._servers.links.plans_of(server),
            "maintenance": self._servers.links.is_covered(server),
            "incidents": [incident.uuid for incident in server.incidents.values()],
            "duplicateHost": server.duplicate_host,
            "clockOffset": None if server.clock_offset is None else round(server.clock_offset / MILLISECONDS),
        }

    async def metrics(self, caller: Caller, key: Any, wishes: Any) -> Answer:
        """Columns for charts: minimum, mean and maximum per step, in as many points as fit."""
        server = find_server(self._servers, actor_of(caller), key)
        found = wishes if isinstance(wishes, dict) else {}
        now = to_ms(self._clock.now())
        until = _whole(found.get("until"), now)
        since = _whole(found.get("since"), until - 60 * MINUTE_MS)
        points = max(10, min(MAX_POINTS, _whole(found.get("points"), 1_000)))
        names = found.get("metrics") or list(FRIENDLY)
        known = isinstance(names, list) and all(isinstance(name, str) and is_known(name) for name in names)
        if not known or len(names) > MAX_METRICS:
            raise UserError("One of the metrics is unknown.")
        if not 0 <= until - since <= MAX_RANGE_MS:
            raise UserError("The end of the range lies before its beginning.")
        charts = await self._servers.charts(server, names, since, until, points)
        return {
            "ok": True,
            "since": since,
            "until": until,
            "thresholds": _thresholds(server, names),
            **charts,
        }

    # --- orders ------------------------------------------------------------------------------------------

    async def save_alerts(self, caller: Caller, key: Any, change: Any) -> Answer:
        """Take over a part of the alert settings."""
        server = find_server(self._servers, actor_of(caller), key, Right.SERVERS_EDIT)
        try:
            await self._servers.save_settings(server, change)
        except Unprocessable as refusal:
            raise UserError("{reason}.", reason=refusal.errors[0], extra={"errors": refusal.errors}) from None
        return {"ok": True, "msg": "Saved.", "msgi18n": True, "alertSettings": server.settings}

    async def save_alerts_of_many(self, caller: Caller, keys: Any, change: Any) -> Answer:
        """Take over the same part of the alert settings for several servers, all or none."""
        servers = find_servers(self._servers, actor_of(caller), keys)
        try:
            await self._servers.save_settings_of(servers, change)
        except Unprocessable as refusal:
            raise UserError("{reason}.", reason=refusal.errors[0], extra={"errors": refusal.errors}) from None
        return {"ok": True, "msg": "Saved.", "msgi18n": True}

    async def delete(self, caller: Caller, key: Any) -> Answer:
        """Remove a server and its history."""
        await self._servers.delete(find_server(self._servers, actor_of(caller), key, Right.SERVERS_EDIT))
        return {"ok": True, "msg": "successDeleted", "msgi18n": True}

    async def retention(self, caller: Caller) -> Answer:
        """How long history is kept (days), how large it may become and is (bytes)."""
        del caller
        kept = self._servers.kept()
        shown = {name: getattr(kept, name) for name in kept.__struct_fields__}
        return {"ok": True, "retention": shown, "usedBytes": await self._servers.stored_bytes()}

    async def save_retention(self, caller: Caller, wishes: Any) -> Answer:
        """Change it."""
        await save_kept(self._servers.settings, wishes)
        return {**await self.retention(caller), "msg": "Saved.", "msgi18n": True}

    # --- pushes ------------------------------------------------------------------------------------------

    def _on_change(self, event: ServerChanged) -> None:
        self._changed.add(event.server_id)
        self._soon()

    def _on_removal(self, event: ServerRemoved) -> None:
        self._deleted.setdefault(event.organisation, []).append(event.uuid)
        self._soon()

    def _on_incident(self, incident: Incident) -> None:
        server = self._servers.by_id(incident.server_id)
        if server is not None:
            self._incidents.add(server.organisation)
            self._soon()

    def _soon(self) -> None:
        if not self._flushing:
            self._flushing = True
            self._spawn(self._flush_soon())

    async def _flush_soon(self) -> None:
        await asyncio.sleep(BATCH_S)
        self._flushing = False
        changed, self._changed = self._changed, set()
        deleted, self._deleted = self._deleted, {}
        incidents, self._incidents = self._incidents, set()
        rows: dict[int, list[list[Any]]] = {}
        for number in sorted(changed):
            server = self._servers.by_id(number)
            if server is not None:
                rows.setdefault(server.organisation, []).append(self.row(server))
        for organisation in rows.keys() | deleted.keys():
            viewers = Audience(organisation, Right.SERVERS_VIEW)
            payload = {"rows": rows.get(organisation, []), "deleted": deleted.get(organisation, [])}
            await self._push.to_audience(viewers, "serverChanges", payload, namespace=PAGE)
        for organisation in incidents:
            viewers = Audience(organisation, Right.INCIDENTS_VIEW)
            await self._push.to_audience(viewers, "incidentsChanged", {}, namespace=PAGE)


def _event(name: str, handler: Any, needs: Right, arguments: int = 0) -> Event:
    return Event(name, handler, arguments, namespaces=(PAGE,), needs=needs)


def _whole(value: Any, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53 else default


def _thresholds(server: Server, names: Sequence[str]) -> dict[str, float]:
    limits = server.settings["threshold"]
    return {name: limits[name] for name in names if name in limits}
