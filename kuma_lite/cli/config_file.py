"""What the commands about configuration files share: reading one, and asking the server about it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from kuma_lite.cli.remote import Refused, Remote
from kuma_lite.core.errors import UserError

if TYPE_CHECKING:
    from kuma_lite.config_files.loading import LoadedFile

_ROUTE: Final = "/api/v1/config"


def add_file_options(parser: argparse.ArgumentParser) -> None:
    """The file, and how it is read."""
    parser.add_argument("file", help="the configuration, as YAML or TOML")
    parser.add_argument(
        "--secrets", metavar="FILE", help="where secrets stand, as “kuma-lite export --secrets” writes it"
    )
    parser.add_argument(
        "--prune", action="store_true", help="remove what this file has made and does not name any more"
    )


class ConfigFile:
    """A configuration file that a server is asked about."""

    def __init__(self, file: LoadedFile, secrets: dict[str, Any]) -> None:
        self._file = file
        self._secrets = secrets

    @classmethod
    def read(cls, path: str, secrets: str | None = None) -> ConfigFile:
        """From disk. Raises UserError with file, line and column."""
        from kuma_lite.config_files.loading import load, load_secrets

        return cls(load(path), load_secrets(secrets) if secrets else {})

    def ask(self, remote: Remote, what: str, *, prune: bool) -> list[dict[str, Any]]:
        """The changes that the server plans or has made. Raises UserError with all that does not fit."""
        body = {
            "file": self._file.given.name,
            "documents": self._file.given.documents,
            "secrets": self._secrets,
            "prune": prune,
        }
        try:
            answer = remote.post(f"{_ROUTE}/{what}", body)
        except Refused as refused:
            problems = refused.document.get("problems") if isinstance(refused.document, dict) else None
            if not problems:
                raise
            raise UserError("{lines}", lines=self._file.located(problems)) from None
        found: list[dict[str, Any]] = answer["changes"]
        return found


def print_plan(changes: Sequence[dict[str, Any]]) -> None:
    """To standard output, coloured on a terminal."""
    from kuma_lite.config_files.printing import plan_lines

    for line in plan_lines(changes, colour=sys.stdout.isatty() and not os.environ.get("NO_COLOR")):
        print(line)
