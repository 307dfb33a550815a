"""`kuma-lite ls`: the monitors of a server."""

from __future__ import annotations

import argparse
from typing import Final

from kuma_lite.cli.exits import DONE
from kuma_lite.cli.remote import Remote
from kuma_lite.cli.tables import look, print_json, table
from kuma_lite.cli.watched import Watched, add_filters, add_output, chosen, read

HEAD: Final = ("ID", "STATE", "NAME", "TYPE", "PING", "TARGET", "MESSAGE")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which ones, and how they are shown."""
    parser.add_argument("part", nargs="*", metavar="PART", help="a part of the name; any of them has to fit")
    parser.add_argument("--names", action="store_true", help="print the names alone, one a line")
    add_output(parser)
    add_filters(parser)


def run(options: argparse.Namespace) -> int:
    """Print them."""
    parts = [part.casefold() for part in options.part]
    found = [
        one
        for one in chosen(options, read(Remote.of(options)))
        if not parts or any(part in one.name.casefold() for part in parts)
    ]
    if options.json:
        print_json([one.as_json() for one in found])
    elif options.names:
        print("".join(f"{one.name}\n" for one in found), end="")
    else:
        for line in table(HEAD, [row(one) for one in found], look()):
            print(line)
    return DONE


def row(one: Watched) -> tuple[str, ...]:
    """As the table has it; what is in a group stands to the right of it."""
    return (
        str(one.id),
        one.status or "-",
        "  " * (len(one.path) - 1) + one.name,
        one.type,
        "" if one.ping is None else f"{one.ping:.0f} ms",
        one.target or "",
        one.message or "",
    )
