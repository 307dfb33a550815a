"""What visitors are told about a page, as the JSON of Uptime Kuma 2.5 (REST reference §6)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from typing import Any, Protocol

from kuma_lite.core.clock import MILLISECONDS, Clock, wire_time
from kuma_lite.core.declarations import Status
from kuma_lite.status_pages.answering.last_good import LastGood
from kuma_lite.status_pages.component_model import Component, ShownComponent
from kuma_lite.status_pages.components import components
from kuma_lite.status_pages.model import (
    Document,
    Group,
    Incident,
    Maintenance,
    Member,
    Monitors,
    Page,
    ShownBeat,
    ShownMonitor,
    ShownServer,
    ShownState,
    ShownTag,
)


class ShownPages(Protocol):
    """What is on pages; that of a draft is not on any (see `drafts`)."""

    def public_groups(self, page_id: int) -> list[Group]:
        """The groups of a page, in their order."""

    def public_members(self, page_id: int) -> list[int]:
        """The monitors on a page, each once."""


class ShownIncidents(Protocol):
    """What visitors are told."""

    async def shown(self, page: Page) -> list[Incident]:
        """The incidents at the top of a page, newest first."""


class Answers:
    """Everything that is shown of a page; of monitors only what `Pages` says is public."""

    def __init__(
        self,
        pages: ShownPages,
        incidents: ShownIncidents,
        monitors: Monitors,
        maintenance: Maintenance,
        clock: Clock,
        last_good: LastGood,
    ) -> None:
        self._last_good = last_good
        self._pages = pages
        self._incidents = incidents
        self._monitors = monitors
        self._maintenance = maintenance
        self._clock = clock
        self.servers_on: Callable[[int], Sequence[ShownServer]] = lambda page_id: ()  # page id → its servers

    def drafted(
        self, pages: ShownPages, incidents: ShownIncidents, servers: Sequence[ShownServer]
    ) -> Answers:
        """The same of a page that is not stored so."""
        other = copy(self)
        other._pages, other._incidents = pages, incidents
        other._last_good = LastGood()  # nothing of it may stand in for what is stored
        other.servers_on = lambda _page_id: servers
        return other

    async def everything(self, page: Page) -> Document:
        """Configuration, incidents, groups and maintenance; servers where the page has some."""
        document, servers = await self._of_monitors(page), self.servers_on(page.id)
        if shown := self.components(page):
            document["componentList"] = [_component(each) for each in shown]
        return {**document, "serverList": [server.as_wire() for server in servers]} if servers else document

    async def _of_monitors(self, page: Page) -> Document:
        return {
            "config": page.public_config(),
            "incidents": [incident.as_wire() for incident in await self.incidents(page)],
            "publicGroupList": await self._groups(page),
            "maintenanceList": self._maintenance.running_on_page(page.id),
        }

    def heartbeats(self, page: Page | None) -> Document:
        """The last hundred beats and the uptime of a day, of each monitor; of no page: nothing."""
        members = self._pages.public_members(page.id) if page else []
        return {
            "heartbeatList": {
                str(number): [_beat(beat) for beat in self._monitors.beats(number)] for number in members
            },
            "uptimeList": {f"{number}_24": _plain(self._monitors.uptime_day(number)) for number in members},
        }

    def manifest(self, page: Page) -> Document:
        """What a phone needs to put the page on its screen."""
        return {
            "name": page.title,
            "start_url": f"/status/{page.slug}",
            "display": "standalone",
            "icons": [{"src": page.shown_icon, "sizes": "128x128", "type": "image/png"}],
        }

    async def incidents(self, page: Page) -> list[Incident]:
        """Those at the top of the page, newest first."""
        return await self._last_good.ask(("incidents", page.id), lambda: self._incidents.shown(page))

    def latest(self, page: Page) -> list[ShownState]:
        """The state of the page's monitors and components that have one, and of its servers."""
        found = []
        for number in self._pages.public_members(page.id):
            monitor, beat = self._monitors.find(number), self._monitors.last(number)
            if monitor is not None and beat is not None:
                since = beat.time if monitor.since is None else monitor.since
                found.append(ShownState(monitor.name, beat.status, since, f"{number}", (number,)))
        found += [
            ShownState(each.name, each.status, each.since, f"component-{each.id}")
            for each in self.components(page)
            if each.status is not None
        ]
        return found + [
            ShownState(server.name, server.status, server.since, f"server-{_digest(server.name)}")
            for server in self.servers_on(page.id)
        ]

    def rules(self, page: Page) -> list[Component]:
        """The components of a page as they are stored."""
        return [each for group in self._pages.public_groups(page.id) for each in group.components]

    def components(self, page: Page) -> list[ShownComponent]:
        """Monitors that are shown as one service; nothing else of these monitors is said."""
        return [
            self._component(group.id, component)
            for group in self._pages.public_groups(page.id)
            for component in group.components
        ]

    def _component(self, group_id: int, component: Component) -> ShownComponent:
        by_hand = component.set_state(self._clock.now())
        if by_hand is not None:
            since = by_hand.since * MILLISECONDS
            return ShownComponent(
                component.id, component.name, group_id, by_hand.status, since, by_hand.text, by_hand.until
            )
        states = [self._state(number) for number in component.monitors]
        status = components.combined(component, [each for each, _since in states])
        return ShownComponent(
            component.id, component.name, group_id, status, components.since(component, states)
        )

    def _state(self, number: int) -> tuple[Status | None, int]:
        """How a monitor is, and since when; nobody looks at one that is paused."""
        monitor, beat = self._monitors.find(number), self._monitors.last(number)
        if monitor is None or beat is None or monitor.paused:
            return None, 0
        return beat.status, beat.time if monitor.since is None else monitor.since

    async def _groups(self, page: Page) -> list[Document]:
        members = self._pages.public_members(page.id)
        tags: Mapping[int, Sequence[ShownTag]] = {}
        if self._any_tags(page):
            tags = await self._last_good.ask(("tags", page.id), lambda: self._monitors.tags(members))
        groups = []
        for group in self._pages.public_groups(page.id):
            shown: list[Document] = []
            for member in group.members:
                monitor = self._monitors.find(member.monitor_id)
                if monitor is not None:
                    own = tags.get(monitor.id, ()) if _either(member.show_tags, page.show_tags) else None
                    document = _monitor(member, monitor, own)
                    if _either(member.show_certificate, page.show_certificate_expiry):
                        document |= _certificate(await self._monitors.certificate(monitor.id))
                    shown.append(document)
            groups.append({"id": group.id, "name": group.name, "weight": group.weight, "monitorList": shown})
        return groups

    def _any_tags(self, page: Page) -> bool:
        groups = self._pages.public_groups(page.id)
        return page.show_tags or any(member.show_tags for group in groups for member in group.members)


def _digest(name: str) -> str:
    """Tells servers apart in feeds; their own numbers are nobody's business."""
    return hashlib.blake2s(name.encode("utf-8", "replace"), digest_size=6).hexdigest()


def _component(shown: ShownComponent) -> Document:
    document: Document = {
        "id": shown.id,
        "groupId": shown.group_id,
        "name": shown.name,
        "status": None if shown.status is None else components.WORDS[shown.status],
    }
    return {**document, "text": shown.text} if shown.text else document


def _either(of_member: bool | None, of_page: bool) -> bool:
    """What a monitor shows: as was chosen for it, else as for its page."""
    return of_page if of_member is None else of_member


def _monitor(member: Member, monitor: ShownMonitor, tags: Any) -> Document:
    document: Document = {
        "id": monitor.id,
        "name": monitor.name,
        "sendUrl": int(member.send_url),
        "type": monitor.type,
    }
    if member.send_url:
        document["url"] = monitor.url if member.custom_url is None else member.custom_url
    if member.show_ping:
        document["showPing"] = True
    if tags is not None:
        document["tags"] = [_tag(monitor.id, tag) for tag in tags]
    return document


def _tag(monitor_id: int, tag: ShownTag) -> Document:
    return {**tag._asdict(), "monitor_id": monitor_id}


def _certificate(document: Mapping[str, Any] | None) -> Document:
    """A valid certificate that expires today counts as none (Uptime Kuma 2.5)."""
    certificate = (document or {}).get("certInfo") or {}
    days = certificate.get("daysRemaining")
    if document and document.get("valid") and days:
        return {"certExpiryDaysRemaining": days, "validCert": True}
    return {"certExpiryDaysRemaining": "", "validCert": False}


def _beat(beat: ShownBeat) -> Document:
    """What a check had to say is nobody's business."""
    return {"status": int(beat.status), "time": wire_time(beat.time), "msg": "", "ping": _plain(beat.ping)}


def _plain(value: float | None) -> float | None:
    """Whole numbers without `.0`: typed clients decode integers."""
    return int(value) if value is not None and value == int(value) else value
