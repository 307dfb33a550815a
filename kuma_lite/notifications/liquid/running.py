"""One rendering of a template: its variables, what it has written, and the limits it has to keep."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from kuma_lite.notifications.liquid.errors import TemplateError, TooMuch
from kuma_lite.notifications.liquid.values import MISSING, Safe, plain, text

if TYPE_CHECKING:
    from kuma_lite.notifications.liquid.expressions import FilterCall

MAX_OUTPUT_CHARS: Final = 200_000  # services cut at thousands; a mail may be a page of HTML
MAX_TEXT_CHARS: Final = 100_000  # of one value: a kept response is at most this long by far
MAX_ITEMS: Final = 2_000  # of one list; some filters compare all with all
MAX_LOOPS: Final = 5_000  # iterations, nested ones multiplied
MAX_RENDER_S: Final = 0.25  # of processor time; the event loop stands still meanwhile


Escape = Callable[[str], str]


class Limits:
    """What one rendering may have."""

    def __init__(self) -> None:
        self._ends = time.thread_time() + MAX_RENDER_S
        self._loops = MAX_LOOPS
        self._output = MAX_OUTPUT_CHARS

    def tick(self) -> None:
        """Look at the time. Raises TooMuch."""
        if time.thread_time() > self._ends:
            raise TooMuch(f"it works longer than {MAX_RENDER_S} seconds")

    def loop(self) -> None:
        """Begin one more iteration. Raises TooMuch."""
        self._loops -= 1
        if self._loops < 0:
            raise TooMuch(f"it loops more than {MAX_LOOPS} times")

    def output(self, characters: int) -> None:
        """Write so many characters more. Raises TooMuch."""
        self._output -= characters
        if self._output < 0:
            raise TooMuch(f"it writes more than {MAX_OUTPUT_CHARS} characters")

    @staticmethod
    def text(characters: int) -> None:
        """Make a text that long. Raises TooMuch."""
        if characters > MAX_TEXT_CHARS:
            raise TooMuch(f"a text is longer than {MAX_TEXT_CHARS} characters")

    @staticmethod
    def items(count: float) -> None:
        """Make a list that long. Raises TooMuch."""
        if count > MAX_ITEMS:
            raise TooMuch(f"a list has more than {MAX_ITEMS} items")

    def made(self, value: Any) -> Any:
        """The value, once it is known to be no larger than values may be. Raises TooMuch."""
        if isinstance(value, str):
            self.text(len(value))
        elif isinstance(value, list):
            self.items(len(value))
            self.text(sum(len(item) for item in value if isinstance(item, str)))
        return value


class Run:
    """What filters and tags work on.

    Args:
        variables: what the template is given; it cannot change it.
        filters: by name, called with the run, the value and the arguments.
        source: the template, for errors.
        zone: the IANA name of the zone that times are written in.
        escape: applied to what comes from values, never to what the template says; None: nothing is escaped.
    """

    def __init__(
        self,
        variables: Mapping[str, Any],
        filters: Mapping[str, Callable[..., Any]],
        source: str,
        zone: str,
        escape: Escape | None,
    ) -> None:
        self.given = dict(variables)
        self.assigned: dict[str, Any] = {}
        self.registers: dict[Any, Any] = {}  # what cycles and loops remember
        self.limits = Limits()
        self.zone = zone
        self._source = source
        self._filters = filters
        self._scopes: list[dict[str, Any]] = [self.assigned]
        self._outputs: list[list[str]] = [[]]
        self._escape = escape
        self._escaping = frozenset() if escape is None else _escaping(escape)

    def variable(self, name: Any) -> Any:
        """What the innermost scope that knows the name has."""
        for scope in reversed(self._scopes):
            if name in scope:
                return scope[name]
        return self.given.get(name, MISSING) if isinstance(name, str) else MISSING

    @contextmanager
    def scope(self, names: dict[str, Any]) -> Iterator[None]:
        """More variables for a while."""
        self._scopes.append(names)
        try:
            yield
        finally:
            self._scopes.pop()

    def assign(self, name: str, value: Any) -> None:
        """Set a variable of the whole template."""
        self.assigned[name] = self.limits.made(value)

    def shown(self, value: Any) -> str:
        """A value as it prints, escaped if it is a text from outside."""
        printed = text(value)
        if self._escape is None or isinstance(value, Safe):
            return printed
        return Safe(self._escape(printed))

    def joined(self, separator: Any, parts: Iterable[Any]) -> str:
        """One text of several, escaped where they come from outside and others do not."""
        parts = list(parts)
        if self._escape is None or not any(isinstance(part, Safe) and part for part in (separator, *parts)):
            joint, texts = text(separator), [text(part) for part in parts]
        else:
            joint, texts = self.shown(separator), [self.shown(part) for part in parts]
        self.limits.text(sum(map(len, texts)) + len(joint) * len(texts))
        return type(joint)(joint.join(texts)) if isinstance(joint, Safe) else joint.join(texts)

    def write(self, written: str) -> None:
        """Write a text that is escaped where it has to be."""
        self.limits.output(len(written))
        self._outputs[-1].append(written)

    @contextmanager
    def captured(self) -> Iterator[list[str]]:
        """Collects what is written meanwhile."""
        self._outputs.append([])
        try:
            yield self._outputs[-1]
        finally:
            self._outputs.pop()

    def written(self) -> str:
        """All that was written."""
        return "".join(self._outputs[0])

    def filtered(self, call: FilterCall, value: Any) -> Any:
        """What a filter makes of a value; one that does not exist changes nothing. Raises TemplateError."""
        self.limits.tick()
        function, value = self._filters.get(call.name), plain(value)
        arguments = [argument.value(self) for argument in call.arguments]
        named = {name: argument.value(self) for name, argument in call.named}
        if function is None:
            return value
        most, names = _accepted(function)
        arguments = arguments[:most]
        named = {name: argument for name, argument in named.items() if name in names}
        try:
            made = self.limits.made(function(self, value, *arguments, **named))
            return made if self._escape is None else self._marked(call.name, value, arguments, made)
        except TooMuch:
            raise
        except TemplateError as error:
            raise TemplateError(error.message, self._source, call.position) from None
        except TypeError as error:
            if "argument" not in str(error):
                raise
            raise TemplateError(f"wrong arguments for '{call.name}'", self._source, call.position) from None

    def _marked(self, name: str, value: Any, arguments: list[Any], made: Any) -> Any:
        """What a filter made, marked as safe if it escapes itself or had nothing from outside to work on."""
        known = isinstance(value, Safe) and all(
            isinstance(a, Safe) or not isinstance(a, str) for a in arguments
        )
        if isinstance(made, str) and (known or name in self._escaping):
            return Safe(made)
        if isinstance(made, list) and known:
            return [Safe(item) if isinstance(item, str) else item for item in made]
        return made


@cache
def _accepted(function: Callable[..., Any]) -> tuple[int | None, frozenset[str]]:
    """How many arguments a filter reads behind the value (None: all), and those that have a name."""
    parameters = inspect.signature(function).parameters.values()
    names = frozenset(one.name for one in parameters if one.kind is one.KEYWORD_ONLY)
    if any(one.kind is one.VAR_POSITIONAL for one in parameters):
        return None, names
    return sum(one.kind is one.POSITIONAL_OR_KEYWORD for one in parameters) - 2, names


def _escaping(escape: Escape) -> frozenset[str]:
    """The filters whose result is already written as this escaping wants it."""
    if escape("<") == "&lt;":
        return frozenset({"escape", "escape_once", "raw", "xml_escape"})
    return frozenset({"inspect", "json", "jsonify", "raw"} if escape('"') == '\\"' else {"raw"})
