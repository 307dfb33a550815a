"""What became of a file of another program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from kuma_lite.core.resources import Document

MONITORS, NOTIFICATIONS, TAGS = "monitors", "notifications", "tags"
TAG_COLOUR: Final = "#4B5563"
_NOTHING: Final[tuple[Any, ...]] = (None, "", [], {}, ())


class LeftOut(NamedTuple):
    """What has no equal here."""

    where: str  # in words of the file: `endpoints “Shop”`
    what: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}: {self.reason}" if self.what else f"{self.where}: {self.reason}"


@dataclass
class Converted:
    """Things and what was left out.

    Args:
        source: whose file it was.
        documents: plural → key → document, as a configuration file has them.
        left_out: what has no equal.
    """

    source: str
    documents: dict[str, dict[str, Document]] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)

    def add(self, plural: str, name: str, document: Mapping[str, Any]) -> str:
        """Add a thing; what is empty is left to its default. Returns its key."""
        things = self.documents.setdefault(plural, {})
        name = name.strip() or "unnamed"
        key, number = name, 1
        while key in things:
            number += 1
            key = f"{name} ({number})"
        named = {"name": name} if key != name else {}
        things[key] = {**named, **{one: value for one, value in document.items() if value not in _NOTHING}}
        return key

    def tags(self, names: Mapping[str, str]) -> list[dict[str, str]]:
        """Tags of a monitor, by their names, with values; each is made once."""
        known = self.documents.setdefault(TAGS, {}) if names else {}
        for name in names:
            known.setdefault(name, {"color": TAG_COLOUR})
        return [{"tag": name, "value": value} for name, value in names.items()]

    def group(self, name: str) -> str | None:
        """The key of a group, which is made once; None for no name."""
        if not name:
            return None
        for key, document in self.documents.get(MONITORS, {}).items():
            if document.get("type") == "group" and document.get("name", key) == name:
                return key
        return self.add(MONITORS, name, {"type": "group"})

    def omit(self, where: str, what: str, reason: str) -> None:
        """Note what has no equal."""
        self.left_out.append(LeftOut(where, what, reason))

    def omit_once(self, where: str, what: str, reason: str) -> None:
        """The same for what stands at many places."""
        if LeftOut(where, what, reason) not in self.left_out:
            self.omit(where, what, reason)

    def ordered(self) -> Iterator[tuple[str, dict[str, Document]]]:
        """Each kind that there is after those that it names."""
        for plural in (TAGS, "proxies", "docker_hosts", NOTIFICATIONS, MONITORS, "maintenance"):
            if things := self.documents.get(plural):
                yield plural, things
