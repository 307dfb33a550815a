"""Where servers meet notifications, maintenance and status pages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kuma_lite.appliance.house import House
from kuma_lite.appliance.neighbours import ListedPages, OutageIncidents
from kuma_lite.appliance.watching import Watching
from kuma_lite.core.declarations import Message, Status
from kuma_lite.core.doors import Doors
from kuma_lite.core.errors import UserError
from kuma_lite.maintenance.model import MaintenanceChanged, MaintenanceEnded, MaintenanceStarted
from kuma_lite.metrics.exposition import label_text
from kuma_lite.metrics.model import Family, Sample
from kuma_lite.notifications.model import ChannelsChanged, pack
from kuma_lite.notifications.rules import heartbeat_object
from kuma_lite.notifications.service import Notifications
from kuma_lite.servers.alerting.texts import headline
from kuma_lite.servers.api.doors import server_doors
from kuma_lite.servers.api.integration_store import Channel, Declared, Integrations
from kuma_lite.servers.model import (
    ONLINE,
    AlertClosed,
    AlertOpened,
    Incident,
    PageServersChanged,
    Server,
    ServerRemoved,
)
from kuma_lite.servers.samples.prometheus import measured
from kuma_lite.servers.service import Servers
from kuma_lite.servers.store import link_all
from kuma_lite.status_pages.model import ShownServer
from kuma_lite.status_pages.service import StatusPages

if TYPE_CHECKING:
    import apsw

_FIRST_USER: Final = "SELECT min(id) FROM user"


class Hosting:
    """The servers with everything around them."""

    def __init__(
        self, house: House, watching: Watching, notifications: Notifications, pages: StatusPages
    ) -> None:
        self._house = house
        maintenance = self._maintenance = watching.maintenance
        self.servers = Servers(
            house.database,
            house.clock,
            house.bus,
            ServerMessages(notifications, house),
            house.settings,
            house.accounts.session,
            lambda plans: any(map(maintenance.is_running, plans)),
            lambda: house.network.has_uplink() and watching.figures.storage_problem() is None,
        )
        self._integrations = Integrations(ServerChannels(house, notifications), house.database, house.clock)
        self._pages = ListedPages(pages, watching)
        self._outages = OutageIncidents(watching)
        self._status_pages = pages
        pages.show_servers(self._shown_on)
        for happening in (AlertOpened, AlertClosed, ServerRemoved, PageServersChanged):
            house.bus.subscribe(happening, lambda _event: pages.clear_cache())
        house.bus.subscribe(MaintenanceStarted, self._on_maintenance)
        house.bus.subscribe(MaintenanceEnded, self._on_maintenance)
        house.bus.subscribe(MaintenanceChanged, self._on_maintenance)
        notifications.applied.append(link_all)
        house.bus.subscribe(
            ChannelsChanged, lambda _event: house.spawn(self.servers.links.reread_notifications())
        )

    async def load(self) -> None:
        """Read everything."""
        await self.servers.load()

    def start(self) -> None:
        """Begin to look for silent hosts."""
        self.servers.start()
        self._house.at_close(self.servers.stop)

    def doors(self) -> list[Doors]:
        """Routes and events."""
        house = self._house
        return [
            server_doors(
                self.servers,
                self._integrations,
                self._pages,
                self._outages,
                push=house.push,
                bus=house.bus,
                clock=house.clock,
                spawn=house.spawn,
                base_url=house.settings.primary_base_url,
                status_pages=lambda: [(page.id, page.title, page.slug) for page in self._status_pages.all()],
            )
        ]

    def _on_maintenance(self, event: MaintenanceStarted | MaintenanceEnded | MaintenanceChanged) -> None:
        exists = self._maintenance.exists(event.plan_id)
        self.servers.links.maintenance_changed(event.plan_id, exists=exists)

    def _shown_on(self, page_id: int) -> list[ShownServer]:
        """What visitors of a status page see of its servers."""
        return [
            ShownServer(
                server.name,
                server.status == ONLINE,
                tuple(sorted(server.incidents)),
                self.servers.links.is_covered(server),
                server.last_seen,
            )
            for server in self.servers.links.servers_of_page(page_id)
        ]

    def families(self) -> Iterable[Family]:
        """What Prometheus is told."""
        for name, help_text, kind, samples in measured(self.servers.all()):
            yield Family(
                name, help_text, kind, [Sample(label_text(labels), value) for labels, value in samples]
            )


class ServerMessages:
    """Writes the messages about incidents into the outbox (see `servers.watch.Announcer`)."""

    def __init__(self, notifications: Notifications, house: House) -> None:
        self._notifications = notifications
        self._house = house

    def announce(
        self, connection: apsw.Connection, server: Server, incident: Incident, text: str, now: int
    ) -> None:
        """One row per notification, in the incident's own transaction."""
        status = Status.DOWN if incident.closed is None else Status.UP
        beat = _IncidentBeat(status, now, text)
        zone = self._house.settings.timezone()
        last_down = incident.started if status is Status.UP else None
        heartbeat = {**heartbeat_object(beat, zone, last_down=last_down), "monitorID": None}
        monitor = {
            "name": server.name,
            "type": "server",
            "hostname": server.attributes.get("hostname"),
            "uuid": server.uuid,
            "incident": incident.uuid,
            "cause": incident.cause,
        }
        message = pack(Message(headline(server.name, incident, text), monitor, heartbeat))
        self._notifications.enqueue(connection, sorted(server.channels), None, message, now)

    def sent(self) -> None:
        """They are committed."""
        self._notifications.wake()

    def for_new(self, connection: apsw.Connection) -> Iterable[int]:
        """Those that new monitors get by themselves, too."""
        return self._notifications.defaults(connection)


@dataclass(frozen=True, slots=True)
class _IncidentBeat:
    """An incident as messages tell of a beat (see `notifications.rules.FinishedBeat`)."""

    status: Status
    time: int
    msg: str
    monitor_id: int = 0
    ping: float | None = None
    important: bool = True
    duration: int = 0
    retries: int = 0


class ServerChannels:
    """The notifications as integrations (see `servers.integrations.Channels`): those of the first user."""

    def __init__(self, house: House, notifications: Notifications) -> None:
        self._database = house.database
        self._notifications = notifications

    async def types(self) -> Sequence[str]:
        """What kinds there are; to know it, all of them are imported."""
        services = self._notifications.services
        return await asyncio.to_thread(lambda: [service.name for service in services])

    def declared(self, kind: str) -> Declared:
        """The options of a kind; none of one that nothing declares."""
        service = self._notifications.services.get(kind)
        fields = service.options.words() if service else {}
        return {key: words.secret for key, (_, words) in fields.items()}

    async def all(self) -> Sequence[Channel]:
        """Every notification."""
        user = await self._owner()
        if user is None:
            return []
        found = []
        for channel in await self._notifications.channels(user):
            config = channel.config
            found.append(Channel(channel.id, channel.name or "", str(config.get("type")), config))
        return found

    async def save(self, form: Mapping[str, Any], channel_id: int | None) -> int:
        """Add one, or edit one. Raises UserError."""
        user = await self._owner()
        if user is None:
            raise UserError("Nobody has been set up yet.", status=422)
        self._notifications.validate(form)
        return await self._notifications.save(dict(form), channel_id, user)

    async def remove(self, channel_id: int) -> None:
        """Remove one. Raises UserError."""
        user = await self._owner()
        if user is not None:
            await self._notifications.delete(channel_id, user)

    async def _owner(self) -> int | None:
        found: Any = await self._database.read(lambda connection: connection.execute(_FIRST_USER).get)
        return found if isinstance(found, int) else None
