"""Uptime Kuma 1: the JSON file that its settings page wrote as a backup."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from kuma_lite.checks import monitor_types
from kuma_lite.config_files.reading import escaped
from kuma_lite.core.resource_documents import fields_of
from kuma_lite.core.sentences import said
from kuma_lite.foreign.model import MONITORS, NOTIFICATIONS, TAGS, Converted
from kuma_lite.foreign.values import listing, mapping, raw_text, switch, text, whole, with_space
from kuma_lite.monitors.document.common_options import MonitorOptions
from kuma_lite.monitors.document.from_kuma import read_row

NAME: Final = "Uptime Kuma 1 (backup)"
# Numbers of other things; what has its own place in documents, or is only told.
_ELSEWHERE: Final = frozenset(
    {"id", "user_id", "name", "type", "parent", "proxyId", "notificationIDList", "tags", "docker_host",
     "active", "forceInactive", "pathName", "path", "childrenIDs", "maintenance", "screenshot",
     "includeSensitiveData", "remote_browser"}
)  # fmt: skip


def recognised(value: Any) -> bool:
    """Whether a parsed file is such a backup."""
    return isinstance(mapping(value).get("monitorList"), list)


def convert(value: Any) -> Converted:
    """Everything in it; beats are not in such a file."""
    root, found = mapping(value), Converted(NAME)
    channels = {
        number: key
        for given in listing(root.get("notificationList"))
        if (key := _notification(mapping(given), found)) and (number := whole(mapping(given).get("id")))
    }
    for given in listing(root.get("proxyList")):
        proxy = mapping(given)
        found.omit(
            f"proxy “{text(proxy.get('host'))}”", "", said("make it under Settings → Proxies, and choose it")
        )
    monitors = [mapping(given) for given in listing(root.get("monitorList"))]
    names: dict[int, str] = {}
    for one in _groups_first(monitors):
        key = _monitor(one, names, channels, found)
        if (number := whole(one.get("id"))) is not None and key is not None:
            names[number] = key
    return found


def _groups_first(monitors: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Each after the group that it is in, whatever the order of the file is."""
    parents = {whole(one.get("id")): whole(one.get("parent")) for one in monitors}

    def depth(one: Mapping[str, Any]) -> int:
        seen: set[int | None] = set()
        parent = whole(one.get("parent"))
        while parent is not None and parent not in seen:
            seen.add(parent)
            parent = parents.get(parent)
        return len(seen)

    return sorted(monitors, key=depth)


def _notification(given: Mapping[str, Any], found: Converted) -> str | None:
    name = with_space(given.get("name"))
    try:
        config = mapping(json.loads(raw_text(given.get("config"))))
    except (ValueError, RecursionError):
        found.omit(f"notification “{name}”", "", said("its settings are not readable"))
        return None
    fields = {raw_text(key): escaped(value) for key, value in config.items()}
    for key in ("id", "name", "applyExisting", "isDefault", "active", "userId", "user_id"):
        fields.pop(key, None)
    if switch(given.get("isDefault")):
        fields["isDefault"] = True
    return found.add(NOTIFICATIONS, name, fields)


def _monitor(
    given: Mapping[str, Any], names: Mapping[int, str], channels: Mapping[int, str], found: Converted
) -> str | None:
    name, kind = with_space(given.get("name")), raw_text(given.get("type"))
    where = f"monitor “{name}”"
    known = {one.name: one for one in monitor_types()}
    if kind not in known:
        found.omit(where, f"type {kind}", said("there is no such type of monitor"))
        return None
    wire, unread = read_row({key: value for key, value in given.items() if key not in _ELSEWHERE})
    for key in unread:
        found.omit(where, key, said("it is not readable"))
    fields = {key: field.name for key, field in fields_of((MonitorOptions, known[kind].options)).items()}
    told = [channels[number] for number in _told(given.get("notificationIDList")) if number in channels]
    parent = whole(given.get("parent"))
    document = {
        "type": kind,
        "parent": names.get(parent) if parent is not None else None,
        "active": None if switch(given.get("active"), default=True) else False,
        **{fields[key]: escaped(value) for key, value in wire.items() if key in fields},
        "notifications": told,
        "tags": _tags(given, found),
    }
    if whole(given.get("proxyId")):
        found.omit(where, "proxy", said("choose one here"))
    if whole(given.get("docker_host")):
        found.omit(where, "docker_host", said("the backup does not say which one that is"))
    return found.add(MONITORS, name, document)


def _told(value: Any) -> list[int]:
    numbers = [whole(key) for key, on in mapping(value).items() if switch(on)]
    return [number for number in numbers if number is not None]


def _tags(given: Mapping[str, Any], found: Converted) -> list[dict[str, str]]:
    listed = []
    for one in listing(given.get("tags")):
        tag = mapping(one)
        if name := with_space(tag.get("name")):
            listed += found.tags({name: text(tag.get("value"))})
            if colour := text(tag.get("color")):
                found.documents[TAGS][name] = {"color": colour}
    return listed
