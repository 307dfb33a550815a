"""YAML and TOML as plain values, each with its place in the text.

Of YAML what its version 1.2 and JSON have: `no` is a word, `12:30` a text, `2026-01-01` too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from kuma_lite.config_files.toml_places import Path, Place, toml_places
from kuma_lite.core.errors import UserError

if TYPE_CHECKING:
    import yaml

MAX_VALUES: Final = 1_000_000  # an alias of an alias of an alias is small in the text
MAX_DEPTH: Final = 100
_TOML_PLACE: Final = re.compile(r" \(at line (\d+), column (\d+)\)$")
_TAG: Final = "tag:yaml.org,2002:"
_RESOLVERS: Final = (
    ("null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""]),
    ("bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")),
    ("int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789")),
    (
        "float",
        re.compile(r"^[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$"),
        list("-+0123456789."),
    ),
)


@dataclass
class Parsed:
    """What a text says.

    Args:
        value: of plain types.
        places: path of keys and indexes → where that begins.
    """

    value: Any
    places: dict[Path, Place] = field(default_factory=dict)

    def place(self, path: Path) -> Place | None:
        """Where something stands, or else what is around it."""
        while path not in self.places and path:
            path = path[:-1]
        return self.places.get(path)


def parse(text: str, name: str) -> Parsed:
    """Read a file by its name. Raises UserError."""
    if PurePath(name).suffix.lower() == ".toml":
        return _toml(text, name)
    return _yaml(text, name)


def _toml(text: str, name: str) -> Parsed:
    import tomllib

    try:
        return Parsed(tomllib.loads(text), toml_places(text.replace("\r\n", "\n")))
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        reason = _TOML_PLACE.sub("", str(error))
        where = f"{name}:{place[1]}:{place[2]}" if place else name
        raise UserError("{where}: {reason}", where=where, reason=reason) from None
    except RecursionError:
        raise UserError("{name}: it is too deep", name=name) from None


def _yaml(text: str, name: str) -> Parsed:
    import yaml

    try:
        _look_at_depth(yaml.parse(text, Loader=_loader()), name)
        node = yaml.compose(text, Loader=_loader())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = error.problem or error.context or "this is no YAML"
        raise _misplaced(name, mark, reason) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UserError("{name}: {reason}", name=name, reason=" ".join(str(error).split())) from None
    if node is None:
        return Parsed({})
    reading = _Reading(name)
    return Parsed(reading.value(node, ()), reading.places)


def _look_at_depth(events: Iterable[Any], name: str) -> None:
    """Refuse what is nested so deep that the parser, which calls itself, would run out of stack."""
    import yaml

    depth = 0
    for event in events:
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise _misplaced(name, event.start_mark, "it is too deep")


def _loader() -> Any:
    """A loader that takes for a number or a switch only what looks like one to everybody."""
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        yaml_implicit_resolvers: dict[str, list[Any]] = {}  # noqa: RUF012 - PyYAML's own way

    for kind, expression, first in _RESOLVERS:
        Loader.add_implicit_resolver(_TAG + kind, expression, first)
    return Loader


class _Reading:
    """From nodes to values, with their places."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._values = 0
        self._open: set[int] = set()
        self.places: dict[Path, Place] = {}

    def value(self, node: yaml.Node, path: Path) -> Any:
        """The value of a node. Raises UserError."""
        import yaml

        self._values += 1
        if self._values > MAX_VALUES:
            raise _misplaced(self._name, node.start_mark, "there are too many values")
        if id(node) in self._open:
            raise _misplaced(self._name, node.start_mark, "it holds itself")
        self.places[path] = Place(node.start_mark.line + 1, node.start_mark.column + 1)
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                return self._mapping(node, path)
            if isinstance(node, yaml.SequenceNode):
                return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
            return self._scalar(node)
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        import yaml

        found: dict[str, Any] = {}
        for key, item in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _misplaced(self._name, key.start_mark, "a key must be a text")
            name = str(key.value)  # `404:` is a name as well
            if name in found:
                raise _misplaced(self._name, key.start_mark, f"“{name}” stands there twice")
            found[name] = self.value(item, (*path, name))
            self.places[(*path, name)] = Place(key.start_mark.line + 1, key.start_mark.column + 1)
        return found

    def _scalar(self, node: yaml.Node) -> Any:
        text, kind = str(node.value), str(node.tag).removeprefix(_TAG)
        match kind:
            case "str":
                return text
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int":
                return int(text)
            case "float":
                return float(text)
        raise _misplaced(self._name, node.start_mark, f"the tag “{node.tag}” means nothing here")


def _misplaced(name: str, mark: Any, reason: str) -> UserError:
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return UserError("{name}:{line}:{column}: {reason}", name=name, line=line, column=column, reason=reason)


def written(value: Mapping[str, Any]) -> str:
    """Values as YAML that reads back as the same."""
    import yaml

    class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
        """Texts of several lines stand as such."""

        def ignore_aliases(self, _data: Any) -> bool:
            return True

    def text(dumper: Any, data: str) -> Any:
        # A block cannot hold what YAML calls unprintable, nor spaces at the end of its lines.
        lines = data.split("\n")
        several = len(lines) > 1 and all(line == line.rstrip() and line.isprintable() for line in lines)
        return dumper.represent_scalar(_TAG + "str", data, style="|" if several else None)

    Dumper.add_representer(str, text)
    dumped = yaml.dump(
        dict(value), Dumper=Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=110
    )
    return str(dumped)
