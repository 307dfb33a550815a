"""What a template consists of once it is read, except loops."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from kuma_lite.notifications.liquid.expressions import Constant, Expression
from kuma_lite.notifications.liquid.running import Run
from kuma_lite.notifications.liquid.values import Safe, equal, is_true, plain


class Stopped(Exception):
    """`break`: the loop ends here."""


class Skipped(Stopped):
    """`continue`: the loop goes on with its next item."""


class Node(Protocol):
    """A part that writes something."""

    def render(self, run: Run) -> None:
        """Write it. Raises TemplateError."""


def render_all(nodes: Sequence[Node], run: Run) -> None:
    """Render one after the other."""
    for node in nodes:
        run.limits.tick()
        node.render(run)


class Output(Struct, frozen=True):
    """A text, `{{ … }}` or `echo`."""

    expression: Expression

    def render(self, run: Run) -> None:
        """Write the value."""
        run.write(run.shown(self.expression.value(run)))


class Assign(Struct, frozen=True):
    """`assign`."""

    name: str
    expression: Expression

    def render(self, run: Run) -> None:
        """Set a variable."""
        run.assign(self.name, self.expression.value(run))


class Capture(Struct, frozen=True):
    """`capture`."""

    name: str
    nodes: Sequence[Node]

    def render(self, run: Run) -> None:
        """Set a variable to what is written inside."""
        with run.captured() as written:
            render_all(self.nodes, run)
        run.assign(self.name, Safe("".join(written)))


class If(Struct, frozen=True):
    """`if` and `unless`: the first branch whose condition holds."""

    branches: Sequence[tuple[Expression, bool, Sequence[Node]]]  # condition, what it has to be, what is shown

    def render(self, run: Run) -> None:
        """Write one branch, or nothing."""
        for condition, wanted, nodes in self.branches:
            if is_true(plain(condition.value(run))) is wanted:
                render_all(nodes, run)
                return


class Case(Struct, frozen=True):
    """`case`: every branch that has the value, else the last."""

    subject: Expression
    branches: Sequence[tuple[Sequence[Expression], Sequence[Node]]]
    otherwise: Sequence[Node]

    def render(self, run: Run) -> None:
        """Write the branches."""
        subject, hit = plain(self.subject.value(run)), False
        for values, nodes in self.branches:
            if any(equal(subject, value.value(run)) for value in values):
                render_all(nodes, run)
                hit = True
        if not hit:
            render_all(self.otherwise, run)


class Counter(Struct, frozen=True):
    """`increment` and `decrement`, which count in the variables that were given."""

    name: str
    step: int

    def render(self, run: Run) -> None:
        """Write the number before it is increased, or after it is decreased."""
        found = run.given.get(self.name)
        number = found if isinstance(found, int | float) and not isinstance(found, bool) else 0
        run.given[self.name] = number + self.step
        run.write(run.shown(number if self.step > 0 else number + self.step))


class Cycle(Struct, frozen=True):
    """`cycle`: the next of several values each time."""

    group: Expression
    values: Sequence[Expression]
    words: str

    def render(self, run: Run) -> None:
        """Write the value whose turn it is."""
        key = ("cycle", str(self.group.value(run)), self.words)
        turn = run.registers.get(key, 0)
        run.registers[key] = (turn + 1) % len(self.values)
        run.write(run.shown(self.values[turn].value(run)))


class Block(Struct, frozen=True):
    """`block` and what follows `layout none`: written where it stands, as there are no other files."""

    nodes: Sequence[Node]

    def render(self, run: Run) -> None:
        """Write what is inside."""
        render_all(self.nodes, run)


class Stop(Struct, frozen=True):
    """`break` and `continue`."""

    signal: Callable[[], Stopped]

    def render(self, run: Run) -> None:
        """Leave the loop or its iteration."""
        del run
        raise self.signal()


def written(value: str) -> Output:
    """A text as a node."""
    return Output(Constant(Safe(value)))
