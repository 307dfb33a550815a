"""Liquid templates of message texts, in a sandbox.

Uptime Kuma 2.5 renders with LiquidJS; here it is python-liquid with the filters that are missing there. A
template reads no files, and it is bounded in what it writes, in how often it loops and in time: what a
monitored server answered ends up in templates, and the process has other things to do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from kuma_lite.core.declarations import DeliveryFailed, Message
from kuma_lite.core.json_text import compact_json
from kuma_lite.notifications.filters import MORE_FILTERS
from kuma_lite.notifications.rules import TEST_WORD, status_word
from kuma_lite.notifications.services.support.texts import NO_ADDRESS, NO_NAME, address

MAX_TEMPLATE_CHARS: Final = 50_000  # far beyond every service's longest message
MAX_OUTPUT_BYTES: Final = 200_000  # services cut at thousands; a mail may be a page of HTML
MAX_TEXT_CHARS: Final = 100_000  # of one value: a kept response is at most this long by far
MAX_ITEMS: Final = 2_000  # of one list; some filters compare all with all
MAX_NUMBER: Final = 2**64  # squared numbers must not grow into megabytes
MAX_LOOPS: Final = 5_000  # iterations, nested ones multiplied
MAX_RENDER_S: Final = 0.25  # the event loop stands still meanwhile
MAX_MARKUP_CHARS: Final = 20_000  # for the HTML parser, which is quadratic with hostile text


class TooMuch(Exception):
    """A template asks for more than it may have."""


class _JsonObject(dict[str, Any]):
    """A JSON object; written into a text it is its JSON."""

    def __str__(self) -> str:
        return compact_json(self)


def variables(message: Message) -> dict[str, Any]:
    """What templates may use; the upper-case names are older spellings."""
    monitor, heartbeat = message.monitor, message.heartbeat
    name = str(monitor.get("name") or "") if monitor is not None else NO_NAME
    where = address(monitor) if monitor is not None else NO_ADDRESS
    status = TEST_WORD if heartbeat is None else status_word(heartbeat.get("status", 0))
    return {
        "msg": message.text,
        "name": name,
        "NAME": name,
        "status": status,
        "STATUS": status,
        "hostnameOrURL": where,
        "HOSTNAME_OR_URL": where,
        "monitorJSON": _readable(monitor),
        "heartbeatJSON": _readable(heartbeat),
    }


def prepare() -> None:
    """Load the engine: 200 ms that a thread can spend instead of the event loop."""
    _environment()


def render(template: str, message: Message) -> str:
    """The rendered text. Raises DeliveryFailed, permanent: the same template fails the next time as well."""
    from liquid.exceptions import LiquidError

    if len(template) > MAX_TEMPLATE_CHARS:
        raise DeliveryFailed(f"The template is longer than {MAX_TEMPLATE_CHARS} characters.", permanent=True)
    try:
        return str(_environment().from_string(template).render(variables(message)))
    except TooMuch as error:
        raise DeliveryFailed(f"The template was stopped: {error}.", permanent=True) from None
    except LiquidError as error:
        raise DeliveryFailed(f"The template cannot be used: {error.message}.", permanent=True) from None
    except Exception as error:  # filters meet values of every kind; none of that is trouble of ours
        raise DeliveryFailed(f"The template cannot be used: {error}.", permanent=True) from None


def _readable(value: Any) -> Any:
    """A copy as templates should see it: whole numbers without a fraction, objects that print as JSON."""
    if isinstance(value, Mapping):
        return _JsonObject({str(key): _readable(item) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return [_readable(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


@cache
def _environment() -> Any:
    """The one environment; importing the engine and building it costs 200 ms, so that happens once."""
    from liquid import Environment
    from liquid.context import RenderContext
    from liquid.output import LimitedStringIO
    from liquid.template import BoundTemplate

    class WatchedContext(RenderContext):
        """A context that looks at the time whenever a template does something."""

        __slots__ = ("ends",)

        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self.ends = time.perf_counter() + MAX_RENDER_S

        def _watch(self) -> None:
            if time.perf_counter() > self.ends:
                raise TooMuch(f"it takes longer than {MAX_RENDER_S} seconds")

        def get(self, *arguments: Any, **named: Any) -> object:
            self._watch()
            return super().get(*arguments, **named)

        def assign(self, key: str, val: Any) -> None:
            self._watch()
            _within_limits(val)
            super().assign(key, val)

        def extend(self, *arguments: Any, **named: Any) -> Any:
            self._watch()
            return super().extend(*arguments, **named)

        def filter(self, name: str, token: Any) -> Callable[..., object]:
            self._watch()
            return super().filter(name, token)

        def get_buffer(self, buf: Any = None) -> LimitedStringIO:
            used = buf.size if isinstance(buf, LimitedStringIO) else 0
            return LimitedStringIO(MAX_OUTPUT_BYTES - used, newline="")

    class WatchedTemplate(BoundTemplate):
        context_class = WatchedContext

        def _get_buffer(self) -> LimitedStringIO:
            return LimitedStringIO(MAX_OUTPUT_BYTES, newline="")  # carriage returns stay what they are

    class Sandbox(Environment):
        loop_iteration_limit = MAX_LOOPS
        output_stream_limit = MAX_OUTPUT_BYTES
        local_namespace_limit = 10 * MAX_TEXT_CHARS
        template_class = WatchedTemplate

    environment = Sandbox(strict_filters=False, autoescape=False)
    for tag in ("include", "render"):
        del environment.tags[tag]
    for name, function in {**environment.filters, **MORE_FILTERS}.items():
        environment.add_filter(name, _bounded(name, function))
    return environment


def _bounded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The filter, refusing what would make it slow or large."""

    def call(left: Any, *arguments: Any, **named: Any) -> Any:
        for value in (left, *arguments):
            _within_limits(value)
        if name in _MULTIPLYING:
            _MULTIPLYING[name](left, *arguments)
        result = function(left, *arguments, **named)
        _within_limits(result)
        return int(result) if isinstance(result, float) and result.is_integer() else result

    for mark in ("with_context", "with_environment"):
        if getattr(function, mark, False):
            setattr(call, mark, True)
    return call


def _within_limits(value: Any) -> None:
    if isinstance(value, str) and len(value) > MAX_TEXT_CHARS:
        raise TooMuch(f"a text is longer than {MAX_TEXT_CHARS} characters")
    if isinstance(value, int) and abs(value) > MAX_NUMBER:
        raise TooMuch("a number is too large")
    if isinstance(value, range) and value.stop - value.start > MAX_ITEMS:
        raise TooMuch(f"a range has more than {MAX_ITEMS} members")
    if isinstance(value, list | tuple):
        if len(value) > MAX_ITEMS:
            raise TooMuch(f"a list has more than {MAX_ITEMS} members")
        if sum(len(item) for item in value if isinstance(item, str)) > MAX_TEXT_CHARS:
            raise TooMuch(f"the texts of a list have more than {MAX_TEXT_CHARS} characters")


def _replace_grows(text: Any, sought: Any = "", new: Any = "") -> None:
    if str(text).count(str(sought)) * len(str(new)) > MAX_TEXT_CHARS:
        raise TooMuch(f"a text is longer than {MAX_TEXT_CHARS} characters")


def _join_grows(items: Any, separator: Any = " ") -> None:
    if isinstance(items, list | tuple | range) and len(items) * len(str(separator)) > MAX_TEXT_CHARS:
        raise TooMuch(f"a text is longer than {MAX_TEXT_CHARS} characters")


def _markup_is_short(text: Any) -> None:
    if len(str(text)) > MAX_MARKUP_CHARS:
        raise TooMuch(f"more than {MAX_MARKUP_CHARS} characters of HTML")


_MULTIPLYING: Final[dict[str, Callable[..., None]]] = {
    "replace": _replace_grows,
    "join": _join_grows,
    "strip_html": _markup_is_short,
}
