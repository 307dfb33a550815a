"""Dataclasses that are defined the quicker way do what those of the standard library do."""

from __future__ import annotations

import subprocess
import sys
from typing import Final

import pytest

from tests.requires import ROOT

# Prints what classes of every kind do, in a process of its own: `install` is for good.
PROGRAM: Final = """
import dataclasses
import pickle
import sys
from dataclasses import dataclass, field, replace
from functools import cached_property

if sys.argv[1] == "quick":
    from kuma_lite.core import quick_dataclasses
    before = dataclasses._repr_fn
    quick_dataclasses.install()
    assert (dataclasses._repr_fn is not before) == (sys.version_info < (3, 13))

@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: int = field(default=2, compare=False)

@dataclass(frozen=True)
class Named:
    name: str
    inner: object = field(default=None, repr=False)

    @cached_property
    def length(self):
        return len(self.name)

@dataclass(order=True)
class Ordered:
    a: int
    b: str

@dataclass
class Mutable:
    items: list = field(default_factory=list)

@dataclass(frozen=True, eq=False)
class Single:
    only: int

@dataclass(frozen=True)
class Empty:
    pass

@dataclass(frozen=True)
class Child(Single):
    more: int = 0

def says(call):
    try:
        return repr(call())
    except Exception as error:
        return f"{type(error).__name__}: {error}"

nan = float("nan")
loop = Mutable()
loop.items.append(loop)
child = Child(1, 2)
calls = [
    lambda: Point(1.5),
    lambda: Point(nan),
    lambda: Point(nan) == Point(nan),
    lambda: hash(Point(1.0, 3)) == hash(Point(1.0, 4)),
    lambda: Point(1.0, 3) == Point(1.0, 4),
    lambda: hash(Point(1.0)),
    lambda: setattr(Point(1.0), "x", 2),
    lambda: setattr(Point(1.0), "z", 2),
    lambda: delattr(Point(1.0), "x"),
    lambda: Named("abc", 5),
    lambda: Named("abc").length,
    lambda: Named("a") == Named("a"),
    lambda: Named("a") != Named("b"),
    lambda: Named("a") == "a",
    lambda: hash(Named("a")) == hash(("a", None)),
    lambda: hash(Mutable()),
    lambda: loop,
    lambda: Mutable([1]) == Mutable([1]),
    lambda: Ordered(1, "a") < Ordered(1, "b"),
    lambda: Ordered(2, "a") <= Ordered(1, "b"),
    lambda: Ordered(2, "a") > Ordered(1, "b"),
    lambda: Ordered(2, "a") >= Ordered(2, "a"),
    lambda: Ordered(2, "a") < 3,
    lambda: sorted([Ordered(2, "a"), Ordered(1, "b")]),
    lambda: Single(1) == Single(1),
    lambda: Empty() == Empty(),
    lambda: hash(Empty()),
    lambda: Empty(),
    lambda: setattr(Empty(), "x", 1),
    lambda: child,
    lambda: setattr(child, "only", 1),
    lambda: setattr(child, "other", 1),
    lambda: hash(Child(1, 2)) == hash((1, 2)),
    lambda: replace(child, more=3),
    lambda: dataclasses.asdict(child),
    lambda: Point.__eq__.__qualname__,
    lambda: Point.__repr__.__name__,
    lambda: Point.__setattr__.__qualname__,
    lambda: Point.__hash__.__name__,
    lambda: Ordered.__lt__.__name__,
    lambda: pickle.loads(pickle.dumps(child)) == child,
    lambda: {Point(1.0), Point(1.0)},
]
for number, call in enumerate(calls):
    print(number, says(call))
"""


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="Python has a quicker way of its own")
def test_does_the_same() -> None:
    quick, plain = (
        subprocess.run(
            [sys.executable, "-c", PROGRAM, way], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.splitlines()
        for way in ("quick", "plain")
    )
    assert quick == plain
    assert len(plain) > 40
    assert sum("cannot assign" in line for line in plain) >= 3
