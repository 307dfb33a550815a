"""`kuma-lite apply`: make a server as a file says."""

from __future__ import annotations

import argparse
import sys

from kuma_lite.cli.config_file import ConfigFile, add_file_options, print_plan
from kuma_lite.cli.remote import Remote, add_remote_options
from kuma_lite.core.errors import UserError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and which server."""
    add_file_options(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask first")
    add_remote_options(parser)


def run(options: argparse.Namespace) -> int:
    """Show the plan, ask, do it."""
    file, remote = ConfigFile.read(options.file, options.secrets), Remote.of(options)
    return confirm_and_apply(file, remote, prune=options.prune, ask=not options.yes)


def confirm_and_apply(
    file: ConfigFile, remote: Remote, *, prune: bool, ask: bool, only_plan: bool = False
) -> int:
    """Show the plan, and unless that is all, ask and do it. Raises UserError."""
    from kuma_lite.config_files.printing import changes_anything, counted

    changes = file.ask(remote, "plan", prune=prune)
    print_plan(changes)
    if only_plan or not changes_anything(changes):
        return 0
    if ask:
        _confirm()
    done = file.ask(remote, "apply", prune=prune)
    print(f"Done: {counted(done, done=True)}.")
    return 0


def _confirm() -> None:
    """Raises UserError unless a person says yes."""
    if not sys.stdin.isatty():
        raise UserError("Nothing was changed: without a terminal to ask on, say --yes.")
    if input("Do this? (yes/no) ").strip().lower() not in ("y", "yes"):
        raise UserError("Nothing was changed.")
