"""What stands beside the monitors: proxies, Docker hosts, browsers, API keys, metrics, tunnel, tools."""

from __future__ import annotations

from kuma_lite.api_keys.events import ApiKeyEvents
from kuma_lite.api_keys.service import ApiKeys
from kuma_lite.appliance.ground import Ground
from kuma_lite.appliance.metrics import metrics_route
from kuma_lite.appliance.monitors import Monitoring
from kuma_lite.cloudflared.events import CloudflaredEvents
from kuma_lite.core.doors import Doors
from kuma_lite.docker_hosts.events import DockerHostEvents
from kuma_lite.docker_hosts.service import DockerHosts
from kuma_lite.monitors.document.targets import target_of
from kuma_lite.monitors.references import References
from kuma_lite.proxies.events import ProxyEvents
from kuma_lite.proxies.service import Proxies
from kuma_lite.remote_browsers.events import RemoteBrowserEvents
from kuma_lite.remote_browsers.service import RemoteBrowsers
from kuma_lite.tools.events import ToolEvents
from kuma_lite.tools.vapid import VapidKeys


class Helpers:
    """The small features that monitors and programs use."""

    def __init__(self, ground: Ground, monitoring: Monitoring) -> None:
        self._ground = ground
        database, clock, http = ground.database, ground.clock, ground.network.http
        self._references = References(monitoring.monitors, monitoring.pushes, database, ground.bus)
        self.proxies = Proxies(database, self._references, clock)
        self.docker_hosts = DockerHosts(database, self._references, http, ground.folder.path)
        self.remote_browsers = RemoteBrowsers(database, self._references, http)
        self.api_keys = ApiKeys(database, ground.settings, clock)
        self.cloudflared = CloudflaredEvents(ground.settings, ground.accounts)
        self.metrics = metrics_route(ground, monitoring, self.api_keys)
        ground.network.find_proxy = self.proxies.find
        ground.network.find_docker_host = self.docker_hosts.find

    async def load(self) -> None:
        """Read everything."""
        for feature in (self.proxies, self.docker_hosts, self.remote_browsers, self.api_keys):
            await feature.load()

    async def start(self) -> None:
        """Start the tunnel, where there is one; the server listens already."""
        self._ground.at_close(self.cloudflared.tunnel.stop)
        await self.cloudflared.begin(self._ground.config.cloudflared_token or "")

    def doors(self) -> list[Doors]:
        """Their events, and their lists at login."""
        push = self._ground.push
        return [
            *ProxyEvents(self.proxies, self._references, push).doors(),
            *DockerHostEvents(self.docker_hosts, push).doors(),
            *RemoteBrowserEvents(self.remote_browsers, push).doors(),
            *ApiKeyEvents(self.api_keys, push).doors(),
            self.cloudflared.doors(),
            ToolEvents(self._ground.database, VapidKeys(self._ground.settings), target_of).doors(),
            Doors(raw=[self.metrics.route()]),
        ]
