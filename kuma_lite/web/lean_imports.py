"""Parts of a library without the whole of it: what it imports for others costs every start."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any, Final, cast

_ABSENT: Final = object()


@contextmanager
def replaced(modules: dict[str, ModuleType | None]) -> Iterator[None]:
    """For a while, these are the modules of such names (None: there is none); loaded ones stay."""
    ours: dict[str, Any] = {name: module for name, module in modules.items() if name not in sys.modules}
    sys.modules.update(ours)
    try:
        yield
    finally:
        for name, module in ours.items():
            if sys.modules.get(name, _ABSENT) is module:
                del sys.modules[name]


@contextmanager
def opened(*names: str) -> Iterator[list[ModuleType]]:
    """Packages whose parts can be imported while the packages themselves have not run yet.

    They run when somebody later asks for what only they have: other code of this process finds them complete.
    """
    found = [sys.modules.get(name) or _unrun(name) for name in names]
    yield found
    for module in found:
        if module.__dict__.get("__unrun__"):
            module.__dict__["__getattr__"] = _completing(module)


def _unrun(name: str) -> ModuleType:
    spec = find_spec(name)
    if spec is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    module = module_from_spec(spec)
    module.__dict__["__unrun__"] = True
    sys.modules[name] = module
    parent, _, tail = name.rpartition(".")
    if parent:
        vars(sys.modules[parent])[tail] = module
    return module


def _completing(module: ModuleType) -> Any:
    def complete(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
        if module.__dict__.pop("__unrun__", False):
            del module.__dict__["__getattr__"]
            loader = cast(Any, module.__spec__).loader
            loader.exec_module(module)
        return getattr(module, name)

    return complete
