"""All status pages: in memory for reading, on disk before a change returns."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import Clock
from kuma_lite.core.errors import UserError
from kuma_lite.core.transactions import Transactions
from kuma_lite.status_pages import store
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
from kuma_lite.status_pages.reading import read_groups, read_logo, read_page, read_title
from kuma_lite.status_pages.rules import read_slug
from kuma_lite.status_pages.uploads import Uploads


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

    async def load(self) -> None:
        """Read everything."""
        self._take(await self._database.read(store.read_all))

    def _take(self, everything: store.Everything) -> None:
        self._pages = {page.id: page for page in everything.pages}
        self._slugs = {page.slug: page for page in everything.pages}
        self._hosts = {domain.lower(): page for page in everything.pages for domain in page.domains}
        self._groups = everything.groups
        self._note_public()

    def _note_public(self) -> None:
        groups = [group for page_id in self._pages for group in self.public_groups(page_id)]
        self._public = frozenset(member.monitor_id for group in groups for member in group.members)

    # --- asking ------------------------------------------------------------------------------------------

    def public_monitor_ids(self) -> frozenset[int]:
        """The monitors that anybody may know about: those in a public group of some page.

        Every route without log-in that shows something of a monitor asks here.
        """
        return self._public

    def all(self) -> list[Page]:
        """Every page, oldest first."""
        return list(self._pages.values())

    def get(self, page_id: int) -> Page | None:
        """The page of an id."""
        return self._pages.get(page_id)

    def by_slug(self, slug: Any) -> Page | None:
        """The page at an address; capitals do not matter."""
        return self._slugs.get(slug.lower()) if isinstance(slug, str) else None

    def by_host(self, host: str) -> Page | None:
        """The page of a host name."""
        return self._hosts.get(host.lower())

    def public_groups(self, page_id: int) -> list[Group]:
        """What visitors see of a page, in its order."""
        return [group for group in self._groups.get(page_id, ()) if group.public]

    def public_members(self, page_id: int) -> list[int]:
        """The monitors on a page, each once, in the order of the page."""
        groups = self.public_groups(page_id)
        return list(dict.fromkeys(member.monitor_id for group in groups for member in group.members))

    # --- changes -----------------------------------------------------------------------------------------

    async def add(self, title: Any, slug: Any) -> Page:
        """A new, empty page. Raises UserError."""
        if not title or not slug:
            raise UserError("Please input all fields")
        slug, title = read_slug(slug), read_title(title).strip()
        async with self._changing:
            page_id = await self._database.write(lambda db: store.insert_page(db, slug, title))
            await self.load()
        return self._pages[page_id]

    async def save(self, user_id: int, slug: Any, config: Any, logo: Any, groups: Any) -> list[Document]:
        """Change a page and its groups for a user, all or nothing; returns the groups with their ids.

        Raises:
            UserError: one sentence about what is wrong; nothing has changed then.
        """
        async with self._changing:
            page = self.by_slug(slug)
            if page is None:
                raise UserError("No slug?")
            changed = read_page(page, config)
            picture, wanted = read_logo(logo), read_groups(groups)
            icon = picture.address
            if picture.png is not None:
                icon = await self._uploads.stage_logo(page.id, picture.png, self._clock.now())
            changed = replace(changed, icon=icon)
            ids = await self._database.write(lambda db: store.save_page(db, changed, wanted, user_id))
            if picture.png is not None:
                await self._uploads.keep_logo(page.id)
            await self.load()
        await self._move_entry_page(page.slug, ENTRY_PREFIX + changed.slug)
        self._outdated()
        return [{**group, "id": group_id} for group, group_id in zip(groups, ids, strict=True)]

    async def delete(self, slug: Any) -> None:
        """Remove a page with its incidents and its picture. Raises UserError."""
        async with self._changing:
            page = self.by_slug(slug)
            if page is None:
                raise UserError("Status Page is not found")
            await self._database.write(lambda db: store.delete_page(db, page.id))
            await self.load()
        await self._move_entry_page(page.slug, DASHBOARD)
        await self._uploads.remove_logo(page.id)
        self._outdated()
        self._bus.publish(StatusPageRemoved(page.id))

    def forget_monitor(self, monitor_id: int) -> None:
        """A monitor is gone, and with it its places on pages."""
        if monitor_id not in self._public:
            return
        for groups in self._groups.values():
            groups[:] = [_without(group, monitor_id) for group in groups]
        self._note_public()
        self._outdated()

    async def _move_entry_page(self, slug: str, target: str) -> None:
        """Where `/` led to this page, let it lead to `target`."""
        entry = self._entry_page
        if entry.get("entryPage") == ENTRY_PREFIX + slug != target:
            await self._settings.set_entry_page(target)

    @property
    def _entry_page(self) -> Mapping[str, str | None]:
        return self._settings.entry_page


def _without(group: Group, monitor_id: int) -> Group:
    members: tuple[Member, ...] = tuple(member for member in group.members if member.monitor_id != monitor_id)
    return replace(group, members=members)
