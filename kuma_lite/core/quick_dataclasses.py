"""Makes dataclasses cheaper to define: a third of the CPU of a start went into that.

Until Python 3.12 `dataclasses` compiles six functions from text for each class. Five of them need no text:
they do the same for every class but for the names of its fields. Python 3.13 has a way of its own.
"""

from __future__ import annotations

import dataclasses
import reprlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import Field, FrozenInstanceError
from operator import attrgetter
from typing import Any, Final

_OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "==": lambda one, other: one == other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


def install() -> None:
    """From now on; once is enough."""
    if sys.version_info >= (3, 13):
        return
    # By the names and parameters that the module has them with.
    for function in (_repr_fn, _cmp_fn, _hash_fn, _frozen_get_del_attr):
        setattr(dataclasses, function.__name__, function)


def _values(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """What reads these attributes of an object as a tuple."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda thing: tuple(getattr(thing, name) for name in names)


def _repr_fn(fields: Sequence[Field[Any]], globals: object) -> Callable[..., str]:
    names = [field.name for field in fields]

    def __repr__(self: Any) -> str:  # noqa: N807
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{self.__class__.__qualname__}({shown})"

    return reprlib.recursive_repr()(__repr__)


def _cmp_fn(name: str, op: str, self_tuple: str, other_tuple: str, globals: object) -> Callable[..., Any]:
    # "(self.a,self.b,)", or "()" of a class without fields
    values = _values([part.removeprefix("self.") for part in self_tuple.strip("()").split(",") if part])
    compare = _OPERATORS[op]

    def method(self: Any, other: Any) -> Any:
        if other.__class__ is self.__class__:
            return compare(values(self), values(other))
        return NotImplemented

    method.__name__ = name
    return method


def _hash_fn(fields: Sequence[Field[Any]], globals: object) -> Callable[..., int]:
    values = _values([field.name for field in fields])

    def __hash__(self: Any) -> int:  # noqa: N807
        return hash(values(self))

    return __hash__


def _frozen_get_del_attr(
    cls: type, fields: Sequence[Field[Any]], globals: object
) -> tuple[Callable[..., None], Callable[..., None]]:
    names = frozenset(field.name for field in fields)

    def __setattr__(self: Any, name: str, value: Any) -> None:  # noqa: N807
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        super(cls, self).__setattr__(name, value)  # type: ignore[arg-type]

    def __delattr__(self: Any, name: str) -> None:  # noqa: N807
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot delete field {name!r}")
        super(cls, self).__delattr__(name)  # type: ignore[arg-type]

    return __setattr__, __delattr__
