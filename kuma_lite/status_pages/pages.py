"""All status pages: in memory for reading, on disk before a change returns."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from msgspec import Struct

from kuma_lite.core.access import Actor, Right, may, require
from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import Clock
from kuma_lite.core.errors import UserError
from kuma_lite.core.records import replace
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions
from kuma_lite.status_pages import store
from kuma_lite.status_pages.editing import version_store
from kuma_lite.status_pages.editing.reading import Logo, read_groups, read_logo, read_new, read_page
from kuma_lite.status_pages.editing.version_documents import draft_of
from kuma_lite.status_pages.model import (
    DASHBOARD,
    ENTRY_PREFIX,
    Document,
    Group,
    Member,
    Page,
    Settings,
    StatusPageRemoved,
)
from kuma_lite.status_pages.uploads import PREFIX as UPLOADS
from kuma_lite.status_pages.uploads import Uploads


class Wanted(Struct, frozen=True):
    """A page as it shall be."""

    page: Page
    logo: Logo
    groups: list[store.NewGroup]
    servers: list[str]  # UUIDs of those on it; kept with the version, put on the page elsewhere


class Saved(Struct, frozen=True):
    """A page that was saved."""

    page: Page
    groups: list[int]  # ids, in the order of the page
    version: int


class Pages:
    """The pages, their groups, and which monitors that makes public.

    Args:
        database: where they are kept.
        clock: for the addresses of pictures.
        bus: is told `StatusPageRemoved`.
        settings: the entry page follows a page that is renamed or removed.
        uploads: the pictures.
        outdated: called when something visible has changed.
    """

    def __init__(
        self,
        database: Transactions,
        clock: Clock,
        bus: Bus,
        settings: Settings,
        uploads: Uploads,
        outdated: Callable[[], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._bus = bus
        self._settings = settings
        self._uploads = uploads
        self._outdated = outdated
        self._changing = asyncio.Lock()  # what was read back must not overtake what was written
        self._pages: dict[int, Page] = {}
        self._slugs: dict[str, Page] = {}
        self._hosts: dict[str, Page] = {}
        self._groups: dict[int, list[Group]] = {}
        self._public: frozenset[int] = frozenset()
        self._shown: frozenset[int] = frozenset()
        self.is_protected: Callable[[int], bool] = lambda page_id: False  # whether not everybody may see one
        self.changed: Callable[[int], Awaitable[None]] = _nobody_to_tell  # by organisation
        self.servers_on: Callable[[int], list[str]] = lambda page_id: []  # page id → UUIDs

    async def load(self) -> None:
        """Read everything."""
        self._take(await self._database.read(store.read_all))

    def _take(self, everything: store.Everything) -> None:
        self._pages = {page.id: page for page in everything.pages}
        self._slugs = {page.slug: page for page in everything.pages}
        self._hosts = {domain.lower(): page for page in everything.pages for domain in page.domains}
        self._groups = everything.groups
        self.note_public()

    def note_public(self) -> None:
        """To be called when somebody may see other pages than before."""
        shown = {page.id: self.public_members(page.id) for page in self.published()}
        combined = {number for page_id in shown for number in self._combined_on(page_id)}
        self._shown = frozenset(number for members in shown.values() for number in members) | combined
        self._public = frozenset(
            number
            for page_id, members in shown.items()
            if not self.is_protected(page_id)
            for number in members
        )

    # --- asking ------------------------------------------------------------------------------------------

    def public_monitor_ids(self) -> frozenset[int]:
        """The monitors that anybody may know about: those in a public group of some page for everybody.

        Every route without log-in that shows something of a monitor asks here (see `visitors`).
        """
        return self._public

    def shown_monitor_ids(self) -> frozenset[int]:
        """The monitors on any published page, protected ones included: what happens to them is seen."""
        return self._shown

    def published(self) -> list[Page]:
        """All published pages."""
        return [page for page in self._pages.values() if page.published]

    def of(self, organisation: int) -> list[Page]:
        """An organisation's pages, oldest first."""
        return [page for page in self._pages.values() if page.organisation == organisation]

    def editable(self, actor: Actor, slug: Any) -> Page | None:
        """The page at an address, if there is one that the actor may edit."""
        page = self.named(slug)
        return page if page is not None and may(actor, Right.STATUS_PAGES_EDIT, page) else None

    def get(self, page_id: int) -> Page | None:
        """The page of an id."""
        return self._pages.get(page_id)

    def named(self, slug: Any) -> Page | None:
        """The page of a slug, published or not; capitals do not matter."""
        return self._slugs.get(slug.lower()) if isinstance(slug, str) else None

    def by_slug(self, slug: Any) -> Page | None:
        """What is at an address: a published page. Whether a visitor may see it is for `visitors`."""
        page = self.named(slug)
        return page if page is not None and page.published else None

    def by_host(self, host: str) -> Page | None:
        """The published page of a host name."""
        page = self._hosts.get(host.lower())
        return page if page is not None and page.published else None

    def public_groups(self, page_id: int) -> list[Group]:
        """What visitors see of a page, in its order."""
        return [group for group in self._groups.get(page_id, ()) if group.public]

    def public_members(self, page_id: int) -> list[int]:
        """The monitors on a page, each once, in the order of the page."""
        groups = self.public_groups(page_id)
        return list(dict.fromkeys(member.monitor_id for group in groups for member in group.members))

    def _combined_on(self, page_id: int) -> list[int]:
        """The monitors of a page's components: what happens to them is seen, which they are is not."""
        groups = self.public_groups(page_id)
        return [number for group in groups for each in group.components for number in each.monitors]

    # --- changes -----------------------------------------------------------------------------------------

    async def add(self, actor: Actor, title: Any, slug: Any) -> Page:
        """A new, empty page. Raises UserError."""
        require(actor, Right.STATUS_PAGES_EDIT)
        slug, title = read_new(slug, title)
        async with self._changing:
            page_id = await self._database.write(
                lambda db: store.insert_page(db, actor.organisation, slug, title)
            )
            await self.load()
        await self.changed(actor.organisation)
        return self._pages[page_id]

    async def save(self, actor: Actor, slug: Any, config: Any, logo: Any, groups: Any) -> list[Document]:
        """Change a page and its groups, all or nothing; returns the groups with their ids.

        Raises:
            UserError: one sentence about what is wrong; nothing has changed then.
        """
        saved = await self.put(actor, slug, lambda page: Wanted(
            read_page(page, config), read_logo(logo), read_groups(groups), self.servers_on(page.id)
        ))  # fmt: skip
        return [{**group, "id": number} for group, number in zip(groups, saved.groups, strict=True)]

    async def put(
        self, actor: Actor, slug: Any, read: Callable[[Page], Wanted], *, began_with: int | None = None
    ) -> Saved:
        """Let a page be as somebody wants it, all or nothing, and keep it as a version.

        Args:
            read: the page as it is → as it shall be.
            began_with: the version that was edited, for those who want no changes of others to be lost.

        Raises:
            UserError: one sentence about what is wrong; nothing has changed then.
        """
        async with self._changing:
            page = self.editable(actor, slug)
            if page is None:
                raise UserError("No slug?")
            wanted, now = read(page), self._clock.now()
            png, icon = wanted.logo.png, wanted.logo.address
            before = draft_of(page, self.public_groups(page.id), self.servers_on(page.id))
            old = await self._uploads.logo(page.id) if page.icon.startswith(UPLOADS) else None
            if png is not None:
                icon = await self._uploads.stage_logo(page.id, png, now)
            changed = replace(wanted.page, icon=icon)

            def write(db: Connection) -> Saved:
                latest = version_store.latest(db, page.id)
                if began_with is not None and latest is not None and latest.id != began_with:
                    raise _saved_meanwhile(latest)
                if began_with is not None:
                    store.refuse_domains(db, changed)
                if latest is None:
                    picture = None if old is None else version_store.digest_of(old)
                    version_store.record(db, page.id, int(now), None, before, old, picture)
                ids = store.save_page(db, changed, wanted.groups)
                kept = store.groups_of_pages(db).get(page.id, [])
                shown = png if png is not None else old if icon == page.icon else None
                version = version_store.record(
                    db,
                    page.id,
                    int(now),
                    actor.username,
                    draft_of(changed, kept, wanted.servers),
                    shown,
                    None if shown is None else version_store.digest_of(shown),
                )
                return Saved(changed, ids, version)

            saved = await self._database.write(write)
            if png is not None:
                await self._uploads.keep_logo(page.id)
            await self.load()
        await self._move_entry_page(page.slug, ENTRY_PREFIX + changed.slug)
        await self._tell(page.organisation)
        return saved

    async def check(self, page: Page, wanted: Wanted) -> None:
        """Say why a page could not be saved so. Raises UserError."""

        def refuse(db: Connection) -> None:
            store.refuse(db, wanted.page, wanted.groups)
            store.refuse_domains(db, wanted.page)

        await self._database.read(refuse)

    async def versions(self, page: Page) -> list[version_store.Version]:
        """What it was after each save, the newest first."""
        return await self._database.read(lambda db: version_store.all_of(db, page.id))

    async def version(self, page: Page, number: int) -> tuple[version_store.Version, bytes | None]:
        """One of them with its logo. Raises UserError."""
        found = await self._database.read(lambda db: version_store.find(db, page.id, number))
        if found is None:
            raise UserError("This version is not kept any more.")
        return found

    async def latest_versions(self) -> dict[int, tuple[int, int]]:
        """Page → number of its newest version, and when it was saved."""
        return await self._database.read(version_store.latest_ids)

    async def logo_of(self, page: Page) -> bytes | None:
        """The picture that was uploaded for a page, if that is what it shows."""
        return await self._uploads.logo(page.id) if page.icon.startswith(UPLOADS) else None

    async def _tell(self, organisation: int) -> None:
        self._outdated()
        await self.changed(organisation)

    async def delete(self, actor: Actor, slug: Any) -> None:
        """Remove a page with its incidents and its picture. Raises UserError."""
        async with self._changing:
            page = self.editable(actor, slug)
            if page is None:
                raise UserError("Status Page is not found")
            await self._database.write(lambda db: store.delete_page(db, page.id))
            await self.load()
        await self._move_entry_page(page.slug, DASHBOARD)
        await self._uploads.remove_logo(page.id)
        await self._tell(page.organisation)
        self._bus.publish(StatusPageRemoved(page.id))

    def forget_monitor(self, monitor_id: int) -> None:
        """A monitor is gone, and with it its places on pages."""
        for groups in self._groups.values():
            groups[:] = [_without(group, monitor_id) for group in groups]
        self.note_public()
        self._outdated()

    async def _move_entry_page(self, slug: str, target: str) -> None:
        """Where `/` led to this page, let it lead to `target`."""
        entry = self._entry_page
        if entry.get("entryPage") == ENTRY_PREFIX + slug != target:
            await self._settings.set_entry_page(target)

    @property
    def _entry_page(self) -> Mapping[str, str | None]:
        return self._settings.entry_page


async def _nobody_to_tell(_organisation: int) -> None:
    return None


def _saved_meanwhile(latest: version_store.Version) -> UserError:
    return UserError(
        "{name} has saved this page meanwhile.",
        name=latest.saved_by or "?",
        extra={"reason": "conflict", "version": latest.id},
    )


def _without(group: Group, monitor_id: int) -> Group:
    members: tuple[Member, ...] = tuple(member for member in group.members if member.monitor_id != monitor_id)
    components = tuple(
        replace(each, monitors=tuple(number for number in each.monitors if number != monitor_id))
        for each in group.components
    )
    return replace(group, members=members, components=components)
