"""What stands beside the monitors: proxies, Docker hosts, browsers, API keys, metrics, tunnel, tools."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from kuma_lite.api_keys.events import api_key_doors
from kuma_lite.api_keys.resource import api_key_resource
from kuma_lite.api_keys.service import ApiKeys
from kuma_lite.appliance.ground import Ground
from kuma_lite.appliance.metrics import metrics_route, process_figures
from kuma_lite.appliance.monitors import Monitoring
from kuma_lite.backups.events import BackupDoors
from kuma_lite.backups.service import BackupKeeper
from kuma_lite.checks._chromium_path import find_chromium
from kuma_lite.cloudflared.events import CloudflaredEvents
from kuma_lite.core.doors import Doors
from kuma_lite.core.password_again import PasswordAgain
from kuma_lite.docker_hosts.events import docker_host_doors
from kuma_lite.docker_hosts.resource import docker_host_resource
from kuma_lite.docker_hosts.service import REFERENCE as DOCKER_HOST
from kuma_lite.docker_hosts.service import DockerHosts
from kuma_lite.doctor.events import DoctorDoors
from kuma_lite.doctor.model import Finding
from kuma_lite.health.kinds import BACKUP
from kuma_lite.health.model import Problem
from kuma_lite.importing.events import ImportDoors
from kuma_lite.monitors.document.targets import domain_target
from kuma_lite.monitors.references import References
from kuma_lite.places.events import PlaceDoors
from kuma_lite.places.keeper import Places
from kuma_lite.proxies.events import proxy_doors
from kuma_lite.proxies.resource import proxy_resource
from kuma_lite.proxies.service import REFERENCE as PROXY
from kuma_lite.proxies.service import Proxies
from kuma_lite.remote_browsers.events import remote_browser_doors
from kuma_lite.remote_browsers.resource import remote_browser_resource
from kuma_lite.remote_browsers.service import REFERENCE as REMOTE_BROWSER
from kuma_lite.remote_browsers.service import RemoteBrowsers
from kuma_lite.tools.backup import Backups
from kuma_lite.tools.events import ToolEvents
from kuma_lite.tools.system import SystemDoors

if TYPE_CHECKING:
    from kuma_lite.importing.history import Progress
    from kuma_lite.importing.service import Outcome


class Helpers:
    """The small features that monitors and programs use."""

    def __init__(self, ground: Ground, monitoring: Monitoring) -> None:
        self._ground = ground
        database, clock, http = ground.database, ground.clock, ground.network.http
        self._references = References(monitoring.monitors, monitoring.pushes, database, ground.bus)
        self.proxies = Proxies(database, self._references, http, clock)
        self.docker_hosts = DockerHosts(database, self._references, http, ground.folder.path)
        self.remote_browsers = RemoteBrowsers(database, self._references, http)
        self.api_keys = ApiKeys(database, ground.settings, clock)
        password = PasswordAgain(ground.accounts, self._is_open)
        self.cloudflared = CloudflaredEvents(ground.settings, password)
        self.metrics = metrics_route(ground, monitoring, self.api_keys)
        backups = self._backups = Backups(database, ground.folder.path, clock)
        figures = process_figures(ground, monitoring)
        self._system = SystemDoors(backups, password, figures, clock)
        self.places = Places(ground.settings, http, clock, ground.folder.path)
        self.backups = BackupKeeper(
            database, ground.settings, self.places, ground.config, clock, ground.restart.set
        )
        self._backup_doors = BackupDoors(
            self.backups, self.places, ground.folder.path, ground.push, password, self._system.address
        )
        self.places.at_change.append(self.backups.places_changed)
        self._doctor = DoctorDoors(self._examine, self._archive, password)
        self._import = ImportDoors(
            database,
            ground.folder.path,
            self._take_over,
            ground.push,
            ground.restart.set,
        )
        self.proxy = proxy_resource(self.proxies)
        self.docker_host = docker_host_resource(self.docker_hosts)
        self.remote_browser = remote_browser_resource(self.remote_browsers)
        self.api_key = api_key_resource(self.api_keys)
        monitoring.monitors.referred = {
            PROXY: self.proxies.exists,
            DOCKER_HOST: self.docker_hosts.exists,
            REMOTE_BROWSER: self.remote_browsers.exists,
        }
        ground.network.find_proxy = self.proxies.server_of
        ground.network.find_docker_host = self.docker_hosts.request_maker
        ground.network.find_remote_browser = self.remote_browsers.address_of
        ground.network.find_chromium = self._find_chromium
        ground.network.find_setting = ground.settings.text

    async def load(self) -> None:
        """Read everything."""
        self._backups.clear()
        self.places.load()
        for feature in (self.proxies, self.docker_hosts, self.remote_browsers, self.api_keys):
            await feature.load()

    async def start(self) -> None:
        """Start the tunnel, where there is one; the server listens already."""
        self.backups.start()
        self._backup_doors.restores.clear()
        self._ground.at_close(self.backups.stop)
        self._ground.at_close(self._backup_doors.restores.stop)
        self._ground.at_close(self._import.stop)
        self._ground.at_close(self.cloudflared.tunnel.stop)
        await self.cloudflared.begin(self._ground.config.cloudflared_token or "")

    def _tools(self) -> Doors:
        ground = self._ground
        return ToolEvents(
            ground.database,
            ground.push_keys,
            domain_target,
            ground.network.rdap.server_of,
            allow_all_browsers=ground.config.allow_all_chrome_exec,
        ).doors()

    def doors(self) -> list[Doors]:
        """Their events, and their lists at login."""
        push = self._ground.push
        return [
            *proxy_doors(self.proxy, self.proxies, self._references, push),
            *docker_host_doors(self.docker_host, self.docker_hosts, push),
            *remote_browser_doors(self.remote_browser, self.remote_browsers, push),
            *api_key_doors(self.api_key, self.api_keys, push),
            self.cloudflared.doors(),
            self._tools(),
            self._system.doors(),
            self._backup_doors.doors(),
            PlaceDoors(self.places).doors(),
            self._doctor.doors(),
            self._import.doors(),
            Doors(raw=[self.metrics.route()]),
        ]

    def _take_over(self, path: Path, data_dir: Path, progress: Progress) -> Outcome:
        # Most servers never import anything.
        from kuma_lite.appliance.importing import take_over

        return asyncio.run(take_over(path, data_dir, self._ground.clock, progress))

    # The examinations are loaded when somebody first asks for them.
    def _examine(self) -> list[Finding]:
        from kuma_lite.appliance.doctor import find

        return find(self._ground.config)

    def _archive(self, findings: list[Finding]) -> bytes:
        from kuma_lite.appliance.doctor import archive_of

        return archive_of(self._ground.config, findings)

    def backup_problem(self) -> Problem | None:
        """What keeps a backup that is due from being made."""
        if failure := self.backups.failure:
            return Problem(BACKUP, "A backup that was due could not be made. {reason}", {"reason": failure})
        if missing := next(iter(self.backups.missing.values()), ""):
            return Problem(
                BACKUP, "A backup could not be brought to its place. {reason}", {"reason": missing}
            )
        return None

    def _is_open(self) -> bool:
        return bool(self._ground.settings.get("disableAuth"))

    def _find_chromium(self) -> str:
        ground = self._ground
        named = ground.settings.get("chromeExecutable")
        return find_chromium(named, allow_all=ground.config.allow_all_chrome_exec)
