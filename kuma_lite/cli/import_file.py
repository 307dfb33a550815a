"""`kuma-lite import FILE` of another program: converted, shown, and applied as a configuration file."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kuma_lite.cli.exits import DONE
from kuma_lite.cli.remote import add_remote_options

if TYPE_CHECKING:
    from kuma_lite.foreign.model import Converted

_HEAD: Final = "# Written by “kuma-lite import --print” from a file of {source}.\n"


def add_foreign_options(parser: argparse.ArgumentParser) -> None:
    """What is done with a file of another program."""
    group = parser.add_argument_group(
        "a file of Gatus, blackbox_exporter, Healthchecks, UptimeRobot, or a backup"
    )
    group.add_argument("--print", action="store_true", help="only print it as our configuration file")
    group.add_argument("--dry-run", action="store_true", help="only show the plan")
    group.add_argument("--yes", action="store_true", help="do not ask first")
    group.add_argument("--modules", metavar="FILE", help="the blackbox.yml of a prometheus.yml")
    add_remote_options(parser)


def run_foreign(options: argparse.Namespace) -> int:
    """Convert it, say what has no equal, and print, plan or apply the rest."""
    from kuma_lite.config_files.loading import text_of
    from kuma_lite.foreign.recognise import as_file, convert

    name = Path(options.path).name
    modules = text_of(options.modules) if options.modules else None
    converted = convert(text_of(options.path), name, modules)
    text = _HEAD.format(source=converted.source) + as_file(converted, name)
    _tell(converted)
    if options.print:
        print(text, end="")
        return DONE
    return _apply(options, name, text)


def _tell(converted: Converted) -> None:
    """What was taken over and what was not, on standard error: the rest may go into a file."""
    counts = ", ".join(f"{len(things)} {plural}" for plural, things in converted.ordered())
    print(f"{converted.source}: {counts or 'nothing that has an equal'}.", file=sys.stderr)
    if converted.left_out:
        print("No equal here:", file=sys.stderr)
        for one in converted.left_out:
            print(f"  {one}", file=sys.stderr)


def _apply(options: argparse.Namespace, name: str, text: str) -> int:
    from kuma_lite.cli.apply import confirm_and_apply
    from kuma_lite.cli.config_file import ConfigFile
    from kuma_lite.cli.remote import Remote
    from kuma_lite.config_files.loading import loaded

    folder = Path(options.path).parent
    file = ConfigFile(loaded(f"{name}, as --print shows it", text, name, folder, os.environ), {})
    return confirm_and_apply(
        file, Remote.of(options), prune=False, ask=not options.yes, only_plan=options.dry_run
    )
