"""What a status page is to people, and to everything that is made from that."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from kuma_lite.core.access import Actor, Right
from kuma_lite.core.errors import UserError
from kuma_lite.core.resources import Document, Reference, Resource
from kuma_lite.status_pages.component_model import Component, Rule
from kuma_lite.status_pages.editing.reading import read_groups, read_logo, read_new, read_page
from kuma_lite.status_pages.model import Group, Member, Page
from kuma_lite.status_pages.pages import Pages

if TYPE_CHECKING:
    from kuma_lite.core.options import Options

_UNCHANGEABLE: Final = frozenset({"id", "published"})  # on the wire, but not read from it
_ICON: Final = "icon"
_GROUPS: Final = "groups"
_SERVERS: Final = "servers"
_COMPONENTS: Final = "components"  # of a group

# Key of `saveStatusPage` → that of a document.
_SENT: Final = {
    "id": "monitor",
    "sendUrl": "show_url",
    "url": "url",
    "showCertificate": "show_certificate",
    "showTags": "show_tags",
    "showPing": "show_ping",
}

# Which servers stand on a page; and what puts some there, by UUID (UserError for one that does not exist).
ServersOn = Callable[[int], list[str]]
PutServers = Callable[[Actor, list[Any]], Callable[[int], Awaitable[None]]]


class PageKeeper:
    """Status pages with their groups and servers as things that people keep."""

    def __init__(self, pages: Pages, servers_on: ServersOn, put_servers: PutServers) -> None:
        self._pages = pages
        self._servers_on = servers_on
        self._put_servers = put_servers

    async def all(self, actor: Actor) -> list[Page]:
        """The pages of an organisation, oldest first."""
        return self._pages.of(actor.organisation)

    async def find(self, _actor: Actor, key: Any) -> Page | None:
        """One by its id, or by its slug."""
        return self._pages.get(key) if isinstance(key, int) else self._pages.named(key)

    def document(self, page: Page) -> Document:
        """What was chosen for it. A picture that was uploaded is an address that only this server knows."""
        groups = self._pages.public_groups(page.id)
        return {
            **_config(page),
            _ICON: page.icon,
            _GROUPS: [_group(group.name, group.members, group.components) for group in groups],
            _SERVERS: self._servers_on(page.id),
        }

    async def create(self, actor: Actor, document: Any) -> Page:
        """A new one. Raises UserError."""
        page = await self._pages.add(actor, document.get("title"), document.get("slug"))
        try:
            return await self._save(actor, page, document)
        except UserError:
            await self._pages.delete(actor, page.slug)
            raise

    async def replace(self, actor: Actor, page: Page, document: Any) -> Page:
        """Another document for one. Raises UserError."""
        return await self._save(actor, page, document)

    async def delete(self, actor: Actor, page: Page) -> None:
        """Remove one, with what was written on it."""
        await self._pages.delete(actor, page.slug)

    def settled(self, actor: Actor, page: Page | None, document: Document) -> Document:
        """Raises UserError for what does not fit, whatever else there is."""
        if page is None:
            slug, title = read_new(document.get("slug"), document.get("title"))
            page = Page(id=0, organisation=actor.organisation, slug=slug, title=title)
        config, logo, groups = self._sent(page, document)
        page, address, wanted = read_page(page, config), read_logo(logo).address, read_groups(groups)
        self._put_servers(actor, _list(document.get(_SERVERS)))
        shown = [_group(each.name, each.members, each.components or ()) for each in wanted]
        return {**document, **_config(page), _ICON: address or document.get(_ICON), _GROUPS: shown}

    async def _save(self, actor: Actor, page: Page, document: Mapping[str, Any]) -> Page:
        put_servers = self._put_servers(actor, _list(document.get(_SERVERS)))
        await self._pages.save(actor, page.slug, *self._sent(page, document))
        await put_servers(page.id)
        saved = self._pages.get(page.id)
        assert saved is not None
        return saved

    def _sent(self, page: Page, document: Mapping[str, Any]) -> tuple[Document, str, list[Document]]:
        """Configuration, picture and groups as an editor sends them. Raises UserError."""
        config = {"analyticsType": None, "domainNameList": [], **document}
        known = {group.name: group for group in self._pages.public_groups(page.id)}
        groups = [_sent(group, known) for group in _list(document.get(_GROUPS))]
        return config, document.get(_ICON) or "", groups


def _config(page: Page) -> Document:
    return {key: value for key, value in page.private_config().items() if key not in _UNCHANGEABLE}


def _group(name: str, members: Sequence[Member], components: Sequence[Component]) -> Document:
    document: Document = {"name": name, "monitors": [_member(member) for member in members]}
    if components:
        document[_COMPONENTS] = [
            {
                "name": each.name,
                "rule": each.rule.value,
                **({"share": each.share} if each.rule is Rule.SHARE else {}),
                "monitors": list(each.monitors),
            }
            for each in components
        ]
    return document


def _member(member: Member) -> Document:
    """Only what was chosen."""
    shown: Document = {"monitor": member.monitor_id}
    if member.send_url:
        shown["show_url"] = True
    if member.custom_url is not None:
        shown["url"] = member.custom_url
    if member.show_certificate is not None:
        shown["show_certificate"] = member.show_certificate
    if member.show_tags is not None:
        shown["show_tags"] = member.show_tags
    if member.show_ping:
        shown["show_ping"] = True
    return shown


def _sent(group: Any, known: dict[str, Group]) -> Document:
    """A group as an editor sends it; what is known by its name keeps its id. Raises UserError."""
    if not isinstance(group, Mapping):
        raise UserError("Each group must have a name.")
    members = _list(group.get("monitors"))
    if not all(isinstance(member, Mapping) for member in members):
        raise UserError("Each monitor must be an object with an id.")
    monitors = [{key: member.get(name) for key, name in _SENT.items()} for member in members]
    stored = known.pop(str(group.get("name")), None)
    ids = {each.name: each.id for each in stored.components} if stored else {}
    components = [
        {**each, "id": ids.pop(str(each.get("name")), None)} if isinstance(each, Mapping) else each
        for each in _list(group.get(_COMPONENTS))
    ]
    number = stored.id if stored else None
    return {"id": number, "name": group.get("name"), "monitorList": monitors, "components": components}


def _list(value: Any) -> list[Any]:
    if value is not None and not isinstance(value, list):
        raise UserError("Groups, monitors and servers are lists.")
    return value or []


def status_page_resource(pages: Pages, servers_on: ServersOn, put_servers: PutServers) -> Resource[Page]:
    """Status pages; documents name them by their slug."""
    keeper = PageKeeper(pages, servers_on, put_servers)
    return Resource(
        name="status_page",
        plural="status_pages",
        label="status page",
        view=Right.STATUS_PAGES_VIEW,
        edit=Right.STATUS_PAGES_EDIT,
        keeper=keeper,
        options=_options,
        title=lambda page: page.slug,
        named_by="slug",
        references=(
            Reference(f"{_GROUPS}[].monitors[].monitor", "monitor"),
            Reference(f"{_GROUPS}[].{_COMPONENTS}[].monitors[]", "monitor"),
            Reference(f"{_SERVERS}[]", "server"),
        ),
        settled=keeper.settled,
    )


def _options(_document: Mapping[str, Any]) -> Sequence[type[Options]]:
    from kuma_lite.status_pages.editing.options import StatusPageOptions

    return (StatusPageOptions,)
