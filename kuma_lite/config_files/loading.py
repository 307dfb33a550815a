"""A configuration file on disk."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kuma_lite.config_files.reading import Given, given, located
from kuma_lite.config_files.texts import Parsed, parse
from kuma_lite.core.errors import UserError

MAX_FILE_BYTES: Final = 16_000_000


@dataclass
class LoadedFile:
    """A file with what it says and where."""

    path: str
    given: Given
    parsed: Parsed

    def located(self, problems: Iterable[Mapping[str, Any]]) -> str:
        """What does not fit (`Problem.as_json`), a line each, with its place in the file."""
        return "\n".join(f"{self.where(problem)}: {problem['message']}" for problem in problems)

    def where(self, problem: Mapping[str, Any]) -> str:
        """The place in the file, and of what it is about the name: `kuma.yaml:4:15: monitors “Shop”`."""
        kind, key, field = problem["kind"], problem["key"], problem["field"]
        path = self.given.origins.get((kind, key), (kind, key) if key else (kind,))
        if field:
            path = (*path, *field.replace("[]", "").split("."))
        where = located(self.path, path, self.parsed.place(path))
        return f"{where}: {kind} “{key}”" if key else where


def load(path: str, variables: Mapping[str, str] | None = None) -> LoadedFile:
    """Read a configuration; `variables` are those of the process when None. Raises UserError with places."""
    known = os.environ if variables is None else variables
    return loaded(path, text_of(path), Path(path).name, Path(path).parent, known)


def loaded(label: str, text: str, name: str, folder: Path, variables: Mapping[str, str]) -> LoadedFile:
    """The same for a text; `label` stands in front of places, files are looked for in `folder`."""
    parsed = parse(text, label)
    return LoadedFile(label, given(parsed, name, variables, lambda file: _content(folder / file)), parsed)


def load_secrets(path: str) -> dict[str, Any]:
    """Where a secret stands → the secret, as `export --secrets` writes them. Raises UserError."""
    found = parse(text_of(path), path).value
    if not isinstance(found, dict):
        raise UserError("{file} must be a mapping of secrets.", file=path)
    return found


def text_of(path: str) -> str:
    """The content of a file. Raises UserError."""
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
