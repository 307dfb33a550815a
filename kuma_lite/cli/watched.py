"""The monitors of a server for commands: read over its API, filtered."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from kuma_lite.assistants.watched import API, PER_PAGE, STATES, Watched, find, tagged, watched
from kuma_lite.cli.remote import Remote, add_remote_options
from kuma_lite.core.errors import UserError

__all__ = ["API", "STATES", "Watched", "add_filters", "add_output", "all_of", "chosen", "find", "one", "read"]


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
        query = {"limit": str(PER_PAGE), **({"cursor": cursor} if cursor else {})}
        answer = remote.get(f"{API}/{what}?{urlencode(query)}")
        yield from answer["data"]
        cursor = answer["next_cursor"]
        if not cursor:
            return


def read(remote: Remote) -> list[Watched]:
    """All monitors, each group before what is in it. Raises UserError."""
    return watched(list(all_of(remote, "tags")), list(all_of(remote, "monitors")))


def chosen(options: argparse.Namespace, monitors: Sequence[Watched]) -> list[Watched]:
    """Those that fit all filters; of several values of one filter, any."""
    known = {one.name for one in monitors if one.type == "group"}
    for name in options.group or ():
        if name not in known:
            raise UserError("There is no group called “{name}”.", name=name)
    return [one for one in monitors if _fits(options, one)]


def one(what: str, key: Any, verb: str = "") -> str:
    """The path of one thing, or of what is done with it."""
    return f"{API}/{what}/{quote(str(key), safe='')}{f'/{verb}' if verb else ''}"


def _fits(options: argparse.Namespace, one: Watched) -> bool:
    return (
        (not options.tag or any(tagged(one, tag) for tag in options.tag))
        and (not options.group or any(name in one.path[:-1] for name in options.group))
        and (not options.state or one.status in options.state)
        and (not options.type or one.type in options.type)
    )
