"""Expressions: values, operators and filters, and the cursor that reads them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING, Any, Final, NoReturn, Protocol

from msgspec import Struct

from kuma_lite.notifications.liquid import words
from kuma_lite.notifications.liquid.errors import TemplateError
from kuma_lite.notifications.liquid.values import (
    BLANK,
    EMPTY,
    MISSING,
    NIL,
    Safe,
    contains,
    equal,
    is_true,
    less,
    number,
    plain,
    read,
    tidy,
)

if TYPE_CHECKING:
    from kuma_lite.notifications.liquid.running import Run

MAX_DEPTH: Final = 50  # of brackets in brackets

_LITERALS: Final[dict[str, Any]] = {
    "true": True,
    "false": False,
    "nil": NIL,
    "null": NIL,
    "empty": EMPTY,
    "blank": BLANK,
}
_PRECEDENCE: Final = {"and": 0, "or": 0, "not": 1}
_COMPARING: Final = 2  # of all other operators


class Expression(Protocol):
    """Something that has a value."""

    def value(self, run: Run) -> Any:
        """The value now."""


class Constant(Struct, frozen=True):
    """A literal, a number or a text."""

    constant: Any

    def value(self, run: Run) -> Any:
        """Itself."""
        del run
        return self.constant


class Path(Struct, frozen=True):
    """A variable, or what is in a value: `monitorJSON.tags[0].name`."""

    start: Expression | None
    keys: Sequence[Expression]

    def value(self, run: Run) -> Any:
        """What is there; MISSING otherwise."""
        keys = [plain(key.value(run)) for key in self.keys]
        if self.start is None:
            found = run.variable(keys[0])
            keys = keys[1:]
        else:
            found = self.start.value(run)
        for key in keys:
            found = read(found, key)
        return found


class Range(Struct, frozen=True):
    """Whole numbers in a row: `(1..5)`."""

    first: Expression
    last: Expression

    def value(self, run: Run) -> list[Any]:
        """The numbers; none when the last comes before the first."""
        first, last = number(self.first.value(run)), number(self.last.value(run))
        if not last + 1 > first:
            return []
        run.limits.items(last - first + 1)
        return [tidy(first + step) for step in range(ceil(last - first + 1))]


class Operations(Struct, frozen=True):
    """Values and operators, the operators behind what they work on."""

    steps: Sequence[Expression | str]

    def value(self, run: Run) -> Any:
        """The first value that remains; what an operator lacks is not there."""
        stack: list[Any] = []
        for step in self.steps:
            if not isinstance(step, str):
                stack.append(step.value(run))
                continue
            right = stack.pop() if stack else MISSING
            if step == "not":
                stack.append(not is_true(plain(right)))
            else:
                left = stack.pop() if stack else MISSING
                stack.append(_operate(step, left, right))
        return stack[0] if stack else MISSING


class FilterCall(Struct, frozen=True):
    """One filter with its arguments; those of an argument with a name are a pair."""

    name: str
    arguments: Sequence[Expression]
    named: Sequence[tuple[str, Expression]]
    position: int


class Filtered(Struct, frozen=True):
    """An expression with the filters that it goes through."""

    initial: Expression
    filters: Sequence[FilterCall]

    def value(self, run: Run) -> Any:
        """The value that comes out of the last filter."""
        found = self.initial.value(run)
        for call in self.filters:
            found = run.filtered(call, found)
        return found


class Cursor:
    """Reads an expression; skips blanks before whatever is asked for. All reading raises TemplateError."""

    def __init__(self, source: str, begin: int = 0, end: int | None = None) -> None:
        self.source = source
        self.at = begin
        self.end = len(source) if end is None else end
        self._depth = 0

    def fail(self, message: str, position: int | None = None) -> NoReturn:
        """Raise a TemplateError for this place."""
        raise TemplateError(message, self.source, self.at if position is None else position)

    def match(self, pattern: re.Pattern[str]) -> str:
        """What is next, when it looks like that; "" otherwise."""
        self.skip()
        found = pattern.match(self.source, self.at, self.end)
        if found is None:
            return ""
        self.at = found.end()
        return found.group()

    def skip(self) -> None:
        """Pass over blanks."""
        found = words.BLANK.match(self.source, self.at, self.end)
        self.at = found.end() if found else self.at

    def peek(self, characters: int = 1) -> str:
        """The next characters."""
        return self.source[self.at : min(self.at + characters, self.end)]

    def take(self, expected: str) -> bool:
        """Pass over this text when it is next."""
        self.skip()
        if not self.source.startswith(expected, self.at, self.end):
            return False
        self.at += len(expected)
        return True

    def find(self, sought: str) -> bool:
        """Go behind the next such text; to the end when there is none."""
        found = self.source.find(sought, self.at, self.end)
        self.at = self.end if found < 0 else found + len(sought)
        return found >= 0

    def word(self) -> str:
        """A name."""
        return self.match(words.WORD)

    def rest(self) -> str:
        """What was not read, without blanks around it."""
        return self.source[self.at : self.end].strip()

    def filtered(self) -> Filtered:
        """An expression with its filters."""
        self.skip()
        begin = self.at
        steps = self._steps()
        if not steps:
            shown = self._shown()
            self.fail(
                f"a value is missing before {shown}" if self.at < self.end else "a value is missing", begin
            )
        initial = steps[0] if len(steps) == 1 and not isinstance(steps[0], str) else Operations(steps)
        filters = []
        while (call := self._filter()) is not None:
            filters.append(call)
        return Filtered(initial, filters)

    def value(self) -> Expression | None:
        """One value: a literal, a text, a number, a range or a path."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self.fail("brackets are nested too deeply")
        start = self._constant()
        self.skip()
        if start is None and self.peek() == "(":
            start = self._range()
        keys = self._keys(named=start is None)
        self._depth -= 1
        return Path(start, keys) if keys else start

    def options(self) -> dict[str, Expression | None]:
        """What follows the collection of a loop: `limit: 2 reversed`. An option without a value has None."""
        found: dict[str, Expression | None] = {}
        while True:
            self.take(",")
            name = self.word()
            if not name:
                return found
            found[name] = self.value() if self.take(":") else None

    def _steps(self) -> list[Expression | str]:
        """Values and operators with the operators moved behind; those of one rank bind from the right."""
        steps: list[Expression | str] = []
        waiting: list[str] = []
        while self.at < self.end:
            if operator := self.match(words.OPERATOR):
                rank = _PRECEDENCE.get(operator, _COMPARING)
                while waiting and _PRECEDENCE.get(waiting[-1], _COMPARING) > rank:
                    steps.append(waiting.pop())
                waiting.append(operator)
            elif (found := self.value()) is not None:
                steps.append(found)
            else:
                break
        return steps + waiting[::-1]

    def _filter(self) -> FilterCall | None:
        self.skip()
        if self.at >= self.end or self.peek() in "),":
            return None
        if not self.take("|"):
            self.fail(f"'|' is expected before {self._shown()}")
        self.skip()
        position = self.at
        name = self.word()
        if not name:
            self.skip()
            if self.at < self.end:
                self.fail("the name of a filter is expected")
            return None
        arguments: list[Expression] = []
        named: list[tuple[str, Expression]] = []
        more = self.take(":")
        if not more and self.at < self.end and self.peek() not in "|),":
            self.fail("':' is expected behind the name of a filter")
        while more:
            self._argument(arguments, named)
            self.skip()
            if self.at < self.end and self.peek() not in ",|)":
                self.fail(f"unexpected {self._shown()}")
            more = self.take(",")
        return FilterCall(name, arguments, named, position)

    def _argument(self, arguments: list[Expression], named: list[tuple[str, Expression]]) -> None:
        self.skip()
        begin = self.at
        found = self.value()
        if found is None:
            return
        key = self.source[begin : self.at]
        if self.take(":"):
            named.append((key, self.value() or Constant(MISSING)))
        else:
            arguments.append(found)

    def _constant(self) -> Expression | None:
        if literal := self.match(words.LITERAL):
            return Constant(_LITERALS[literal])
        if quoted := self.match(words.QUOTED):
            return Constant(Safe(words.unescaped(quoted)))
        if digits := self.match(words.NUMBER):
            return Constant(tidy(float(digits)))
        return None

    def _range(self) -> Expression:
        begin = self.at
        self.take("(")
        first = self.value()
        if first is None:
            self.fail("a value is expected", self.at)
        if not self.take(".."):
            self.fail("brackets hold a range, as in (1..5)", begin)
        last = self.value()
        if last is None:
            self.fail("a value is expected", self.at)
        if not self.take(")"):
            self.fail("a range is not closed", begin)
        return Range(first, last)

    def _keys(self, *, named: bool) -> list[Expression]:
        keys: list[Expression] = []
        while True:
            if self.peek() == "[":
                begin = self.at
                self.at += 1
                keys.append(self.value() or Constant(""))
                if not self.find("]"):
                    self.fail("'[' is not closed", begin)
            elif named and not keys and (name := self.word()):
                keys.append(Constant(name))
            elif self.peek() == "." and self.peek(2) != "..":
                self.at += 1
                name = self.word()
                if not name:
                    return keys
                keys.append(Constant(name))
            else:
                return keys

    def _shown(self) -> str:
        shown = self.rest()
        return repr(shown if len(shown) <= 32 else f"{shown[:29]}...")


def _operate(operator: str, left: Any, right: Any) -> bool:
    match operator:
        case "==":
            return equal(left, right)
        case "!=":
            return not equal(left, right)
        case "<":
            return less(left, right)
        case "<=":
            return less(left, right, or_equal=True)
        case ">":
            return less(right, left)
        case ">=":
            return less(right, left, or_equal=True)
        case "contains":
            return contains(plain(left), right)
        case "and":
            return is_true(plain(left)) and is_true(plain(right))
        case _:
            return is_true(plain(left)) or is_true(plain(right))
