"""Builds everything of the one process, starts it in order and stops it in order."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from kuma_lite.accounts.events import AccountDoors
from kuma_lite.accounts.limiters import LoginLimiter, make_limiters
from kuma_lite.accounts.sessions import Session
from kuma_lite.acme.events import CertificateDoors
from kuma_lite.api_keys.resource import STATE_EXAMPLE as KEY_STATE
from kuma_lite.api_keys.resource import KeptKey
from kuma_lite.appliance.applied_file import AppliedFile
from kuma_lite.appliance.docker_labels import DockerLabels
from kuma_lite.appliance.ground import Ground
from kuma_lite.appliance.health import HealthWatch
from kuma_lite.appliance.helpers import Helpers
from kuma_lite.appliance.limits import MonitorLimits
from kuma_lite.appliance.monitors import Monitoring
from kuma_lite.appliance.resources import all_resources, usage_doors
from kuma_lite.appliance.servers import ServerMonitoring
from kuma_lite.appliance.status_pages import publish
from kuma_lite.appliance.subscribers import Subscribing
from kuma_lite.appliance.tags import MonitorTags
from kuma_lite.assistants.route import McpRoute
from kuma_lite.config_files.doors import config_doors
from kuma_lite.config_files.service import ConfigFiles
from kuma_lite.core.clock import Clock
from kuma_lite.core.config import Config
from kuma_lite.core.doors import Doors
from kuma_lite.core.periodic_job import PeriodicJob
from kuma_lite.core.service_manager import ServiceManager
from kuma_lite.foreign.doors import FileDoors
from kuma_lite.maintenance.document import STATE_EXAMPLE as MAINTENANCE_STATE
from kuma_lite.management.doors import management_doors
from kuma_lite.monitors.doors.state import EXAMPLE as STATE_EXAMPLE
from kuma_lite.monitors.doors.state import MonitorStates
from kuma_lite.monitors.resource import copied_monitor
from kuma_lite.notifications.service import Notifications
from kuma_lite.settings.events import SettingsDoors
from kuma_lite.status_pages.service import StatusPages
from kuma_lite.tags.events import tag_doors
from kuma_lite.tags.service import Tags
from kuma_lite.web.app import App, build_app
from kuma_lite.web.base_path import BasePath
from kuma_lite.web.listening import split
from kuma_lite.web.page import find_page
from kuma_lite.web.renewal import CertificateRenewal
from kuma_lite.web.server import WebServer
from kuma_lite.webhooks.events import webhook_doors
from kuma_lite.webhooks.model import Webhook
from kuma_lite.webhooks.resource import STATE_EXAMPLE as WEBHOOK_STATE
from kuma_lite.webhooks.service import Webhooks

if TYPE_CHECKING:
    from kuma_lite.appliance.acme import OwnCertificate

SESSIONS_S: Final = 6 * 3600.0  # between two notes of which session tokens are in use


class Appliance:
    """Everything of the one process."""

    def __init__(self, config: Config, clock: Clock, manager: ServiceManager | None = None) -> None:
        self._ground = Ground(config, clock)
        self._manager = manager or ServiceManager()
        self.web: WebServer | None = None
        self._renewal: CertificateRenewal | None = None
        self._rule: AppliedFile | None = None

    async def start(self) -> None:
        """Open, load, listen, watch. Raises StartupError; `stop` closes what was opened."""
        ground = self._ground
        await ground.open()
        self._logins = LoginLimiter(ground.clock, ground.accounts.device_of)
        notifications = Notifications(
            ground.database,
            ground.notification_network,
            ground.settings,
            ground.clock,
            ground.bus,
            ground.push,
            push_keys=ground.push_keys,
        )
        monitoring = self.monitoring = Monitoring(ground, notifications)
        await monitoring.load()
        helpers = self._helpers = Helpers(ground, monitoring)
        await helpers.load()
        pages = publish(ground, monitoring, helpers.places)
        await pages.load()
        subscribing = Subscribing(ground, monitoring, notifications, pages)
        await subscribing.load()
        server_monitoring = ServerMonitoring(ground, monitoring, notifications, pages)
        await server_monitoring.load()
        helpers.metrics.more.append(server_monitoring.families)
        health = self.health = HealthWatch(ground, monitoring, notifications)
        health.health.sources.append(helpers.backup_problem)
        await health.load()
        helpers.metrics.more.append(health.families)
        tags = Tags(
            ground.database, MonitorTags(monitoring.monitors, monitoring.pushes, ground.bus), ground.clock
        )
        tags.deleted.append(server_monitoring.servers.links.tag_removed)
        webhooks = Webhooks(ground.database, ground.notification_network.http, ground.clock)
        await webhooks.load()
        monitoring.live.told.append(webhooks.happened)
        resources = self.resources = all_resources(
            monitoring, notifications, helpers, tags, pages, server_monitoring, webhooks
        )
        limits = MonitorLimits(resources, monitoring.roster)
        projects, keys = server_monitoring.servers.projects, helpers.api_keys
        projects.limits = keys.limits = limits
        projects.others.append(lambda text: keys.identify(text, ground.accounts))
        files = self.files = ConfigFiles(ground.database, resources)
        await files.load()
        doors = [
            *monitoring.doors(),
            *self._other_doors(monitoring),
            tag_doors(resources["tag"], tags, ground.push),
            usage_doors(resources),
            config_doors(files, resources),
            FileDoors(files).doors(),
            management_doors(
                resources,
                {
                    "monitor": MonitorStates(monitoring.roster, monitoring.recorder).of,
                    "api_key": KeptKey.state,
                    "webhook": Webhook.state,
                    "maintenance": monitoring.maintenance.state,
                },
                {
                    "monitor": STATE_EXAMPLE,
                    "api_key": KEY_STATE,
                    "webhook": WEBHOOK_STATE,
                    "maintenance": MAINTENANCE_STATE,
                },
                once={
                    "api_key": lambda kept: {"key": kept.text},
                    "webhook": lambda webhook: {"secret": webhook.secret},
                },
                copied={"monitor": copied_monitor, "notification": dict, "maintenance": dict},
            ),
            webhook_doors(resources["webhook"], webhooks, ground.push),
            *helpers.doors(),
            *pages.doors(server_monitoring.servers.projects.is_root),
            *server_monitoring.doors(),
            notifications.doors(),
            health.doors(),
        ]
        own = await self._own_certificate(pages)
        keeper = own.keeper if own is not None else None
        doors.append(CertificateDoors(keeper, self._chain, ground.spawn).doors())
        assistants = McpRoute(server_monitoring.servers.projects.identify, self._serve)
        doors.append(Doors(raw=[assistants.route()]))
        app = self._app(doors, monitoring, pages, health)
        config = ground.config
        has_plain = own is not None and config.http_port != config.port
        given, plain = split(self._manager.sockets(), config.http_port if has_plain else 0)
        proofs = own.shown if own is not None else None
        self.web = WebServer(app, config.host, config.port, config.tls, given=given, proofs=proofs)
        await self.web.start()
        ground.at_close(self.web.stop)
        ground.at_close(assistants.stop)
        ground.at_close(monitoring.live.close)
        ground.at_close(pages.close)
        if ground.config.tls is not None:
            self._renewal = CertificateRenewal(self.web, ground.config.tls)
            self._renewal.start()
            ground.at_close(self._renewal.stop)
        if own is not None:
            await own.start(self.web, plain)
            health.health.sources.append(own.problems)
        await notifications.start()
        ground.at_close(notifications.stop)
        webhooks.start()
        ground.at_close(webhooks.stop)
        monitoring.engine.checker.scheduler.ticks.append(self._manager.alive)
        await monitoring.monitors.load_types()  # pages are served meanwhile
        monitoring.start()
        server_monitoring.start()
        pages.start()
        await helpers.start()
        health.start()
        await subscribing.start()
        labels = self.labels = DockerLabels(
            ground, helpers.docker_hosts, files, resources, ground.accounts.owner
        )
        health.health.sources.append(labels.problems)
        await labels.start()
        ground.at_close(labels.stop)
        if ground.config.apply is not None:
            rule = self._rule = AppliedFile(ground.config.apply, files, ground.accounts.owner)
            health.more_notes.append(rule.note)
            rule.start()
            ground.at_close(rule.stop)
        sessions = PeriodicJob(
            "sessions",
            self._note_sessions,
            every=SESSIONS_S,
            first=SESSIONS_S,
            failure="Open sessions could not be noted",
        )
        sessions.start()
        ground.at_close(sessions.stop)

    def _chain(self) -> bytes | None:
        """The certificates that are served (PEM)."""
        return self.web.chain if self.web is not None else None

    async def _own_certificate(self, pages: StatusPages) -> OwnCertificate | None:
        """Where one is got by ACME, with something to serve until then."""
        if not self._ground.config.acme:
            return None
        from kuma_lite.appliance.acme import OwnCertificate  # what only few servers load

        def domains() -> list[str]:
            return [name for page in pages.pages.published() for name in page.domains]

        own = OwnCertificate(self._ground, domains)
        await own.prepare()
        return own

    async def _serve(self, scope: Any, receive: Any, send: Any) -> None:
        """A request of our own to what we serve."""
        assert self.web is not None
        await self.web.app(scope, receive, send)

    async def _note_sessions(self) -> None:
        """A page that stays open for weeks is in use, too."""
        connections = self._ground.sockets.hub.connections.values()
        open_now = {each.session for each in connections if isinstance(each.session, Session)}
        await self._ground.accounts.sessions.use(open_now)

    def _other_doors(self, monitoring: Monitoring) -> list[Doors]:
        """What stands beside the monitors."""
        ground = self._ground
        settings = SettingsDoors(
            ground.settings,
            ground.accounts,
            ground.push,
            is_container=ground.config.is_container,
            push_maintenance=monitoring.maintenance.push_list,
        )
        return [
            *AccountDoors(ground.accounts, ground.settings, ground.push, self._logins).doors(),
            *settings.doors(),
        ]

    def _app(
        self, doors: list[Doors], monitoring: Monitoring, pages: StatusPages, health: HealthWatch
    ) -> App:
        ground, figures = self._ground, monitoring.figures
        return build_app(
            doors,
            sockets=ground.sockets,
            settings=ground.settings,
            sessions=ground.accounts.session,
            limiters=make_limiters(self._logins, ground.clock),
            probes={
                "database": figures.storage_problem,
                "scheduler": figures.scheduler_problem,
                "network": figures.network_problem,
            },
            notes=health.notes,
            page_folder=find_page(),
            same_origin_frames=not ground.config.disable_frame_sameorigin,
            mapped_pages=pages,
            allowed_hosts=ground.config.host_names,
            check_origin=ground.config.ws_origin_check != "bypass",
            kept=(ground.database, ground.clock),
            base=BasePath(ground.config.base_path, ground.clients.is_proxied),
        )

    @property
    def restart(self) -> asyncio.Event:
        """Somebody wants everything to stop and start again."""
        return self._ground.restart

    async def reload(self) -> None:
        """Read again what may change while running: the certificate, the configuration that rules."""
        if self._renewal is not None:
            await self._renewal.renew()
        if self._rule is not None:
            await self._rule.apply()

    async def stop(self) -> None:
        """Take no more checks, say goodbye to clients, write everything down, close. Never raises."""
        await self._ground.close()
