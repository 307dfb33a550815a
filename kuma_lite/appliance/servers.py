"""Where servers meet notifications, maintenance and status pages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from msgspec import Struct

from kuma_lite.appliance.ground import Ground
from kuma_lite.appliance.monitors import Monitoring
from kuma_lite.appliance.servers_api import ListedPages, OutageIncidents
from kuma_lite.core import sql
from kuma_lite.core.access import Actor
from kuma_lite.core.declarations import Message, Status
from kuma_lite.core.doors import Doors
from kuma_lite.core.sql import Connection
from kuma_lite.maintenance.model import MaintenanceChanged, MaintenanceEnded, MaintenanceStarted
from kuma_lite.metrics.exposition import label_text
from kuma_lite.metrics.model import Family, Sample
from kuma_lite.notifications.announcement import Announcement
from kuma_lite.notifications.model import ChannelsChanged, pack
from kuma_lite.notifications.rules import heartbeat_object
from kuma_lite.notifications.service import Notifications
from kuma_lite.projects.resource import project_resource, token_resource
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
from kuma_lite.servers.resource import Kinds, server_resource
from kuma_lite.servers.samples.journal import completion
from kuma_lite.servers.samples.prometheus import measured
from kuma_lite.servers.service import Servers
from kuma_lite.servers.store import link_all
from kuma_lite.status_pages.model import ShownServer
from kuma_lite.status_pages.service import StatusPages

_FIRST_TO_COME: Final = 1  # the number that the first account of a database gets
_FIRST_USER: Final = 'SELECT min(id) FROM "user" WHERE organisation_id = ?'


class ServerMonitoring:
    """The servers with everything around them."""

    def __init__(
        self, ground: Ground, monitoring: Monitoring, notifications: Notifications, pages: StatusPages
    ) -> None:
        self._ground = ground
        maintenance = self._maintenance = monitoring.maintenance
        self.servers = Servers(
            ground.database,
            ground.clock,
            ground.bus,
            ServerMessages(notifications, ground),
            ground.settings,
            ground.accounts,
            lambda plans: any(map(maintenance.is_running, plans)),
            lambda: monitoring.engine.checker.fault.sees_uplink,
            ground.folder.path,
        )
        projects = self.servers.projects
        self.kinds = Kinds(
            server_resource(self.servers), project_resource(projects), token_resource(projects)
        )
        self._integrations = Integrations(
            ServerChannels(ground, notifications), ground.database, ground.clock
        )
        self._pages = ListedPages(pages, monitoring)
        self._outages = OutageIncidents(monitoring)
        self._status_pages = pages
        pages.show_servers(self._shown_on, self._look_at)
        for happening in (AlertOpened, AlertClosed, ServerRemoved, PageServersChanged):
            ground.bus.subscribe(happening, lambda _event: pages.clear_cache())
        ground.bus.subscribe(MaintenanceStarted, self._on_maintenance)
        ground.bus.subscribe(MaintenanceEnded, self._on_maintenance)
        ground.bus.subscribe(MaintenanceChanged, self._on_maintenance)
        notifications.applied.append(link_all)
        ground.bus.subscribe(
            ChannelsChanged, lambda _event: ground.spawn(self.servers.links.reread_notifications())
        )

    async def load(self) -> None:
        """Read everything."""
        self._ground.at_close(self.servers.waiting.close)
        self._ground.database.completion = partial(completion, self._ground.folder.path)
        await self.servers.load()

    def start(self) -> None:
        """Begin to look for silent hosts."""
        self.servers.start()
        self._ground.at_close(self.servers.stop)

    def doors(self) -> list[Doors]:
        """Routes and events."""
        ground = self._ground
        return [
            server_doors(
                self.servers,
                self.kinds,
                self._integrations,
                self._pages,
                self._outages,
                push=ground.push,
                bus=ground.bus,
                clock=ground.clock,
                spawn=ground.spawn,
                base_url=ground.settings.primary_base_url,
                status_pages=lambda organisation: [
                    (page.id, page.title, page.slug) for page in self._status_pages.of(organisation)
                ],
            )
        ]

    def _on_maintenance(self, event: MaintenanceStarted | MaintenanceEnded | MaintenanceChanged) -> None:
        exists = self._maintenance.exists(event.plan_id)
        self.servers.links.maintenance_changed(event.plan_id, exists=exists)

    def _shown_on(self, page_id: int) -> list[ShownServer]:
        """What visitors of a status page see of its servers."""
        return [self._shown(server) for server in self.servers.links.servers_of_page(page_id)]

    def _look_at(self, uuids: Sequence[str]) -> list[ShownServer]:
        """What they would see of some; whoever asks has seen to it that these may be named."""
        return [self._shown(self.servers.find(uuid)) for uuid in uuids]

    def _shown(self, server: Server) -> ShownServer:
        return ShownServer(
            server.name,
            server.status == ONLINE,
            tuple(sorted(server.incidents)),
            self.servers.links.is_covered(server),
            server.last_seen,
        )

    def families(self) -> Iterable[Family]:
        """What Prometheus is told."""
        for name, help_text, kind, samples in measured(self.servers.all()):
            yield Family(
                name, help_text, kind, [Sample(label_text(labels), value) for labels, value in samples]
            )


class ServerMessages:
    """Words the messages about incidents (see `servers.alerting.watch.Announcer`)."""

    def __init__(self, notifications: Notifications, ground: Ground) -> None:
        self._notifications = notifications
        self._ground = ground

    def announce(self, server: Server, incident: Incident, text: str, now: int) -> Announcement:
        """A message for each notification."""
        status = Status.DOWN if incident.closed is None else Status.UP
        beat = _IncidentBeat(status, now, text)
        zone = self._ground.settings.timezone()
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
        facts = {"since": incident.started}
        message = pack(Message(headline(server.name, incident, text), monitor, heartbeat, facts))
        return self._notifications.announcement(sorted(server.channels), None, message)

    def for_new(self, connection: Connection, organisation: int) -> Iterable[int]:
        """Those that new monitors get by themselves, too."""
        return self._notifications.defaults(connection, organisation)


class _IncidentBeat(Struct, frozen=True):
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
    """The notifications as integrations (see `servers.api.integration_store.Channels`)."""

    def __init__(self, ground: Ground, notifications: Notifications) -> None:
        self._database = ground.database
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

    async def all(self, organisation: int) -> Sequence[Channel]:
        """Every notification of an organisation."""
        found = []
        for channel in await self._notifications.channels(organisation):
            config = channel.config
            found.append(Channel(channel.id, channel.name or "", str(config.get("type")), config))
        return found

    async def save(self, actor: Actor, form: Mapping[str, Any], channel_id: int | None) -> int:
        """Add one, or edit one. Raises UserError."""
        author = actor.user_id if actor.user_id is not None else await self._first_user(actor.organisation)
        self._notifications.validate(form)
        return await self._notifications.save(dict(form), channel_id, actor, author=author)

    async def remove(self, actor: Actor, channel_id: int) -> None:
        """Remove one. Raises UserError."""
        await self._notifications.delete(channel_id, actor)

    async def _first_user(self, organisation: int) -> int:
        """Whose number on the wire a notification gets that a machine makes; that of the one to come, too."""
        found: Any = await self._database.read(
            lambda connection: sql.value(connection, _FIRST_USER, (organisation,))
        )
        return found if isinstance(found, int) else _FIRST_TO_COME
