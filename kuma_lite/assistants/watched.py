"""The monitors of a server as people see them: from the bodies of the API, found by their names. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from kuma_lite.core.errors import UserError

API: Final = "/api/v1"
STATES: Final = ("up", "down", "pending", "maintenance", "paused")
PER_PAGE: Final = 1_000
_SEVERAL: Final = "“{name}” may be each of these; say its number: {which}."
_TARGETS: Final = ("url", "hostname", "database_connection_string", "docker_container")
_MOST_NAMED: Final = 10  # in a sentence


class Watched(Struct, frozen=True):
    """One monitor.

    Args:
        id: its number.
        name: what people call it.
        path: the names of the groups around it, then its own.
        type: as in files.
        status: a word; None before the first check.
        message: what the last check said.
        ping: milliseconds.
        checked_at: when, ISO 8601.
        tags: name → value.
        target: address, where the type has one.
    """

    id: int
    name: str
    path: tuple[str, ...]
    type: str
    status: str | None
    message: str | None
    ping: float | None
    checked_at: str | None
    tags: Sequence[tuple[str, str]]
    target: str | None

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "id": self.id,
            "name": self.name,
            "path": list(self.path),
            "type": self.type,
            "status": self.status,
            "message": self.message,
            "ping": self.ping,
            "checked_at": self.checked_at,
            "tags": [{"name": name, "value": value} for name, value in self.tags],
            "target": self.target,
        }


def watched(tags: Sequence[Mapping[str, Any]], monitors: Sequence[Mapping[str, Any]]) -> list[Watched]:
    """From the bodies of all tags and monitors; each group comes before what is in it."""
    names = {tag["id"]: str(tag["name"]) for tag in tags}
    return [_watched(body, path, names) for body, path in _in_order(monitors)]


def find(monitors: Sequence[Watched], name: str) -> Watched:
    """One by its name, path (`Shop/Basket`), number, or a part that only it has. Raises UserError."""
    folded = name.casefold()
    ways = (
        [one for one in monitors if name in (one.name, "/".join(one.path))],
        [one for one in monitors if name == str(one.id)],
        [one for one in monitors if folded == one.name.casefold()],
        [one for one in monitors if folded in one.name.casefold()],
    )
    for found in ways:
        if len(found) == 1:
            return found[0]
        if found:
            which = ", ".join(f"{one.id} ({'/'.join(one.path)})" for one in found[:_MOST_NAMED])
            raise UserError(_SEVERAL, name=name, which=which)
    raise UserError("There is no monitor called “{name}”.", name=name)


def tagged(one: Watched, wanted: str) -> bool:
    """Whether it has a tag, `NAME` or `NAME=VALUE`."""
    name, has_value, value = wanted.partition("=")
    return any(tag == name and (not has_value or value == its) for tag, its in one.tags)


def _in_order(bodies: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], tuple[str, ...]]]:
    inside: dict[Any, list[Mapping[str, Any]]] = {}
    known = {body["id"] for body in bodies}
    for body in bodies:
        parent = body.get("parent")
        inside.setdefault(parent if parent in known else None, []).append(body)

    def below(parent: Any, path: tuple[str, ...]) -> Iterator[tuple[Mapping[str, Any], tuple[str, ...]]]:
        for body in sorted(inside.pop(parent, ()), key=lambda body: str(body["name"]).casefold()):
            here = (*path, str(body["name"]))
            yield body, here
            yield from below(body["id"], here)

    yield from below(None, ())


def _watched(body: Mapping[str, Any], path: tuple[str, ...], tags: Mapping[Any, str]) -> Watched:
    state = body.get("state") or {}
    named = [(tags.get(tag.get("tag"), ""), str(tag.get("value") or "")) for tag in body.get("tags") or ()]
    return Watched(
        int(body["id"]),
        path[-1],
        path,
        str(body["type"]),
        state.get("status"),
        state.get("message"),
        state.get("ping"),
        state.get("checked_at"),
        named,
        _target(body),
    )


def _target(body: Mapping[str, Any]) -> str | None:
    for name in _TARGETS:
        if value := body.get(name):
            port = body.get("port") if name == "hostname" else None
            return f"{value}:{port}" if port else str(value)
    return None
