"""What a message knows beyond its usual text: what helps at three in the morning. Pure functions.

`Message.facts` carries what neither monitor nor heartbeat tells, for these are as in Uptime Kuma:

- `since`: when it went down, milliseconds since 1970, where it is not the time of the beat;
- `at`: when it was written, where there is no heartbeat;
- `event`: `certificate` or `domain`; `expires`: when that ends, milliseconds since 1970;
- `monitor`: whom a warning is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from msgspec import Struct

from kuma_lite.core.clock import MILLISECONDS, parse_wire_time
from kuma_lite.core.declarations import Message, Status
from kuma_lite.core.patterns import pattern
from kuma_lite.notifications.rules import TRIAL_END, known_zone
from kuma_lite.notifications.services.support.texts import EMPTY_TEXT, address

SERVER: Final = "server"  # the type of what stands for a monitor where a server is meant
OWN: Final = "kuma-lite"  # and where it is this program
ABOUT: Final = ("id", "name", "type", "subtype", "url", "hostname", "port", "path", "tags")  # for `monitor`

_USERINFO: Final = pattern(r"(?<=://)[^\s/?#]*@")
_QUERY: Final = pattern(r"[?#].*", re.DOTALL)
_UNITS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


class Details(Struct, frozen=True):
    """One message, taken apart; "" and None for what is not known. Times in milliseconds since 1970.

    Args:
        text: the usual text, without credentials of addresses.
        event: `down`, `still down`, `up`, `certificate`, `domain`, `test` or `notice`.
        kind: type of the monitor; `SERVER` and `OWN` for what stands in its place.
        name: of the monitor, or of what stands in its place.
        reason: what was found, without name and state.
        zone: in which times are told.
        at: when it happened.
        since: when it went down.
        lasted: seconds from then on.
        expires: when the certificate or the domain ends.
        address: what is watched, without credentials and query.
        group: the names of the groups.
        tags: all of them in one line.
        link: to the monitor or server on our page.
    """

    text: str
    event: str
    kind: str = ""
    name: str = ""
    reason: str = ""
    zone: str = "UTC"
    at: int | None = None
    since: int | None = None
    lasted: float | None = None
    expires: int | None = None
    address: str = ""
    group: str = ""
    tags: str = ""
    link: str = ""

    def moment(self, ms: int | None) -> str:
        """`2026-11-28 14:02:10 (Europe/Berlin)`; "" for None."""
        return "" if ms is None else local_time(ms, self.zone)

    @property
    def down_for(self) -> str:
        """`2 h 5 min`; "" when it has just begun."""
        return "" if self.lasted is None else span(self.lasted)


def details_of(message: Message, base_url: str, zone: str) -> Details:
    """Everything that is known.

    Args:
        message: with its usual texts.
        base_url: of our page, without a slash at its end; "" where it is not set.
        zone: IANA name, for messages without a heartbeat.
    """
    facts, beat = message.facts, message.heartbeat
    monitor = message.monitor if message.monitor is not None else facts.get("monitor") or {}
    event = _event(message)
    at = _whole(facts.get("at")) if beat is None else _ms(beat.get("time"))
    since = _since(facts, beat, event)
    lasted = None if at is None or since is None else (at - since) / MILLISECONDS
    watched = _watched(monitor)
    return Details(
        text=_without_credentials(message.text, watched),
        event=event,
        kind=_line(monitor.get("type")),
        name=_line(monitor.get("name")),
        reason=_without_credentials(str((beat or {}).get("msg") or ""), watched),
        zone=str((beat or {}).get("timezone") or zone),
        at=at,
        since=since,
        lasted=lasted if lasted is not None and lasted >= 1 else None,
        expires=_whole(facts.get("expires")),
        address=_line(open_address(watched)),
        group=_group(monitor),
        tags=_tags(monitor),
        link=_link(monitor, base_url),
    )


def detailed(found: Details) -> str:
    """The text of the message style Detailed: the usual one, and a line for everything else. Never empty."""
    return "\n".join([found.text.strip() or EMPTY_TEXT, *_course(found), *_target(found)])


def _course(found: Details) -> Iterator[str]:
    """Since when, and for how long."""
    since, lasted = found.moment(found.since), found.down_for
    about_since = f", since {since}" if since else ""
    alert = found.kind in (SERVER, OWN)  # a busy server is not down, and must not be called so
    match found.event:
        case "down" if since:
            yield f"{'Since' if alert else 'Down since'} {since}{f', for {lasted} now' if lasted else ''}"
        case "still down":
            lasting = f", for {lasted}" if lasted else ""
            yield f"Still {'so' if alert else 'down'}{lasting}{about_since}"
        case "up":
            if found.at is not None:
                yield f"{'Over' if alert else 'Up'} since {found.moment(found.at)}"
            if lasted:
                yield f"{'Lasted' if alert else 'Was down for'} {lasted}{about_since}"
        case "certificate" | "domain" if found.expires is not None:
            yield f"Expires: {found.moment(found.expires)}"
        case "test":
            yield "This is a test: nothing is wrong."
            if found.at is not None:
                yield f"Sent: {found.moment(found.at)}"


def _target(found: Details) -> Iterator[str]:
    """What it is about, and where to look."""
    place = {SERVER: "Server", OWN: "Page"}.get(found.kind, "Monitor" if found.kind else "Page")
    lines = {
        "Host" if found.kind == SERVER else "Address": found.address,
        "Group": found.group,
        "Tags": found.tags,
        place: found.link,
    }
    return (f"{label}: {value}" for label, value in lines.items() if value)


# --- the parts ---------------------------------------------------------------------------------------------


def _event(message: Message) -> str:
    beat = message.heartbeat
    if beat is None:
        known = message.facts.get("event")
        return str(known) if known else "test" if message.text.endswith(TRIAL_END) else "notice"
    if beat.get("status") == Status.UP:
        return "up"
    return "still down" if beat.get("important") is False else "down"


def _since(facts: Mapping[str, Any], beat: Mapping[str, Any] | None, event: str) -> int | None:
    if "since" in facts or beat is None:
        return _whole(facts.get("since"))
    known_from = {"up": "lastDownTime", "down": "time"}.get(event)
    return _ms(beat.get(known_from)) if known_from else None


def _watched(monitor: Mapping[str, Any]) -> str:
    """The address as it is stored."""
    found = address(monitor)
    if found or not monitor.get("hostname"):
        return found
    host, port = monitor["hostname"], monitor.get("port")
    return f"{host}:{port}" if port else str(host)


def open_address(text: str) -> str:
    """An address that everybody may read: without name and password, query and fragment."""
    return _QUERY.sub("", _USERINFO.sub("", text)) if "://" in text else text


def _without_credentials(text: str, watched: str) -> str:
    """A text in which addresses stand, above all that of the target."""
    if "://" in watched:
        text = text.replace(watched, open_address(watched))
    return _USERINFO.sub("", text)


def _group(monitor: Mapping[str, Any]) -> str:
    path = monitor.get("path")
    return " / ".join(_line(part) for part in path[:-1]) if isinstance(path, list) else ""


def _tags(monitor: Mapping[str, Any]) -> str:
    tags = monitor.get("tags")
    found = tags if isinstance(tags, list) else []
    pairs = [(_line(tag.get("name")), _line(tag.get("value"))) for tag in found if isinstance(tag, Mapping)]
    return ", ".join(f"{name}: {value}" if value else name for name, value in pairs if name or value)


def _link(monitor: Mapping[str, Any], base_url: str) -> str:
    if not base_url:
        return ""
    if monitor.get("type") == SERVER:
        return f"{base_url}/servers/{quote(str(monitor.get('uuid') or ''), safe='')}"
    number = _whole(monitor.get("id"))
    return base_url if number is None else f"{base_url}/dashboard/{number}"


def _line(value: object) -> str:
    """In one line."""
    return "" if value is None else " ".join(str(value).split())


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _ms(wire: object) -> int | None:
    try:
        return parse_wire_time(str(wire))
    except ValueError:
        return None


# --- times -------------------------------------------------------------------------------------------------


def local_time(ms: int, zone: str) -> str:
    """`2026-11-28 14:02:10 (Europe/Berlin)`; milliseconds since 1970, the IANA name of a zone."""
    name, info = known_zone(zone)
    try:
        moment = datetime.fromtimestamp(ms // MILLISECONDS, UTC).astimezone(info)
    except (ValueError, OverflowError, OSError):
        return ""
    return f"{moment:%Y-%m-%d %H:%M:%S} ({name})"


def span(seconds: float) -> str:
    """`2 h 5 min`, `45 s`: the largest unit and the one below it."""
    rest = max(1, round(seconds))
    sizes = [size for size, _ in _UNITS]
    first = next(index for index, size in enumerate(sizes) if rest >= size)
    parts = []
    for size, unit in _UNITS[first : first + 2]:
        number, rest = divmod(rest, size)
        if number:
            parts.append(f"{number} {unit}")
    return " ".join(parts)
