"""What a file of people says: defaults and groups unfolded, variables filled in. Pure.

name: shop.yaml            # by which things are this file's; the name of the file when it is left out
defaults:
  monitors: {interval: 30, notifications: [On call]}
notifications:
  On call: {type: ntfy, ntfytopic: shop, ntfyAccessToken: "${env:NTFY_TOKEN}"}
monitors:
  Shop:
    type: group
    defaults: {type: http}
    monitors:
      Front page: {url: https://shop.example/}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from kuma_lite.config_files.texts import Parsed, written
from kuma_lite.config_files.toml_places import Path, Place
from kuma_lite.core.errors import UserError

NAME: Final = "name"
DEFAULTS: Final = "defaults"
MONITORS: Final = "monitors"
MAX_NAME_CHARS: Final = 200
_PARENT: Final = "parent"
_VARIABLE: Final = re.compile(r"\$\$\{|\$\{([^}]*)\}")
_FORMS: Final = "Variables are ${env:NAME} and ${file:PATH}; $${ is the text ${."

# Path of a file, as it stands in the text → its content. Raises OSError, ValueError.
ReadFile = Callable[[str], str]


@dataclass
class Given:
    """A file as the server takes it.

    Args:
        name: whose the things are.
        documents: plural → key → document.
        origins: plural, key → where in the text the document stands.
    """

    name: str
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    origins: dict[tuple[str, str], Path] = field(default_factory=dict)


def given(parsed: Parsed, name: str, variables: Mapping[str, str], read_file: ReadFile) -> Given:
    """Unfold what was parsed from a file of that name. Raises UserError with the place."""
    return _Unfolding(parsed, name, variables, read_file).given()


def escaped(value: Any) -> Any:
    """A value in which nothing is taken for a variable."""
    if isinstance(value, str):
        return value.replace("${", "$${")
    if isinstance(value, Mapping):
        return {key: escaped(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [escaped(item) for item in value]
    return value


def file_text(documents: Mapping[str, Any]) -> str:
    """The text of a file with these documents; empty for none."""
    return written(escaped(documents)) if documents else ""


def variables_of(value: Any) -> set[str]:
    """The names that `${env:NAME}` asks for anywhere in what was parsed."""
    if isinstance(value, str):
        asked = [match[1].partition(":") for match in _VARIABLE.finditer(value) if match[1] is not None]
        return {name for source, _, name in asked if source == "env" and name}
    if isinstance(value, Mapping):
        return set().union(*map(variables_of, value.values()))
    return set().union(*map(variables_of, value)) if isinstance(value, list) else set()


class _Unfolding:
    def __init__(self, parsed: Parsed, name: str, variables: Mapping[str, str], read_file: ReadFile) -> None:
        self._parsed = parsed
        self._name = name
        self._variables = variables
        self._read_file = read_file

    def given(self) -> Given:
        root = self._mapping(self._parsed.value, (), "A configuration")
        called = root.get(NAME, self._name)
        if not isinstance(called, str) or not 0 < len(called) <= MAX_NAME_CHARS:
            raise self._wrong((NAME,), f"The name must be a text of at most {MAX_NAME_CHARS} characters.")
        found = Given(called)
        defaults = self._mapping(root.get(DEFAULTS) or {}, (DEFAULTS,), "defaults")
        for plural, things in root.items():
            if plural in (NAME, DEFAULTS) or things is None:
                continue
            below = self._defaults(defaults.get(plural), (DEFAULTS, plural))
            self._unfold(found, plural, things, (plural,), below)
        return found

    def _unfold(
        self, found: Given, plural: str, things: Any, path: Path, defaults: Mapping[str, Any]
    ) -> None:
        """Everything of one kind below a place; monitors may stand in their groups."""
        documents = found.documents.setdefault(plural, {})
        for key, document in self._mapping(things, path, f"“{plural}”").items():
            here = (*path, key)
            if key in documents:
                raise self._wrong(here, f"“{key}” stands there twice.")
            own = dict(self._mapping(document if document is not None else {}, here, f"“{key}”"))
            inside, further = None, None
            if plural == MONITORS:
                inside, further = own.pop(MONITORS, None), own.pop(DEFAULTS, None)
            whole = {**defaults, **{name: self._filled(value, (*here, name)) for name, value in own.items()}}
            documents[key] = whole
            found.origins[plural, key] = here
            if inside is not None:
                below = {**defaults, **self._defaults(further, (*here, DEFAULTS)), _PARENT: key}
                self._unfold(found, plural, inside, (*here, MONITORS), below)

    def _defaults(self, value: Any, path: Path) -> dict[str, Any]:
        entries = self._mapping(value if value is not None else {}, path, "defaults")
        return {name: self._filled(item, (*path, name)) for name, item in entries.items()}

    def _filled(self, value: Any, path: Path) -> Any:
        """With variables filled in."""
        if isinstance(value, Mapping):
            return {key: self._filled(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self._filled(item, (*path, index)) for index, item in enumerate(value)]
        if not isinstance(value, str) or "${" not in value:
            return value
        return _VARIABLE.sub(lambda match: self._variable(match, path), value)

    def _variable(self, match: re.Match[str], path: Path) -> str:
        if match[1] is None:
            return "${"
        source, _, name = match[1].partition(":")
        if source == "env" and name:
            if name not in self._variables:
                raise self._wrong(path, f"The variable {name} is not set.")
            return self._variables[name]
        if source == "file" and name:
            try:
                return self._read_file(name).rstrip("\r\n")
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or str(error)
                raise self._wrong(path, f"The file {name} cannot be read: {reason}.") from None
        raise self._wrong(path, _FORMS)

    def _mapping(self, value: Any, path: Path, what: str) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            raise self._wrong(path, f"{what} must be a mapping.")
        return value

    def _wrong(self, path: Path, sentence: str) -> UserError:
        return UserError(
            "{where}: {sentence}",
            where=located(self._name, path, self._parsed.place(path)),
            sentence=sentence,
        )


def located(name: str, path: Path, place: Place | None) -> str:
    """`kuma.yaml:12:3`, or with the keys that lead there where the place is not known."""
    if place is not None:
        return f"{name}:{place.line}:{place.column}"
    return f"{name}: {'.'.join(map(str, path))}" if path else name
