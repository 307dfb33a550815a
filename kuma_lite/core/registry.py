"""Finding what is declared: the kinds of one package, and those that other packages add.

Each is imported when somebody first asks for it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any, Generic, TypeVar

from kuma_lite.core.declarations import AnyMonitorType, NotificationService
from kuma_lite.core.plugins import Plugins

K = TypeVar("K", bound=AnyMonitorType | NotificationService[Any])


class Registry(Generic[K]):
    """The declared kinds of one sort, by wire name. Each is imported when somebody first asks for it.

    A kind stands in the file of its name: `json-query` in `json_query.py`. Files that begin with an
    underscore, and folders, declare none. Other packages name theirs as entry points (`core.plugins`); what
    is built in wins.
    """

    def __init__(self, package: ModuleType, base: type[K]) -> None:
        self._package = package
        self._base = base
        self._modules = sorted(
            found.name
            for found in pkgutil.iter_modules(package.__path__)
            if not found.ispkg and not found.name.startswith("_")
        )
        self._names = frozenset(self._modules)
        self._kinds: dict[str, K] = {}  # by module
        self._plugins = Plugins(base.entry_points, base)

    def get(self, name: str) -> K | None:
        """The kind of that name; None if nothing declares it."""
        module = module_of(name)
        if module in self._names and (kind := self._kind_in(module)).name == name:
            return kind
        return self._plugins.get(name)

    def __iter__(self) -> Iterator[K]:
        names = set()
        for kind in self.built_in():
            names.add(kind.name)
            yield kind
        for name in self._plugins:
            plugin = self._plugins.get(name) if name not in names else None
            if plugin is not None:
                yield plugin

    def built_in(self) -> Iterator[K]:
        """The kinds of this program, without those of other packages."""
        return map(self._kind_in, self._modules)

    def _kind_in(self, name: str) -> K:
        if name not in self._kinds:
            module = importlib.import_module(f"{self._package.__name__}.{name}")
            (kind,) = (value() for value in vars(module).values() if self._is_declared(value, module))
            if module_of(kind.name) != name:
                raise ValueError(
                    f"{kind.name!r} must be declared in {module_of(kind.name)}.py, not {name}.py"
                )
            self._kinds.setdefault(name, kind)  # another thread may have been quicker
        return self._kinds[name]

    def _is_declared(self, value: Any, module: ModuleType) -> bool:
        """Whether it is a concrete kind, and not one that the module has imported."""
        return (
            isinstance(value, type)
            and issubclass(value, self._base)
            and value.__module__ == module.__name__
            and not getattr(value, "__abstractmethods__", None)
        )


def module_of(name: str) -> str:
    """The module that declares the kind of a name on the wire."""
    return name.lower().replace("-", "_").replace(".", "_")
