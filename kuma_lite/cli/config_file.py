"""What the commands about configuration files share: reading one, and asking the server about it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kuma_lite.cli.remote import Refused, Remote
from kuma_lite.core.errors import UserError

if TYPE_CHECKING:
    from kuma_lite.config_files.reading import Given
    from kuma_lite.config_files.texts import Parsed

MAX_FILE_BYTES: Final = 16_000_000
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
    """A configuration file of a person."""

    def __init__(self, path: str, given: Given, parsed: Parsed, secrets: dict[str, Any]) -> None:
        self._path = path
        self._given = given
        self._parsed = parsed
        self._secrets = secrets

    @classmethod
    def read(cls, path: str, secrets: str | None = None) -> ConfigFile:
        """From disk. Raises UserError with file, line and column."""
        from kuma_lite.config_files.reading import given
        from kuma_lite.config_files.texts import parse

        folder = Path(path).parent
        parsed = parse(_text(path), path)
        found = given(parsed, Path(path).name, os.environ, lambda name: _content(folder / name))
        known = parse(_text(secrets), secrets).value if secrets else {}
        if not isinstance(known, dict):
            raise UserError("{file} must be a mapping of secrets.", file=secrets)
        return cls(path, found, parsed, known)

    def ask(self, remote: Remote, what: str, *, prune: bool) -> list[dict[str, Any]]:
        """The changes that the server plans or has made. Raises UserError with all that does not fit."""
        body = {
            "file": self._given.name,
            "documents": self._given.documents,
            "secrets": self._secrets,
            "prune": prune,
        }
        try:
            answer = remote.post(f"{_ROUTE}/{what}", body)
        except Refused as refused:
            raise self._located(refused) from None
        found: list[dict[str, Any]] = answer["changes"]
        return found

    def _located(self, refused: Refused) -> UserError:
        """What the server refuses, where it stands in the file."""
        from kuma_lite.config_files.reading import located

        problems = refused.document.get("problems") if isinstance(refused.document, dict) else None
        if not problems:
            return refused
        lines = []
        for problem in problems:
            kind, key, field = problem["kind"], problem["key"], problem["field"]
            path = self._given.origins.get((kind, key), (kind, key) if key else (kind,))
            path = (*path, *field.replace("[]", "").split(".")) if field else path
            where = located(self._path, path, self._parsed.place(path))
            what = f"{kind} “{key}”: " if key else ""
            lines.append(f"{where}: {what}{problem['message']}")
        return UserError("{lines}", lines="\n".join(lines))


def print_plan(changes: Sequence[dict[str, Any]]) -> None:
    """To standard output, coloured on a terminal."""
    from kuma_lite.config_files.printing import plan_lines

    for line in plan_lines(changes, colour=sys.stdout.isatty() and not os.environ.get("NO_COLOR")):
        print(line)


def _text(path: str) -> str:
    try:
        return _content(Path(path))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UserError("{file} cannot be read: {reason}.", file=path, reason=reason) from None
    except ValueError as error:
        raise UserError("{file}: {reason}.", file=path, reason=error) from None


def _content(path: Path) -> str:
    """Raises OSError, ValueError."""
    with path.open("rb") as file:
        content = file.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise ValueError(f"it is larger than {MAX_FILE_BYTES // 1_000_000} MB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("it is no UTF-8") from None
