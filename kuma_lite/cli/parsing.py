"""The parser of all commands; options of a command are known when its module was imported."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Collection
from typing import Final

from kuma_lite import __version__
from kuma_lite.cli.commands import COMMANDS, Command

PROGRAM: Final = "kuma-lite"
DESCRIPTION: Final = "One small process that watches everything you run."


def make_parser(wanted: Collection[str]) -> argparse.ArgumentParser:
    """The parser, with the options of the `wanted` commands: those of others need imports for nothing."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description=DESCRIPTION,
        epilog=f"“{PROGRAM} COMMAND --help” tells the options of a command, with examples.",
    )
    parser.add_argument("-V", "--version", action="version", version=f"{PROGRAM} {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        line = command.help
        sub = commands.add_parser(
            name,
            help=line,
            description=line[0].upper() + line[1:] + ".",
            epilog=_examples(command),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if name in wanted:
            module = importlib.import_module(f"kuma_lite.cli.{command.module or name}")
            module.add_arguments(sub)
            sub.set_defaults(run=module.run)
    return parser


def _examples(command: Command) -> str:
    lines = [f"  {line}{f'  # {what}' if what else ''}" for line, what in command.examples]
    return "\n".join(["examples:", *lines]) if lines else ""
