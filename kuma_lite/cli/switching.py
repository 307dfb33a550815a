"""What `pause` and `resume` share: which monitors, and doing it to each."""

from __future__ import annotations

import argparse
from typing import Final

from kuma_lite.cli.exits import DONE
from kuma_lite.cli.remote import Remote
from kuma_lite.cli.watched import Watched, add_filters, chosen, find, one, read
from kuma_lite.core.errors import UserError

_WHICH: Final = "Say which monitors: by names, or by --tag, --group, --state and --type, or with --all."


def add_names(parser: argparse.ArgumentParser) -> None:
    """Monitors by their names or by filters."""
    parser.add_argument(
        "monitor", nargs="*", metavar="NAME", help="name, path (Group/Name), number or a part of the name"
    )
    parser.add_argument("--all", action="store_true", help="all there are")
    add_filters(parser)


def named(options: argparse.Namespace, monitors: list[Watched]) -> list[Watched]:
    """Those that a person means; all names have to be right before anything is done. Raises UserError."""
    filtered = bool(options.tag or options.group or options.state or options.type)
    if bool(options.monitor) + filtered + bool(options.all) != 1:
        raise UserError(
            "Say which monitors: by their names, or by --tag, --group, --state, --type, or --all."
        )
    if options.monitor:
        return list(
            {found.id: found for found in (find(monitors, name) for name in options.monitor)}.values()
        )
    return chosen(options, monitors)


def switch(options: argparse.Namespace, verb: str, done: str) -> int:
    """Do it, and say to which."""
    remote = Remote.of(options)
    found = named(options, read(remote))
    for monitor in found:
        remote.post(one("monitors", monitor.id, verb), {})
    names = ", ".join(monitor.name for monitor in found)
    print(f"{done}: {names}." if found else "There are none.")
    return DONE
