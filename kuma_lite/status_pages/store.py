"""The SQL of status pages and incidents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import astuple

from kuma_lite.core import sql
from kuma_lite.core.errors import UserError
from kuma_lite.core.records import replace
from kuma_lite.core.sql import Connection
from kuma_lite.status_pages.component_model import Component
from kuma_lite.status_pages.components import component_store
from kuma_lite.status_pages.model import Group, Incident, Member, Page
from kuma_lite.status_pages.rules import Cursor

_NO_COLUMNS: Final = ("id", "organisation", "domains")
_COLUMNS: Final = tuple(name for name in Page.__struct_fields__ if name not in _NO_COLUMNS)
_DEFAULTS: Final = zip(reversed(Page.__struct_fields__), reversed(Page.__struct_defaults__), strict=False)
# Stored as 0 and 1.
_FLAGS: Final = frozenset(name for name, default in _DEFAULTS if isinstance(default, bool))
_GROUPS: Final = {"field": "groups"}  # where an editor shows what was wrong
_DOMAINS: Final = {"field": "domainNameList"}
_MEMBER: Final = Member._fields  # columns of `monitor_group`, too
_CONTENT: Final = "status_page_id, title, content, style, created_date, last_updated_date, pin, active"
_INCIDENT: Final = f"id, {_CONTENT}"


class NewGroup(Struct, frozen=True):
    """A group of a page as it shall be; without id a new one."""

    id: int | None
    name: str
    members: tuple[Member, ...]
    components: tuple[Component, ...] | None = None  # None: those that are there


class Everything(Struct, frozen=True):
    """What is kept in memory: pages, and the groups of each by its id, in their order."""

    pages: list[Page]
    groups: dict[int, list[Group]]


# --- Pages -------------------------------------------------------------------------------------------------


def read_all(db: Connection) -> Everything:
    """All pages with their groups and monitors."""
    domains: dict[int, list[str]] = {}
    for page_id, domain in db.execute("SELECT status_page_id, domain FROM status_page_cname ORDER BY id"):
        domains.setdefault(page_id, []).append(domain)
    query = f"SELECT id, organisation_id, {', '.join(_COLUMNS)} FROM status_page ORDER BY id"  # noqa: S608 - own column names
    pages = [_page(row, domains.get(row[0], ())) for row in db.execute(query)]
    return Everything(pages, groups_of_pages(db))


def insert_page(db: Connection, organisation: int, slug: str, title: str) -> int:
    """A new page of an organisation; returns its id. Raises UserError when the slug is taken."""
    _refuse_taken(db, slug, None)
    query = "INSERT INTO status_page (organisation_id, slug, title) VALUES (?, ?, ?)"
    return sql.insert(db, query, (organisation, slug, title))


def save_page(db: Connection, page: Page, groups: Sequence[NewGroup]) -> list[int]:
    """Write a page as a whole; returns the ids of its groups.

    Raises:
        UserError: see `refuse`.
    """
    refuse(db, page, groups)
    assignments = ", ".join(f"{name} = ?" for name in _COLUMNS)
    db.execute(
        f"UPDATE status_page SET {assignments} WHERE id = ?",  # noqa: S608 - own column names
        (*(_stored(getattr(page, name)) for name in _COLUMNS), page.id),
    )
    _save_domains(db, page)
    return _save_groups(db, page.id, groups)


def refuse(db: Connection, page: Page, groups: Sequence[NewGroup]) -> None:
    """Say why a page cannot be saved so.

    Raises:
        UserError: the slug is taken, a group is not of this page, a monitor does not exist, or it is
            somebody else's and not on the page yet.
    """
    _refuse_taken(db, page.slug, page.id)
    rows = db.execute("SELECT id FROM page_group WHERE status_page_id = ?", (page.id,))
    known = {number for (number,) in rows}
    named = [group.id for group in groups if group.id is not None]
    if len(set(named)) != len(named) or not known.issuperset(named):
        raise UserError("A group of this page does not exist any more. Load the page again.", extra=_GROUPS)
    _refuse_monitors(db, page, groups)


def refuse_domains(db: Connection, page: Page) -> None:
    """Raise UserError where a host name is that of another page."""
    query = """
        SELECT title, organisation_id
        FROM status_page_cname JOIN status_page ON status_page.id = status_page_id
        WHERE domain = ? AND status_page_id != ?
    """
    for domain in page.domains:
        for title, organisation in db.execute(query, (domain, page.id)):
            other = title if organisation == page.organisation else "?"
            raise UserError(
                "{domain} leads to the status page “{title}”.", domain=domain, title=other, extra=_DOMAINS
            )


def delete_page(db: Connection, page_id: int) -> None:
    """Remove a page with everything that belongs to it."""
    db.execute("DELETE FROM status_page WHERE id = ?", (page_id,))


def _page(row: Sequence[Any], domains: Iterable[str]) -> Page:
    values: dict[str, Any] = {
        name: bool(value) if name in _FLAGS else value
        for name, value in zip(("id", "organisation", *_COLUMNS), row, strict=True)
    }
    return Page(**values, domains=tuple(domains))


def _stored(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value


def _refuse_taken(db: Connection, slug: str, page_id: int | None) -> None:
    query = "SELECT 1 FROM status_page WHERE slug = ? AND id IS DISTINCT FROM ?"
    if db.execute(query, (slug, page_id)).fetchone():
        raise UserError("Another status page has this slug.", extra={"field": "slug"})


def _refuse_monitors(db: Connection, page: Page, groups: Sequence[NewGroup]) -> None:
    """Nobody makes the monitors of another organisation public."""
    query = """
        SELECT id FROM monitor WHERE organisation_id = ? OR id IN (
            SELECT monitor_id FROM monitor_group JOIN page_group ON page_group.id = group_id
            WHERE status_page_id = ?
        ) OR id IN (
            SELECT monitor_id FROM page_component_monitor
            JOIN page_component ON page_component.id = component_id
            JOIN page_group ON page_group.id = group_id WHERE status_page_id = ?
        )
    """
    own = {row[0] for row in db.execute(query, (page.organisation, page.id, page.id))}
    named = {member.monitor_id for group in groups for member in group.members}
    named |= {
        number for group in groups for component in group.components or () for number in component.monitors
    }
    if not named <= own:
        raise UserError("A monitor of this page does not exist any more. Load the page again.", extra=_GROUPS)


def _save_domains(db: Connection, page: Page) -> None:
    """A domain that another page has moves here."""
    db.execute("DELETE FROM status_page_cname WHERE status_page_id = ?", (page.id,))
    for domain in page.domains:
        db.execute("DELETE FROM status_page_cname WHERE domain = ?", (domain,))
        db.execute("INSERT INTO status_page_cname (status_page_id, domain) VALUES (?, ?)", (page.id, domain))


# --- Groups ------------------------------------------------------------------------------------------------


def groups_of_pages(db: Connection) -> dict[int, list[Group]]:
    """Page → its groups, in their order."""
    components = component_store.read_all(db)
    members: dict[int, list[Member]] = {}
    query = f"SELECT group_id, {', '.join(_MEMBER)} FROM monitor_group ORDER BY weight, id"  # noqa: S608
    for group_id, *values in db.execute(query):
        members.setdefault(group_id, []).append(_member(values))
    groups: dict[int, list[Group]] = {}
    query = "SELECT id, status_page_id, name, weight, public FROM page_group ORDER BY weight, id"
    for group_id, page_id, name, weight, public in db.execute(query):
        own, combined = tuple(members.get(group_id, ())), tuple(components.get(group_id, ()))
        group = Group(group_id, name, weight, own, bool(public), combined)
        groups.setdefault(page_id, []).append(group)
    return groups


def _member(values: Sequence[Any]) -> Member:
    monitor_id, send_url, custom_url, show_certificate, show_tags, show_ping = values
    return Member(
        monitor_id,
        bool(send_url),
        custom_url,
        None if show_certificate is None else bool(show_certificate),
        None if show_tags is None else bool(show_tags),
        bool(show_ping),
    )


def _save_groups(db: Connection, page_id: int, groups: Sequence[NewGroup]) -> list[int]:
    rows = db.execute("SELECT id FROM page_group WHERE status_page_id = ?", (page_id,))
    left = {int(str(number)) for (number,) in rows}
    ids = []
    for weight, group in enumerate(groups, 1):
        group_id = _save_group(db, page_id, group, weight)
        left.discard(group_id)
        _save_members(db, group_id, group.members)
        ids.append(group_id)
    wanted = [(number, group.components) for number, group in zip(ids, groups, strict=True)]
    component_store.save(db, page_id, wanted)
    db.executemany("DELETE FROM page_group WHERE id = ?", [(group_id,) for group_id in left])
    return ids


def _save_group(db: Connection, page_id: int, group: NewGroup, weight: int) -> int:
    if group.id is None:
        return sql.insert(
            db,
            "INSERT INTO page_group (status_page_id, name, weight) VALUES (?, ?, ?)",
            (page_id, group.name, weight),
        )
    query = "UPDATE page_group SET name = ?, weight = ?, public = 1 WHERE id = ?"
    db.execute(query, (group.name, weight, group.id))
    return group.id


def _save_members(db: Connection, group_id: int, members: Sequence[Member]) -> None:
    db.execute("DELETE FROM monitor_group WHERE group_id = ?", (group_id,))
    for weight, member in enumerate(members, 1):
        values = [_stored(value) for value in member]
        db.execute(
            f"INSERT INTO monitor_group (group_id, weight, {', '.join(_MEMBER)}) VALUES"  # noqa: S608
            f" (?, ?, {', '.join('?' * len(_MEMBER))})",
            (group_id, weight, *values),
        )


# --- Incidents ---------------------------------------------------------------------------------------------


def shown_incidents(db: Connection, page_id: int) -> list[Incident]:
    """What visitors see at the top of a page, newest first."""
    query = f"""
        SELECT {_INCIDENT} FROM incident WHERE status_page_id = ? AND pin = 1 AND active = 1
        ORDER BY created_date DESC, id DESC
    """  # noqa: S608 - own column names
    return [_incident(row) for row in db.execute(query, (page_id,))]


def past_incidents(db: Connection, page_id: int, count: int) -> list[Incident]:
    """The newest of those that are not at the top of a page."""
    query = f"""
        SELECT {_INCIDENT} FROM incident WHERE status_page_id = ? AND (pin = 0 OR active = 0)
        ORDER BY created_date DESC, id DESC LIMIT ?
    """  # noqa: S608 - own column names
    return [_incident(row) for row in db.execute(query, (page_id, count))]


def incident_page(
    db: Connection, page_id: int, cursor: Cursor | None, count: int
) -> tuple[list[Incident], int]:
    """The newest `count` incidents after the cursor, and how many there are in all."""
    total: int = sql.value(db, "SELECT count(*) FROM incident WHERE status_page_id = ?", (page_id,))
    after = "" if cursor is None else "AND (created_date, id) < (?, ?)"
    query = f"""
        SELECT {_INCIDENT} FROM incident WHERE status_page_id = ? {after}
        ORDER BY created_date DESC, id DESC LIMIT ?
    """  # noqa: S608 - own column names
    values = (page_id, *(cursor or ()), count)
    return [_incident(row) for row in db.execute(query, values)], total


def find_incident(db: Connection, page_id: int, incident_id: int) -> Incident | None:
    """An incident of a page."""
    query = f"SELECT {_INCIDENT} FROM incident WHERE id = ? AND status_page_id = ?"  # noqa: S608
    row = db.execute(query, (incident_id, page_id)).fetchone()
    return _incident(row) if row else None


def insert_incident(db: Connection, incident: Incident) -> Incident:
    """A new incident; returns it with its id."""
    number = sql.insert(
        db,
        f"INSERT INTO incident ({_CONTENT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        tuple(_stored(value) for value in astuple(incident)[1:]),
    )
    return replace(incident, id=number)


def update_incident(db: Connection, incident: Incident) -> None:
    """Write what can change of an incident."""
    db.execute(
        "UPDATE incident SET title = ?, content = ?, style = ?, last_updated_date = ?, pin = ?, active = ?"
        " WHERE id = ?",
        (
            incident.title,
            incident.content,
            incident.style,
            incident.updated,
            int(incident.pin),
            int(incident.active),
            incident.id,
        ),
    )


def unpin_incidents(db: Connection, page_id: int) -> None:
    """Take all incidents off the top of a page."""
    db.execute("UPDATE incident SET pin = 0 WHERE pin = 1 AND status_page_id = ?", (page_id,))


def delete_incident(db: Connection, incident_id: int) -> None:
    """Remove an incident."""
    db.execute("DELETE FROM incident WHERE id = ?", (incident_id,))


def _incident(row: Sequence[Any]) -> Incident:
    number, page_id, title, content, style, created, updated, pin, active = row
    return Incident(number, page_id, title, content, style, created, updated, bool(pin), bool(active))
