"""What happened, as services tell it: every part is there, none is ever None without saying so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Any, Final, TypeVar, overload

from msgspec import Struct

from kuma_lite.core.clock import MILLISECONDS, SystemClock, parse_wire_time
from kuma_lite.core.declarations import DeliveryContext, Message, Status
from kuma_lite.core.json_text import text_of
from kuma_lite.core.records import replace
from kuma_lite.notifications.services.kit.templating import Render, json_rendered, rendered
from kuma_lite.notifications.services.support.escaping import Escape, plain
from kuma_lite.notifications.services.support.texts import address, host, web_address

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")

_TEST_END: Final = "Testing"  # how the text of the 'Test' button ends


class Severity(Enum):
    """How bad it is."""

    DOWN = "down"
    UP = "up"
    TEST = "test"
    WARNING = "warning"  # a certificate or a domain that expires


def _unrendered(template: str, message: Message, escape: Escape | None = None) -> str:
    del message, escape
    return template


class Tag(Struct, frozen=True):
    """A tag of a monitor."""

    name: str
    value: str
    color: str

    def __str__(self) -> str:
        return f"{self.name}: {self.value}" if self.value else self.name


@dataclass(frozen=True, slots=True)
class News:
    """One message. Of a test and a warning only `text`, `severity`, `now` and `base_url` are known; the rest
    is empty.

    Args:
        text: the whole message in one line: `[name] [🔴 Down] reason`.
        severity: how bad it is.
        id: of the monitor.
        name: of the monitor.
        path: its name behind those of its groups: `Web Shop / Shop`.
        group: the names of its groups alone.
        type: of the monitor, on the wire.
        address: what it watches: a URL, a host, a host with its port.
        url: the web address it watches.
        host: the host it watches, with its port where that is all that is watched.
        msg: what was found, without name and state.
        ping: milliseconds; "" when none were measured.
        zone: of `local_time`.
        local_time: `YYYY-MM-DD HH:mm:ss` in the server's zone.
        time: the same moment as the wire writes it, in UTC.
        at: the same moment, whole seconds since 1970.
        down_since: since when it is, or was, down; None when that is not known.
        now: when it is told, seconds since 1970; other than `at` when it had to wait.
        base_url: of our page, without a slash at its end; "" where it is not set.
        link: to the monitor on our page; "" where the base URL is not set.
        tags: of the monitor.
        monitor: the object on the wire.
        heartbeat: the object on the wire.
    """

    text: str
    severity: Severity
    id: int = 0
    name: str = ""
    path: str = ""
    group: str = ""
    type: str = ""
    address: str = ""
    url: str = ""
    host: str = ""
    msg: str = ""
    ping: str = ""
    zone: str = ""
    local_time: str = ""
    time: str = ""
    at: int = 0
    down_since: int | None = None
    now: float = 0.0
    base_url: str = ""
    link: str = ""
    tags: tuple[Tag, ...] = ()
    monitor: Mapping[str, Any] | None = None
    heartbeat: Mapping[str, Any] | None = None
    _render: Render = field(default=_unrendered, repr=False, compare=False)
    _told: Message | None = field(default=None, repr=False, compare=False)  # what all this was read from

    @classmethod
    def of(cls, message: Message, context: DeliveryContext) -> News:
        """The message with everything that follows from it."""
        monitor, beat = message.monitor, message.heartbeat
        if monitor is None or beat is None:
            is_test = (message.usual or message).text.endswith(_TEST_END)
            severity = Severity.TEST if is_test else Severity.WARNING
            return cls(
                message.text,
                severity,
                now=SystemClock().now(),
                base_url=context.base_url,
                monitor=monitor,
                heartbeat=beat,
                _render=context.render,
                _told=message,
            )
        up = beat.get("status") == Status.UP
        name, time = _text(monitor, "name"), _text(beat, "time")
        since = _text(beat, "lastDownTime") if up else time
        return cls(
            message.text,
            Severity.UP if up else Severity.DOWN,
            id=int(monitor.get("id") or 0),
            name=name,
            path=_text(monitor, "pathName") or name,
            group=" / ".join(str(part) for part in (monitor.get("path") or ())[:-1]),
            type=_text(monitor, "type"),
            address=address(monitor),
            url=web_address(monitor),
            host=host(monitor),
            msg=_text(beat, "msg"),
            ping=_text(beat, "ping"),
            zone=_text(beat, "timezone"),
            local_time=_text(beat, "localDateTime"),
            time=time,
            at=_seconds(time) or 0,
            down_since=_seconds(since),
            now=SystemClock().now(),
            base_url=context.base_url,
            link=f"{context.base_url}/dashboard/{monitor.get('id')}" if context.base_url else "",
            tags=tuple(
                Tag(_text(tag, "name"), _text(tag, "value"), _text(tag, "color"))
                for tag in monitor.get("tags") or ()
            ),
            monitor=monitor,
            heartbeat=beat,
            _render=context.render,
            _told=message,
        )

    @property
    def as_usual(self) -> News:
        """With the texts of Uptime Kuma, whatever style the channel has: for titles, and in templates."""
        usual = self._told and self._told.usual
        if not usual:
            return self
        msg = _text(usual.heartbeat or {}, "msg")
        return replace(self, text=usual.text, msg=msg, heartbeat=usual.heartbeat, _told=usual)

    @property
    def styled(self) -> str:
        """The text of another style than Uptime Kuma's; "" in that one."""
        return self.text if self._told is not None and self._told.usual is not None else ""

    @property
    def up(self) -> bool:
        """It is well again."""
        return self.severity is Severity.UP

    @property
    def down(self) -> bool:
        """It has failed, or still fails."""
        return self.severity is Severity.DOWN

    @property
    def is_beat(self) -> bool:
        """It is about a monitor that went up or down."""
        return self.up or self.down

    @property
    def state(self) -> str:
        """The state with its mark, as `text` has it; "" of a test or warning."""
        return self.pick("✅ Up", "🔴 Down", "")

    @property
    def headline(self) -> str:
        """What happened, for services that want a title: the name is not in it."""
        return f"Uptime Kuma Monitor {self.state}" if self.is_beat else "Uptime Kuma Alert"

    @overload
    def pick(self, up: A, down: B) -> A | B | None: ...

    @overload
    def pick(self, up: A, down: B, other: C) -> A | B | C: ...

    def pick(self, up: object, down: object, other: object = None) -> object:
        """One of three, by what happened; `other` is for tests and warnings."""
        return up if self.up else down if self.down else other

    def templated(self, template: str, *, escape: Escape = plain, limit: int | None = None) -> str:
        """A Liquid template of the user's with the variables of Uptime Kuma; "" for a blank one.

        Blanks around it do not count. `escape` is applied to every text that goes in, never to the template;
        these texts are shortened where more than `limit` characters come out. Raises DeliveryFailed.
        """
        template = template.strip()
        return rendered(self._render, template, self._message, escape, limit) if template else ""

    def templated_json(self, template: str) -> str:
        """A template of a JSON text: values are escaped where they would break it. Raises DeliveryFailed."""
        return json_rendered(self._render, template, self._message)

    @property
    def _message(self) -> Message:
        found = self.as_usual
        return Message(found.text, found.monitor, found.heartbeat, found._told.facts if found._told else {})


def _text(found: Mapping[str, Any], key: str) -> str:
    value = found.get(key)
    return "" if value is None else text_of(value)


@lru_cache(maxsize=64)  # many channels are told the same
def _seconds(wire: str) -> int | None:
    try:
        return parse_wire_time(wire) // MILLISECONDS
    except ValueError:
        return None
