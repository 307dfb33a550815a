"""What is kept of a page with each save, and how two of them differ. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from kuma_lite.status_pages.component_model import Component
from kuma_lite.status_pages.model import OWN_FIELDS, Document, Group, Member, Page

_TOLD: Final = ("slug", "title", "theme", "published", "autoRefreshInterval")  # with what it was, and is


def draft_of(page: Page, groups: Sequence[Group], servers: Sequence[str]) -> Document:
    """A page as an editor gets it, and sends it back.

    Args:
        page: what is stored.
        groups: those that visitors see, in their order.
        servers: UUIDs of those on the page.
    """
    # What Uptime Kuma does not know as well, chosen or not: a version that is put back takes it back.
    own = {wire: getattr(page, name) for wire, name in OWN_FIELDS.items()}
    config = {key: value for key, value in page.private_config().items() if key not in ("id", "icon")} | own
    return {
        "config": config,
        "logo": page.icon,
        "groups": [group_document(group) for group in groups],
        "servers": list(servers),
    }


def group_document(group: Group) -> Document:
    """A group with everything that can be chosen for its monitors."""
    members = [_member(member) for member in group.members]
    components = [component_document(each) for each in group.components]
    return {"id": group.id, "name": group.name, "monitorList": members, "components": components}


def component_document(component: Component) -> Document:
    """A component with everything that can be chosen for it; what is set by hand is no choice."""
    return {
        "id": component.id,
        "name": component.name,
        "rule": component.rule.value,
        "share": component.share,
        "monitors": list(component.monitors),
    }


def _member(member: Member) -> Document:
    return {
        "id": member.monitor_id,
        "sendUrl": member.send_url,
        "url": member.custom_url,
        "showCertificate": member.show_certificate,
        "showTags": member.show_tags,
        "showPing": member.show_ping,
    }


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Document:
    """What somebody wants to read of a save.

    Returns:
        `{settings: [{name, from, to}], groups: {added, removed, renamed}, monitors: {added, removed},
        moved, components, options, logo, servers}`: names of settings are those of the wire, `from` and `to`
        are there for short ones; groups by their names, monitors by their ids; the rest says whether it has
        changed.
    """
    old, new = before["config"], after["config"]
    settings = [
        {"name": key, **({"from": old.get(key), "to": new.get(key)} if key in _TOLD else {})}
        for key in {**old, **new}
        if old.get(key) != new.get(key)
    ]
    were, are = _by_id(before["groups"]), _by_id(after["groups"])
    had, has = _members(before["groups"]), _members(after["groups"])
    stayed = set(had) & set(has)
    return {
        "settings": settings,
        "groups": {
            "added": [name for key, name in are.items() if key not in were],
            "removed": [name for key, name in were.items() if key not in are],
            "renamed": [[were[key], name] for key, name in are.items() if were.get(key, name) != name],
        },
        "monitors": {
            "added": [number for number in has if number not in had],
            "removed": [number for number in had if number not in has],
        },
        "moved": _places(before["groups"], stayed) != _places(after["groups"], stayed)
        or [key for key in were if key in are] != [key for key in are if key in were],
        "components": _components(before["groups"]) != _components(after["groups"]),
        "options": any(had[number] != has[number] for number in stayed),
        "logo": before["logo"] != after["logo"],
        "servers": before["servers"] != after["servers"],
    }


def _by_id(groups: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    return {group["id"]: group["name"] for group in groups}


def _members(groups: Sequence[Mapping[str, Any]]) -> dict[int, Mapping[str, Any]]:
    return {member["id"]: member for group in groups for member in group["monitorList"]}


def _components(groups: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Versions from before there were any have none."""
    return [(group["id"], each) for group in groups for each in group.get("components", ())]


def _places(groups: Sequence[Mapping[str, Any]], of: set[int]) -> list[tuple[int, int]]:
    """Where monitors stand, those alone that are asked about."""
    members = ((group["id"], member["id"]) for group in groups for member in group["monitorList"])
    return [place for place in members if place[1] in of]
