"""Labels of containers as monitors: `kuma-lite.<id>.<type>.<field>`, and AutoKuma's `kuma.…`. Pure.

kuma-lite.shop.http.url: https://shop.example/
kuma-lite.shop.http.parent_name: sites
kuma-lite.sites.group.name: Sites
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct, field

from kuma_lite.core.patterns import pattern

PREFIXES: Final = ("kuma-lite.", "kuma.")
MAX_VALUE_CHARS: Final = 10_000
MAX_LABELS: Final = 1_000  # of one container
TAG_COLOUR: Final = "#4B5563"
_ID: Final = pattern(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,99}", re.ASCII)
_PLACEHOLDER: Final = pattern(r"\{\{\s*(\w+)\s*\}\}", re.ASCII)
_SNIPPET: Final = "__"  # AutoKuma's: a text of its own settings
_LISTS: Final = frozenset({"tags", "tag_names", "notifications", "notification_name_list", "accepted",
                           "accepted_statuscodes", "accepted_status_codes"})  # fmt: skip
# What AutoKuma calls otherwise.
_NAMES: Final = {
    "parent_name": "parent",
    "group_name": "parent",
    "tag_names": "tags",
    "notification_name_list": "notifications",
    "accepted_status_codes": "accepted",
    "docker_host_name": "host",
}
_NOT_HERE: Final = frozenset({"notification", "docker_host", "status_page", "maintenance"})


class Container(Struct, frozen=True):
    """What a daemon says of one; `id` is its own, names have no slash in front."""

    id: str
    name: str
    image: str
    labels: Mapping[str, str]


class Labelled(Struct):
    """What the labels of all containers of a host come to.

    Args:
        monitors: id → document, as in configuration files; other labelled things are named by their ids.
        tags: name → document.
        problems: container → what is wrong with its labels.
        faulty: ids that are there, but cannot be read: what was made of them stays as it is.
    """

    monitors: dict[str, dict[str, Any]] = field(default_factory=dict)
    tags: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    faulty: set[str] = field(default_factory=set)
    owners: dict[str, str] = field(default_factory=dict)  # id → container

    def refuse(self, key: str, sentence: str) -> None:
        """Leave out one, and what is in it, as something is wrong with it."""
        if self.monitors.pop(key, None) is None:
            return
        self.faulty.add(key)
        self.problems.setdefault(self.owners.get(key, ""), sentence)
        for other in [one for one, document in self.monitors.items() if document.get("parent") == key]:
            self.refuse(other, f"{other}: its group {key} could not be made")


def read(containers: Sequence[Container], host: str, knows: Callable[[str], bool]) -> Labelled:
    """All of them.

    Args:
        containers: of one host.
        host: its name, for monitors of containers.
        knows: whether there is a type of monitors of that name.
    """
    found = Labelled()
    for container in sorted(containers, key=lambda one: one.name):
        for key, (kind, fields) in _grouped(container, found).items():
            if kind == "tag":
                name = str(fields.get("name") or key)
                found.tags[name] = {"color": str(fields.get("color") or TAG_COLOUR)}
                continue
            _add(found, container, key, _document(container, key, kind, fields, host), knows)
    _look_at_parents(found)
    return found


def _grouped(container: Container, found: Labelled) -> dict[str, tuple[str, dict[str, Any]]]:
    """Id → type and fields."""
    things: dict[str, tuple[str, dict[str, Any]]] = {}
    for label, text in _ours(container):
        words = label.split(".", 2)
        if words[0].startswith(_SNIPPET):
            found.problems.setdefault(container.name, f"{label}: snippets are not known here")
            continue
        if len(words) != 3 or not _ID.fullmatch(words[0]):
            found.problems.setdefault(container.name, f"{label}: a label is written as in shop.http.url")
            continue
        key, kind, name = words[0], words[1].replace("_", "-"), words[2]
        if kind.replace("-", "_") in _NOT_HERE:
            found.problems.setdefault(container.name, f"{label}: only monitors and tags are made by labels")
            continue
        before = things.setdefault(key, (kind, {}))
        if before[0] != kind:
            found.problems.setdefault(container.name, f"{key} is of two types, {before[0]} and {kind}")
            found.faulty.add(key)
            continue
        before[1][_NAMES.get(name, name)] = _value(name, _filled(text, container))
    return {key: thing for key, thing in things.items() if key not in found.faulty}


def _ours(container: Container) -> Iterator[tuple[str, str]]:
    """Labels without their prefix, our own last: they win."""
    for prefix in reversed(PREFIXES):
        for label in sorted(container.labels)[:MAX_LABELS]:
            if label.startswith(prefix):
                yield label.removeprefix(prefix), container.labels[label][:MAX_VALUE_CHARS]


def _document(
    container: Container, key: str, kind: str, fields: Mapping[str, Any], host: str
) -> dict[str, Any]:
    document = {"name": key, "type": kind, **fields}
    if kind == "docker":
        document.setdefault("container", document.pop("docker_container", container.name))
        document["host"] = host
    if document.pop("create_paused", None) in ("true", "1"):
        document.setdefault("active", False)
    tags = document.get("tags")
    if isinstance(tags, list):
        document["tags"] = [_tag(one) for one in tags]
    return document


def _add(
    found: Labelled,
    container: Container,
    key: str,
    document: dict[str, Any],
    knows: Callable[[str], bool],
) -> None:
    if not knows(document["type"]):
        found.faulty.add(key)
        found.problems.setdefault(container.name, f"{key}: there is no type {document['type']}")
        return
    if found.monitors.setdefault(key, document) != document:  # replicas say the same
        other = found.owners[key]
        found.problems.setdefault(container.name, f"{key}: {other} has another monitor of this id")
        return
    found.owners.setdefault(key, container.name)


def _look_at_parents(found: Labelled) -> None:
    """No group is within itself; what is faulty takes with it what it holds."""
    for key in list(found.monitors):
        seen, at = [key], found.monitors.get(key, {}).get("parent")
        while isinstance(at, str) and at in found.monitors and at not in seen:
            seen.append(at)
            at = found.monitors[at].get("parent")
        if at in seen:
            found.refuse(key, f"{key}: it is in a group that is in it")
        elif at in found.faulty:
            found.refuse(key, f"{key}: its group {at} could not be made")


def _tag(one: Any) -> dict[str, str]:
    """`team=blue`, or `{"name": "team", "value": "blue"}`."""
    if isinstance(one, Mapping):
        return {"tag": str(one.get("tag") or one.get("name") or ""), "value": str(one.get("value") or "")}
    name, _, value = str(one).partition("=")
    return {"tag": name.strip(), "value": value.strip()}


def _value(name: str, text: str) -> Any:
    """A text; a list where the field is one, as JSON or with commas between."""
    if name not in _LISTS:
        return text
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, list):
        return found
    return [part for word in text.split(",") if (part := word.strip())]


def _filled(text: str, container: Container) -> str:
    """With AutoKuma's placeholders: `{{container_name}}`."""
    known = {
        "container_name": container.name,
        "container_id": container.id,
        "image": container.image,
        "image_name": container.image,
    }
    return _PLACEHOLDER.sub(lambda match: known.get(match[1], match[0]), text)
