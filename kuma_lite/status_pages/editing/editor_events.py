"""What our own page asks to list and edit status pages (namespace `/page`; docs/page-protocol.md)."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from kuma_lite.core import wire_values
from kuma_lite.core.access import Actor, Audience, Right, may
from kuma_lite.core.clock import Clock
from kuma_lite.core.doors import PAGE, Answer, Caller, Event, Push, actor_of
from kuma_lite.core.errors import UserError
from kuma_lite.core.records import replace
from kuma_lite.status_pages.component_model import Component
from kuma_lite.status_pages.editing.draft_routes import preview_path, without_counting
from kuma_lite.status_pages.editing.drafts import Draft, Drafts
from kuma_lite.status_pages.editing.reading import MAX_COMPONENTS, read_edited, read_groups, read_logo
from kuma_lite.status_pages.editing.version_documents import changes, draft_of
from kuma_lite.status_pages.editing.writing import read_written
from kuma_lite.status_pages.incidents import Incidents
from kuma_lite.status_pages.model import Document, Group, Page, ShownServer
from kuma_lite.status_pages.pages import Pages, Wanted
from kuma_lite.status_pages.protection.access import PageAccess
from kuma_lite.status_pages.rules import overall
from kuma_lite.status_pages.serving.answers import Answers
from kuma_lite.status_pages.store import NewGroup

NO_PAGE: Final = "There is no such status page."

PutServers = Callable[[Actor, list[Any]], Callable[[int], Awaitable[None]]]


class EditorEvents:
    """The list of pages, and everything an editor asks.

    Args:
        pages: which there are.
        incidents: of the pages.
        answers: how the pages are.
        drafts: takes what is being edited.
        clock: for an incident that is not posted yet.
        push: tells of changes.
        access: who may see pages.
    """

    def __init__(
        self,
        pages: Pages,
        incidents: Incidents,
        answers: Answers,
        drafts: Drafts,
        clock: Clock,
        push: Push,
        access: PageAccess,
    ) -> None:
        self._access = access
        self._pages = pages
        self._incidents = incidents
        self._answers = answers
        self._drafts = drafts
        self._clock = clock
        self._push = push
        self.put_servers: PutServers = _no_servers
        self.look_at_servers: Callable[[Sequence[str]], Sequence[ShownServer]] = lambda uuids: ()

    def events(self) -> list[Event]:
        """The page's questions."""
        return [
            _event("statusPages", self.list, 0, Right.STATUS_PAGES_VIEW),
            _event("statusPage", self.get, 1, Right.STATUS_PAGES_VIEW),
            _event("previewStatusPage", self.preview, 2),
            _event("putStatusPage", self.put, 3),
            _event("cloneStatusPage", self.clone, 3),
            _event("statusPageVersions", self.versions, 1, Right.STATUS_PAGES_VIEW),
            _event("statusPageVersion", self.version, 2, Right.STATUS_PAGES_VIEW),
        ]

    async def push_change(self, organisation: int) -> None:
        """To everybody who may look at the list."""
        viewers = Audience(organisation, Right.STATUS_PAGES_VIEW)
        await self._push.to_audience(viewers, "statusPagesChanged", {}, namespace=PAGE)

    # --- Reading -----------------------------------------------------------------------------------------

    async def list(self, caller: Caller) -> Answer:
        """All pages, by their titles."""
        newest = await self._pages.latest_versions()
        pages = self._pages.of(actor_of(caller).organisation)
        rows = [await self._row(page, newest.get(page.id)) for page in pages]
        return {"ok": True, "pages": sorted(rows, key=lambda row: (row["title"].casefold(), row["id"]))}

    async def _row(self, page: Page, newest: tuple[int, int] | None) -> Document:
        incidents = await self._incidents.shown(page)
        states = [state.status for state in self._answers.latest(page)]
        return {
            "id": page.id,
            "slug": page.slug,
            "title": page.title,
            "icon": self._access.picture(page, page.shown_icon),
            "published": page.published,
            "protected": self._access.is_protected(page.id),
            "domains": list(page.domains),
            "groups": len(self._pages.public_groups(page.id)),
            "monitors": len(self._pages.public_members(page.id)),
            "servers": len(self._pages.servers_on(page.id)),
            "incidents": len(incidents),
            "state": overall(states).name.lower(),
            "saved": None if newest is None else newest[1] * 1000,
        }

    async def get(self, caller: Caller, slug: Any) -> Answer:
        """A page with all that can be edited."""
        page = self._viewable(caller, slug)
        newest = (await self._pages.latest_versions()).get(page.id)
        draft = draft_of(page, self._pages.public_groups(page.id), self._pages.servers_on(page.id))
        return {
            "ok": True,
            "id": page.id,
            "version": newest[0] if newest else None,
            "icon": self._access.picture(page, page.shown_icon),
            "draft": draft,
        }

    async def versions(self, caller: Caller, slug: Any) -> Answer:
        """Who has saved a page when, and what that changed; the newest first."""
        kept = await self._pages.versions(self._viewable(caller, slug))
        before = [*kept[1:], None]
        return {
            "ok": True,
            "versions": [
                {
                    "id": version.id,
                    "time": version.saved_at * 1000,
                    "by": version.saved_by,
                    "changes": changes(older.document, version.document) if older else None,
                }
                for version, older in zip(kept, before, strict=True)
            ],
        }

    async def version(self, caller: Caller, slug: Any, number: Any) -> Answer:
        """A page as it was: a draft that can be looked at, and saved."""
        page = self._viewable(caller, slug)
        version, png = await self._pages.version(page, wire_values.whole(number) or 0)
        draft = dict(version.document)
        if png is not None and draft["logo"] != page.icon:
            draft["logo"] = f"data:image/png;base64,{base64.b64encode(png).decode()}"
        known = {group.id for group in self._pages.public_groups(page.id)}
        draft["groups"] = [
            {**group, "id": group["id"] if group["id"] in known else None} for group in draft["groups"]
        ]
        return {"ok": True, "draft": draft}

    def _viewable(self, caller: Caller, slug: Any) -> Page:
        page = self._pages.named(slug)
        if page is None or not may(actor_of(caller), Right.STATUS_PAGES_VIEW, page):
            raise UserError(NO_PAGE)
        return page

    def _editable(self, caller: Caller, slug: Any) -> Page:
        page = self._pages.editable(actor_of(caller), slug)
        if page is None:
            raise UserError(NO_PAGE)
        return page

    # --- Editing -----------------------------------------------------------------------------------------

    async def preview(self, caller: Caller, slug: Any, draft: Any) -> Answer:
        """Where a draft can be looked at; refused in the words of saving."""
        page = self._editable(caller, slug)
        wanted = self._read(page, draft)
        self.put_servers(actor_of(caller), list(wanted.servers))
        await self._pages.check(page, wanted)
        groups = [
            Group(place, group.name, place, group.members, components=self._drawn(page, place, group))
            for place, group in enumerate(wanted.groups, 1)
        ]
        shown = Draft(
            without_counting(wanted.page),
            groups,
            self.look_at_servers(wanted.servers),
            read_written(page, draft.get("incident"), int(self._clock.now())),
            wanted.logo.png,
        )
        return {"ok": True, "path": preview_path(self._drafts.put(shown))}

    async def put(self, caller: Caller, slug: Any, draft: Any, began_with: Any) -> Answer:
        """Save a draft, all or nothing, unless somebody else has saved the page meanwhile."""
        page, actor = self._editable(caller, slug), actor_of(caller)
        wanted = self._read(page, draft)
        put_servers = self.put_servers(actor, list(wanted.servers))
        began = wire_values.whole(began_with) or 0
        saved = await self._pages.put(actor, slug, lambda _page: wanted, began_with=began)
        await put_servers(page.id)
        return {
            "ok": True,
            "msg": "Saved.",
            "msgi18n": True,
            "slug": saved.page.slug,
            "version": saved.version,
        }

    async def clone(self, caller: Caller, slug: Any, title: Any, new_slug: Any) -> Answer:
        """Another page with everything that is on one, but for host names and incidents; not published."""
        source, actor = self._editable(caller, slug), actor_of(caller)
        draft = draft_of(source, self._pages.public_groups(source.id), self._pages.servers_on(source.id))
        png = await self._pages.logo_of(source)
        if png is not None:
            draft["logo"] = f"data:image/png;base64,{base64.b64encode(png).decode()}"
        page = await self._pages.add(actor, title, new_slug)
        await self._access.copy(source, page)
        own = {"slug": page.slug, "title": page.title, "domainNameList": [], "published": False}
        draft["config"] |= own
        draft["groups"] = [_anew(group) for group in draft["groups"]]
        try:
            wanted = self._read(page, draft)
            put_servers = self.put_servers(actor, list(wanted.servers))
            await self._pages.put(actor, page.slug, lambda _page: wanted, began_with=0)
        except UserError:
            await self._pages.delete(actor, page.slug)
            raise
        await put_servers(page.id)
        return {"ok": True, "slug": page.slug}

    def _read(self, page: Page, draft: Any) -> Wanted:
        """A draft as an editor sends it. Raises UserError with the field that is wrong."""
        if not isinstance(draft, Mapping):
            raise UserError("The configuration must be an object.")
        servers = draft.get("servers")
        if servers is None:
            servers = self._pages.servers_on(page.id)
        if not isinstance(servers, list) or not all(isinstance(uuid, str) for uuid in servers):
            raise UserError("Groups, monitors and servers are lists.", extra={"field": "servers"})
        edited, logo = read_edited(page, draft.get("config")), read_logo(draft.get("logo"))
        shown = edited if logo.png is not None else replace(edited, icon=logo.address)
        return Wanted(shown, logo, read_groups(draft.get("groups")), servers)

    def _drawn(self, page: Page, place: int, group: NewGroup) -> tuple[Component, ...]:
        """The components of a drafted group, with what somebody has set of those that are stored."""
        groups = self._pages.public_groups(page.id)
        if group.components is None:
            return next((one.components for one in groups if one.id == group.id), ())
        stored = {each.id: each.by_hand for one in groups for each in one.components}
        return tuple(
            # New ones have an id of their own, too: their histories are told apart by it.
            replace(each, id=each.id or -(place * MAX_COMPONENTS + number), by_hand=stored.get(each.id))
            for number, each in enumerate(group.components)
        )


def _anew(group: Mapping[str, Any]) -> Document:
    """A group for another page."""
    components = [{**each, "id": None} for each in group["components"]]
    return {**group, "id": None, "components": components}


def _no_servers(_actor: Actor, keys: list[Any]) -> Callable[[int], Awaitable[None]]:
    async def nothing(_page_id: int) -> None:
        return None

    if keys:
        raise UserError("There are no servers.", extra={"field": "servers"})
    return nothing


def _event(name: str, handler: Any, arguments: int, needs: Right = Right.STATUS_PAGES_EDIT) -> Event:
    return Event(name, handler, arguments, namespaces=(PAGE,), needs=needs)
