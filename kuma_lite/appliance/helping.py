"""What stands beside the monitors: proxies, Docker hosts, browsers, API keys, metrics, tunnel, tools."""

from __future__ import annotations

from kuma_lite.api_keys.live import ApiKeyEvents
from kuma_lite.api_keys.service import ApiKeys
from kuma_lite.appliance.house import House
from kuma_lite.appliance.measuring import metrics_route
from kuma_lite.appliance.watching import Watching
from kuma_lite.cloudflared.live import CloudflaredEvents
from kuma_lite.core.doors import Doors
from kuma_lite.docker_hosts.live import DockerHostEvents
from kuma_lite.docker_hosts.service import DockerHosts
from kuma_lite.monitors.references import References
from kuma_lite.proxies.live import ProxyEvents
from kuma_lite.proxies.service import Proxies
from kuma_lite.remote_browsers.live import RemoteBrowserEvents
from kuma_lite.remote_browsers.service import RemoteBrowsers
from kuma_lite.tools.live import ToolEvents
from kuma_lite.tools.vapid import VapidKeys


class Helpers:
    """The small features that monitors and programs use."""

    def __init__(self, house: House, watching: Watching) -> None:
        self._house = house
        database, clock, http = house.database, house.clock, house.network.http
        self._references = References(watching.monitors, watching.pushes, database, house.bus)
        self.proxies = Proxies(database, self._references, clock)
        self.docker_hosts = DockerHosts(database, self._references, http, house.folder.path)
        self.remote_browsers = RemoteBrowsers(database, self._references, http)
        self.api_keys = ApiKeys(database, house.settings, clock)
        self.cloudflared = CloudflaredEvents(house.settings, house.accounts)
        self.metrics = metrics_route(house, watching, self.api_keys)
        house.network.find_proxy = self.proxies.find
        house.network.find_docker_host = self.docker_hosts.find

    async def load(self) -> None:
        """Read everything."""
        for feature in (self.proxies, self.docker_hosts, self.remote_browsers, self.api_keys):
            await feature.load()

    async def start(self) -> None:
        """Start the tunnel, where there is one; the server listens already."""
        self._house.at_close(self.cloudflared.tunnel.stop)
        await self.cloudflared.begin(self._house.config.cloudflared_token or "")

    def doors(self) -> list[Doors]:
        """Their events, and their lists at login."""
        push = self._house.push
        return [
            *ProxyEvents(self.proxies, self._references, push).doors(),
            *DockerHostEvents(self.docker_hosts, push).doors(),
            *RemoteBrowserEvents(self.remote_browsers, push).doors(),
            *ApiKeyEvents(self.api_keys, push).doors(),
            self.cloudflared.doors(),
            ToolEvents(self._house.database, VapidKeys(self._house.settings)).doors(),
            Doors(raw=[self.metrics.route()]),
        ]
