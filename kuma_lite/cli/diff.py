"""`kuma-lite diff`: what `apply` would do."""

from __future__ import annotations

import argparse

from kuma_lite.cli.config_file import ConfigFile, add_file_options, print_plan
from kuma_lite.cli.exits import DIFFERENT, DONE
from kuma_lite.cli.remote import Remote, add_remote_options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and which server."""
    add_file_options(parser)
    add_remote_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print the plan; nothing is changed."""
    from kuma_lite.config_files.printing import changes_anything

    file = ConfigFile.read(options.file, options.secrets)
    changes = file.ask(Remote.of(options), "plan", prune=options.prune)
    print_plan(changes)
    return DIFFERENT if changes_anything(changes) else DONE
