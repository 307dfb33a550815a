"""The feature as a whole: its pages, its doors, its cache."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Any

from kuma_lite.core.access import Actor
from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import Clock
from kuma_lite.core.doors import Doors, Push
from kuma_lite.core.resources import Resource
from kuma_lite.core.transactions import Transactions
from kuma_lite.status_pages.answering.answering import Answering
from kuma_lite.status_pages.answering.cache import AnswerCache
from kuma_lite.status_pages.answering.last_good import LastGood
from kuma_lite.status_pages.auto_incidents import AutoIncidents
from kuma_lite.status_pages.badges.badge_routes import MonitorBadges
from kuma_lite.status_pages.components.component_events import ComponentEvents
from kuma_lite.status_pages.copies import Copies, CopyPlaces
from kuma_lite.status_pages.editing.draft_routes import DraftRoutes
from kuma_lite.status_pages.editing.drafts import Drafts
from kuma_lite.status_pages.editing.editor_events import EditorEvents
from kuma_lite.status_pages.editing.resource import PutServers, ServersOn, status_page_resource
from kuma_lite.status_pages.events import StatusPageEvents
from kuma_lite.status_pages.incidents import Incidents
from kuma_lite.status_pages.model import Group, Maintenance, Monitors, Page, Settings, ShownServer
from kuma_lite.status_pages.pages import Pages
from kuma_lite.status_pages.protection.access import PageAccess, Passwords
from kuma_lite.status_pages.protection.access_events import AccessEvents
from kuma_lite.status_pages.protection.visitors import Visitors
from kuma_lite.status_pages.serving.answers import Answers
from kuma_lite.status_pages.serving.gathering import NEXT_WINDOWS, PLANNED_DAYS, Gathering
from kuma_lite.status_pages.serving.live import Live
from kuma_lite.status_pages.serving.page_routes import PageRoutes
from kuma_lite.status_pages.serving.routes import PublicRoutes
from kuma_lite.status_pages.subscribers.events import SubscriberEvents
from kuma_lite.status_pages.subscribers.service import Subscribers
from kuma_lite.status_pages.subscribers.visitors import Visitors as Subscribing
from kuma_lite.status_pages.timelines.timeline_events import TimelineEvents
from kuma_lite.status_pages.timelines.timelines import Timelines
from kuma_lite.status_pages.uploads import Uploads


class StatusPages:
    """Status pages.

    Args:
        database: where pages are kept.
        clock: for dates, and for how long answers are kept.
        bus: is told `StatusPageRemoved`.
        push: to the clients.
        settings: entry page and trusted proxies.
        monitors: what is shown.
        maintenance: what is announced.
        uploads: folder of pictures.
        passwords: how they are kept.
        place: what limits count a request by (`ClientAddresses.place`).
        copies: places at which static copies of all pages are kept.
        same_origin_frames: False lets other sites show pages in frames.
    """

    def __init__(
        self,
        database: Transactions,
        clock: Clock,
        bus: Bus,
        push: Push,
        settings: Settings,
        monitors: Monitors,
        maintenance: Maintenance,
        uploads: Path,
        passwords: Passwords,
        place: Callable[[Any], str],
        *,
        same_origin_frames: bool = True,
        copies: CopyPlaces = dict,
    ) -> None:
        self._cache = AnswerCache(clock)
        self._last_good = LastGood()
        self._live = Live(self._print_of)
        self._maintenance = maintenance
        self._clock = clock
        self.monitors = monitors
        self._subscribers: Subscribers | None = None
        self._subscribing: Subscribing | None = None
        pictures, answering = Uploads(uploads), Answering(self._cache)
        self._pages = self.pages = Pages(database, clock, bus, settings, pictures, self._edited)
        access = self._access = PageAccess(database, passwords, clock, self._other_visitors)
        self._pages.is_protected = access.is_protected
        visitors = Visitors(self._pages, access, clock)
        incidents = self._posted = Incidents(database, self._pages, clock, self._edited)
        self._timelines = Timelines(database, self._pages, incidents, clock, self._edited)
        self._events = StatusPageEvents(self._pages, incidents, push)
        self._answers = Answers(self._pages, incidents, monitors, maintenance, clock, self._last_good)
        drafts = Drafts(clock)
        self._editor = EditorEvents(self._pages, incidents, self._answers, drafts, clock, push, access)
        self._pages.changed = self._editor.push_change
        self._components = ComponentEvents(database, self._pages, clock, self._edited)
        self._incidents = AutoIncidents(
            database, self._pages, self._answers, self._timelines, clock, self._edited
        )
        badges = MonitorBadges(monitors)
        self._routes = PublicRoutes(incidents, self._answers, badges, pictures, answering, visitors)
        gathering = Gathering(database, monitors, maintenance, self._last_good, clock)
        self._page_routes = PageRoutes(
            self._pages,
            self._answers,
            gathering,
            maintenance,
            settings,
            answering,
            self._live,
            visitors,
            access,
            place,
            clock,
            same_origin_frames,
        )
        self.copies = Copies(
            self._pages,
            self._answers,
            self._page_routes.document,
            monitors,
            self._pages.logo_of,
            settings,
            clock,
            copies,
        )
        self._previews = DraftRoutes(drafts, self._answers, incidents, self._page_routes.html, access.picture)

    async def load(self) -> None:
        """Read all pages; from then on everything else may be called."""
        await self._access.load()
        await self._pages.load()

    def doors(self, is_root: Callable[[Actor], bool]) -> list[Doors]:
        """Events, the list at login, the addresses of visitors, and routes.

        Args:
            is_root: whether a caller of a route asks in the project that has the pages.
        """

        def routes() -> Sequence[Any]:
            from kuma_lite.rest.route import mounted
            from kuma_lite.status_pages.copy_api import CopyApi
            from kuma_lite.status_pages.timelines.incident_api import IncidentApi

            found = [
                *IncidentApi(self._pages, self._timelines, is_root).routes(),
                *CopyApi(self._pages, self.copies, is_root).routes(),
            ]
            if self._subscribers is not None:
                from kuma_lite.status_pages.subscribers.api import SubscriberApi

                found += SubscriberApi(self._pages, self._subscribers, is_root).routes()
            return mounted(found)

        raw = [*self._routes.routes(), *self._page_routes.routes(), *self._previews.routes()]
        events = [
            *self._editor.events(),
            *TimelineEvents(self._pages, self._timelines).events(),
            *AccessEvents(self._pages, self._access).events(),
            *self._components.events(),
        ]
        if self._subscribers is not None and self._subscribing is not None:
            raw += self._subscribing.routes()
            events += SubscriberEvents(self._pages, self._subscribers).events()
        return [self._events.doors(), Doors(events, routes, raw)]

    def resource(self, servers_on: ServersOn, put_servers: PutServers) -> Resource[Page]:
        """Status pages as things that people keep, with the servers that stand on them."""
        self._pages.servers_on, self._editor.put_servers = servers_on, put_servers
        return status_page_resource(self._pages, servers_on, put_servers)

    def show_servers(
        self,
        servers_on: Callable[[int], Sequence[ShownServer]],
        look_at: Callable[[Sequence[str]], Sequence[ShownServer]],
    ) -> None:
        """Let the servers of a page (by its id) stand on it, and those that an editor names by UUID."""
        self._answers.servers_on, self._editor.look_at_servers = servers_on, look_at

    def let_subscribe(self, subscribers: Subscribers, place_of: Callable[[Any], str]) -> None:
        """Tell those who want it of incidents; to be called before `doors`.

        Args:
            place_of: what limits count a request by.
        """
        self._subscribers, self._posted.told = subscribers, subscribers.on_incident
        self._subscribing = self._page_routes.subscribing = Subscribing(subscribers, place_of, self._clock)
        subscribers.changed, subscribers.outdated = self._editor.push_change, self._edited

    def public_members(self, page_id: int) -> list[int]:
        """The monitors on a page, in its order."""
        return self._pages.public_members(page_id)

    def of(self, organisation: int) -> list[Page]:
        """An organisation's pages, oldest first."""
        return self._pages.of(organisation)

    def with_groups(self, organisation: int) -> list[tuple[Page, list[Group]]]:
        """The same with their groups, for lists of pages."""
        return [(page, self._pages.public_groups(page.id)) for page in self._pages.of(organisation)]

    def public_monitor_ids(self) -> frozenset[int]:
        """The monitors that anybody may know about."""
        return self._pages.public_monitor_ids()

    def title_of(self, organisation: int, page_id: int) -> str | None:
        """The title of an organisation's page; None: it has no such page."""
        page = self._pages.get(page_id)
        return page.title if page is not None and page.organisation == organisation else None

    def slug_of(self, organisation: int, page_id: int) -> str | None:
        """Its name in addresses; None: the organisation has no such page."""
        page = self._pages.get(page_id)
        return page.slug if page is not None and page.organisation == organisation else None

    # --- What pages show has changed -----------------------------------------------------------------------

    def clear_cache(self) -> None:
        """Something that pages may show has changed."""
        self._cache.clear()
        self.copies.outdated()
        self._live.look()

    def monitor_changed(self, monitor_id: int, *, edited: bool = False) -> None:
        """To be told of every change of a monitor; those that stand on no page leave no trace."""
        if monitor_id in self._pages.shown_monitor_ids():
            if edited:  # its old name may be what nobody is to read any more
                self._last_good.forget()
            self.clear_cache()

    def forget_monitor(self, monitor_id: int) -> None:
        """To be told when a monitor is removed."""
        self._pages.forget_monitor(monitor_id)

    def _edited(self) -> None:
        """Somebody changed a page, or what stands on it."""
        self._last_good.forget()
        self._cache.clear()
        self.copies.outdated()
        self._live.tell()
        if self._subscribers is not None:
            self._subscribers.wake()

    def _other_visitors(self, page_id: int) -> None:
        """Others may see a page than before: nothing that was made for them stays."""
        self._pages.note_public()
        self._edited()
        self._live.end(page_id)

    def _print_of(self, page_id: int) -> Hashable:
        page = self._pages.get(page_id)
        if page is None:
            return None
        windows = self._maintenance.windows_on_page(page_id, PLANNED_DAYS, NEXT_WINDOWS)
        return tuple(self._answers.latest(page)), tuple(windows)

    def start(self) -> None:
        """Begin incidents of outages, and keep copies, from now on."""
        self._incidents.start()
        self.copies.start()

    async def close(self) -> None:
        """End what visitors keep open, and what runs by itself."""
        await self._incidents.stop()
        await self.copies.stop()
        await self._live.close()

    # --- Pages with a host name of their own (see `web.small_routes.MappedPages`) --------------------------

    def slug_of_host(self, scope: Any) -> str | None:
        """The page of the host that a request names; None for all other hosts."""
        return self._page_routes.slug_of_host(scope)

    async def serve_mapped(self, scope: Any, send: Any, slug: str) -> bool:
        """Answer with a page; False: there is none any more."""
        return await self._page_routes.serve_mapped(scope, send, slug)
