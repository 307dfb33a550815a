"""The monitors of a server as commands see them: read over its API, filtered, found by their names."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from kuma_lite.cli.remote import Remote, add_remote_options
from kuma_lite.core.errors import UserError

API: Final = "/api/v1"
STATES: Final = ("up", "down", "pending", "maintenance", "paused")
_PER_PAGE: Final = 1_000
_SEVERAL: Final = "“{name}” may be each of these; say its number: {which}."
_TARGETS: Final = ("url", "hostname", "database_connection_string", "docker_container")
MOST_NAMED: Final = 10  # in a sentence


@dataclass(frozen=True)
class Watched:
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


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Which monitors, and which server."""
    parser.add_argument(
        "--tag", action="append", metavar="NAME[=VALUE]", help="only those that have this tag"
    )
    parser.add_argument("--group", action="append", metavar="NAME", help="only those in this group")
    parser.add_argument("--state", action="append", choices=STATES, help="only those that are so")
    parser.add_argument("--type", action="append", metavar="TYPE", help="only those of this type")
    add_remote_options(parser)


def add_output(parser: argparse.ArgumentParser) -> None:
    """How the answer is written."""
    parser.add_argument("--json", action="store_true", help="print JSON, for scripts")


def all_of(remote: Remote, what: str) -> Iterator[dict[str, Any]]:
    """Everything of a list of the API, page by page. Raises UserError."""
    cursor = None
    while True:
        query = {"limit": str(_PER_PAGE), **({"cursor": cursor} if cursor else {})}
        answer = remote.get(f"{API}/{what}?{urlencode(query)}")
        yield from answer["data"]
        cursor = answer["next_cursor"]
        if not cursor:
            return


def read(remote: Remote) -> list[Watched]:
    """All monitors, each group before what is in it. Raises UserError."""
    tags = {tag["id"]: str(tag["name"]) for tag in all_of(remote, "tags")}
    bodies = list(all_of(remote, "monitors"))
    return [_watched(body, path, tags) for body, path in _in_order(bodies)]


def chosen(options: argparse.Namespace, monitors: Sequence[Watched]) -> list[Watched]:
    """Those that fit all filters; of several values of one filter, any."""
    known = {one.name for one in monitors if one.type == "group"}
    for name in options.group or ():
        if name not in known:
            raise UserError("There is no group called “{name}”.", name=name)
    return [one for one in monitors if _fits(options, one)]


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
            which = ", ".join(f"{one.id} ({'/'.join(one.path)})" for one in found[:MOST_NAMED])
            raise UserError(_SEVERAL, name=name, which=which)
    raise UserError("There is no monitor called “{name}”.", name=name)


def one(what: str, key: Any, verb: str = "") -> str:
    """The path of one thing, or of what is done with it."""
    return f"{API}/{what}/{quote(str(key), safe='')}{f'/{verb}' if verb else ''}"


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


def _fits(options: argparse.Namespace, one: Watched) -> bool:
    return (
        (not options.tag or any(_tagged(one, tag) for tag in options.tag))
        and (not options.group or any(name in one.path[:-1] for name in options.group))
        and (not options.state or one.status in options.state)
        and (not options.type or one.type in options.type)
    )


def _tagged(one: Watched, wanted: str) -> bool:
    name, has_value, value = wanted.partition("=")
    return any(tag == name and (not has_value or value == its) for tag, its in one.tags)
