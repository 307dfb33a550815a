"""Kinds that packages of others declare through entry points.

    [project.entry-points."kuma_lite.notification_services"]
    pigeon = "kuma_pigeon.service:Pigeon"

The name is that of the kind on the wire. Nothing is read before somebody asks for a name that is not built in
or for the whole list, and nothing of a package is imported before one of its kinds is used.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

log = logging.getLogger(__name__)

K = TypeVar("K")


class Plugins(Generic[K]):
    """The kinds of one group of entry points. One that cannot be used is logged once and left out."""

    def __init__(self, group: str, base: type[K]) -> None:
        self._group = group
        self._base = base
        self._entries: dict[str, EntryPoint] | None = None
        self._kinds: dict[str, K | None] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._found()))

    def get(self, name: str) -> K | None:
        """The kind of that name; None if no package declares it, or it cannot be used."""
        entry = self._found().get(name)
        if entry is None:
            return None
        if name not in self._kinds:
            self._kinds.setdefault(name, self._loaded(entry))  # another thread may have been quicker
        return self._kinds[name]

    def _found(self) -> dict[str, EntryPoint]:
        if self._entries is None:
            from importlib.metadata import entry_points  # 20 ms, for those who have such a kind

            found: dict[str, EntryPoint] = {}
            for entry in entry_points(group=self._group):
                found.setdefault(entry.name, entry)  # the first one on the path, as with imports
            self._entries = found
        return self._entries

    def _loaded(self, entry: EntryPoint) -> K | None:
        try:
            kind: Any = entry.load()()
            if not isinstance(kind, self._base):
                raise TypeError(f"{entry.value} is no {self._base.__name__}")
            if getattr(kind, "name", None) != entry.name:
                raise ValueError(f"{entry.value} must have the name of its entry point, {entry.name!r}")
            described: Any = kind
            described.options.describe()  # a form that cannot be described would take the whole list with it
        except Exception:
            log.exception("%s of the group %s cannot be used", entry.name, self._group)
            return None
        return kind
