"""Builds everything of the one process, starts it in order and stops it in order."""

from __future__ import annotations

from kuma_lite.accounts.limiters import make_limiters
from kuma_lite.accounts.live import AccountDoors
from kuma_lite.appliance.helping import Helpers
from kuma_lite.appliance.hosting import Hosting
from kuma_lite.appliance.house import House
from kuma_lite.appliance.publishing import publish
from kuma_lite.appliance.tagging import MonitorTags
from kuma_lite.appliance.watching import Watching
from kuma_lite.core.clock import Clock
from kuma_lite.core.config import Config
from kuma_lite.core.doors import Doors
from kuma_lite.notifications.service import Notifications
from kuma_lite.settings.live import SettingsDoors
from kuma_lite.status_pages.service import StatusPages
from kuma_lite.tags.live import TagEvents
from kuma_lite.web.app import App, build_app
from kuma_lite.web.page import find_page
from kuma_lite.web.server import WebServer


class Appliance:
    """Everything of the one process."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self._house = House(config, clock)
        self.web: WebServer | None = None

    async def start(self) -> None:
        """Open, load, listen, watch. Raises StartupError; `stop` closes what was opened."""
        house = self._house
        await house.open()
        notifications = Notifications(
            house.database,
            house.notification_network,
            house.settings,
            house.clock,
            house.bus,
            house.push,
        )
        watching = Watching(house, notifications)
        await watching.load()
        helpers = self._helpers = Helpers(house, watching)
        await helpers.load()
        pages = publish(house, watching)
        await pages.load()
        hosting = Hosting(house, watching, notifications, pages)
        await hosting.load()
        helpers.metrics.more.append(hosting.families)
        doors = [
            *watching.doors(),
            *self._other_doors(watching),
            *helpers.doors(),
            *pages.doors(),
            *hosting.doors(),
            notifications.doors(),
        ]
        app = self._app(doors, watching, pages)
        self.web = WebServer(app, house.config.host, house.config.port, house.config.tls)
        await self.web.start()
        house.at_close(self.web.stop)
        await notifications.start()
        house.at_close(notifications.stop)
        watching.start()
        hosting.start()
        await helpers.start()

    def _other_doors(self, watching: Watching) -> list[Doors]:
        """What stands beside the monitors."""
        house = self._house
        tagged = MonitorTags(watching.monitors, watching.pushes, house.bus)
        settings = SettingsDoors(
            house.settings,
            house.accounts,
            house.push,
            is_container=house.config.is_container,
            push_maintenance=watching.maintenance.push_list,
        )
        return [
            *AccountDoors(house.accounts, house.settings, house.push).doors(),
            *settings.doors(),
            TagEvents(house.database, tagged, house.clock).doors(),
        ]

    def _app(self, doors: list[Doors], watching: Watching, pages: StatusPages) -> App:
        house, figures = self._house, watching.figures
        return build_app(
            doors,
            sockets=house.sockets,
            settings=house.settings,
            sessions=house.accounts.session,
            limiters=make_limiters(house.clock),
            probes={
                "database": figures.storage_problem,
                "scheduler": figures.scheduler_problem,
                "network": figures.network_problem,
            },
            page_folder=find_page(),
            same_origin_frames=not house.config.disable_frame_sameorigin,
            mapped_pages=pages,
        )

    async def stop(self) -> None:
        """Take no more checks, say goodbye to clients, write everything down, close. Never raises."""
        await self._house.close()
