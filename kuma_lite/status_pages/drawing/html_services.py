"""The services of a status page as HTML: groups, monitors with their history, servers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from kuma_lite.core.declarations import Status
from kuma_lite.status_pages.component_model import ShownComponent
from kuma_lite.status_pages.drawing import bars, colours
from kuma_lite.status_pages.drawing.facts import Facts
from kuma_lite.status_pages.drawing.markup import escape
from kuma_lite.status_pages.drawing.moments import moment
from kuma_lite.status_pages.model import Bar, Document, Page, ShownServer

MAX_TAGS: Final = 5  # shown of a monitor at a glance; the rest unfolds
MAX_TITLES: Final = 60  # monitors of which every bar says its day
_WARN_DAYS: Final = 7  # a certificate that expires this soon stands out

_WORDS: Final = {
    Status.DOWN: ("Down", "down"),
    Status.UP: ("Up", "up"),
    Status.PENDING: ("Pending", "pending"),
    Status.MAINTENANCE: ("Maintenance", "maintenance"),
}
_NO_BEAT: Final = ("No data yet", "nothing")
_PAUSED: Final = ("Paused", "nothing")
_KINDS: Final = ("down", "pending", "maintenance")  # worth a mention beside the name of a group

# What visitors read about a server that is busy.
_ALERTS: Final = {
    "cpu": "processor", "ram": "memory", "disk": "disk", "net_in": "incoming traffic",
    "net_out": "outgoing traffic", "downtime": "silent",
}  # fmt: skip

# A sign of its own for each state: colours alone tell nothing to many people, nor on paper.
_SIGNS: Final = {
    "up": '<circle cx="8" cy="8" r="7"/><path d="M4.5 8.2l2.4 2.4 4.6-4.8"/>',
    "down": '<circle cx="8" cy="8" r="7"/><path d="M5.3 5.3l5.4 5.4M10.7 5.3l-5.4 5.4"/>',
    "pending": '<path class="fill" d="M8 1.2L15.4 14.6H.6z"/><path d="M8 6v4M8 12v.6"/>',
    "maintenance": '<rect x="1" y="1" width="14" height="14" rx="3"/><path d="M5.8 4.5v7M10.2 4.5v7"/>',
    "nothing": '<circle class="ring" cx="8" cy="8" r="6"/>',
}
SIGNS: Final = (
    '<svg class="signs" width="0" height="0" aria-hidden="true">'
    + "".join(
        f'<symbol id="is-{kind}" viewBox="0 0 16 16">{drawn}</symbol>' for kind, drawn in _SIGNS.items()
    )
    + "</svg>\n"
)


class Services(Struct, frozen=True):
    """Everything on a page that can be up or down.

    Args:
        page: what is shown of it.
        groups: `publicGroupList`.
        heartbeats: of `Answers.heartbeats`.
        servers: those on the page.
        facts: their history.
    """

    page: Page
    groups: Sequence[Mapping[str, Any]]
    heartbeats: Document
    servers: Sequence[ShownServer]
    facts: Facts

    def html(self) -> str:
        """The groups, then the servers."""
        count = sum(len(group["monitorList"]) for group in self.groups) + len(self.facts.components)
        every_title = count <= MAX_TITLES
        groups = "".join(self._group(place, group, every_title) for place, group in enumerate(self.groups, 1))
        return f'<div id="services">{self._choice(count)}{groups}{self._servers()}</div>\n'

    def _choice(self, count: int) -> str:
        """Days or hours; works without a script."""
        if (
            not (self.facts.bars or self.facts.component_bars)
            or not count
            or self.page.show_only_last_heartbeat
        ):
            return ""
        here, current = ' aria-current="true"', self.facts.hourly
        return (
            '<nav class="choice" aria-label="History">'
            f'<a href="?"{"" if current else here}>90 days</a>'
            f'<a href="?hours"{here if current else ""}>24 hours</a></nav>'
        )

    def _group(self, place: int, group: Mapping[str, Any], every_title: bool) -> str:
        monitors, number = group["monitorList"], group.get("id") or f"new-{place}"
        components = [each for each in self.facts.components if each.group_id == group.get("id")]
        rows = "".join(self._component(each, every_title) for each in components)
        rows += "".join(self._monitor(monitor, every_title) for monitor in monitors)
        kinds = Counter(self._state(monitor)[1] for monitor in monitors)
        kinds.update(_word(each.status)[1] for each in components)
        if not rows and not self.facts.edited:
            return ""
        if not group["name"].strip():  # nothing to fold it by
            return (
                f'<section class="group plain" data-group-id="{escape(str(number))}" aria-label="Services">'
                f"<ul>{rows}</ul>{self._scale(monitors, components)}</section>\n"
            )
        return (
            f'<section class="group" data-group-id="{escape(str(number))}">'
            f'<details id="group-{escape(str(number))}" open><summary><h2>{escape(group["name"])}</h2>'
            f"{_tally(kinds)}</summary><ul>{rows}</ul>{self._scale(monitors, components)}</details>"
            "</section>\n"
        )

    def _state(self, monitor: Mapping[str, Any]) -> tuple[str, str]:
        """Word and kind."""
        if monitor["id"] in self.facts.paused:
            return _PAUSED
        beats = self.heartbeats["heartbeatList"].get(str(monitor["id"]), ())
        return _word(Status(beats[-1]["status"]) if beats else None)

    def _monitor(self, monitor: Mapping[str, Any], every_title: bool) -> str:
        word, kind = self._state(monitor)
        about = f"{_tags(monitor)}{_certificate(monitor)}{self._pace(monitor)}"
        about = f'<div class="about">{about}</div>' if about else ""
        return (
            f'<li data-monitor-id="{monitor["id"]}" class="service"><div class="name">{_name(monitor)}</div>'
            f"{about}{self._history(monitor, every_title)}{_sign(word, kind)}</li>"
        )

    def _component(self, component: ShownComponent, every_title: bool) -> str:
        word, kind = _word(component.status)
        about = f"<span>{escape(component.text)}</span>" if component.text else ""
        if component.until is not None:
            about += f"<span>until {moment(component.until)}</span>"
        about = f'<div class="about">{about}</div>' if about else ""
        history = (
            "" if self.page.show_only_last_heartbeat else self._component_history(component, every_title)
        )
        return (
            f'<li data-component-id="{component.id}" class="service">'
            f'<div class="name">{escape(component.name)}</div>{about}{history}{_sign(word, kind)}</li>'
        )

    def _component_history(self, component: ShownComponent, every_title: bool) -> str:
        history = self.facts.component_bars.get(component.id, ())
        share = bars.uptime_of(history)
        words = (
            "Uptime of the last 24 hours" if self.facts.hourly else f"Uptime of the last {len(history)} days"
        )
        uptime = "" if share is None else f'<span class="uptime" title="{words}">{bars.percent(share)}</span>'
        return f"{self._bars(history, every_title)}{uptime}" if history else ""

    def _bars(self, history: Sequence[Bar], every_title: bool) -> str:
        drawn = bars.picture(history, self.facts.bar_s, every_title=every_title)
        return f'<div class="bars{" hours" if self.facts.hourly else ""}">{drawn}</div>'

    def _history(self, monitor: Mapping[str, Any], every_title: bool) -> str:
        if self.page.show_only_last_heartbeat:
            return ""
        history = self.facts.bars.get(monitor["id"], ())
        share = bars.uptime_of(history)
        words = "Uptime of the last 24 hours"
        if share is None:
            beats = self.heartbeats["heartbeatList"].get(str(monitor["id"]), ())
            counted = any(beat["status"] != Status.MAINTENANCE for beat in beats)
            share = self.heartbeats["uptimeList"].get(f"{monitor['id']}_24", 0) if counted else None
        elif not self.facts.hourly:
            words = f"Uptime of the last {len(history)} days"
        uptime = "" if share is None else f'<span class="uptime" title="{words}">{bars.percent(share)}</span>'
        return f"{self._bars(history, every_title)}{uptime}" if history else uptime

    def _scale(self, monitors: Sequence[Mapping[str, Any]], components: Sequence[ShownComponent]) -> str:
        drawn = any(self.facts.bars.get(each["id"]) for each in monitors)
        drawn = drawn or any(self.facts.component_bars.get(each.id) for each in components)
        if self.page.show_only_last_heartbeat or not drawn:
            return ""
        since = "24 hours ago" if self.facts.hourly else "90 days ago"
        until = "Now" if self.facts.hourly else "Today"
        short = "" if self.facts.hourly else '<span class="short">30 days ago</span>'
        return (
            f'<div class="scale" aria-hidden="true"><span class="long">{since}</span>{short}'
            f"<span>{until}</span></div>"
        )

    def _pace(self, monitor: Mapping[str, Any]) -> str:
        if not (self.page.show_response_times or monitor.get("showPing")):
            return ""
        beats = self.heartbeats["heartbeatList"].get(str(monitor["id"]), ())
        if self.page.show_response_times:
            return bars.sparkline([beat["ping"] for beat in beats])
        ping = beats[-1]["ping"] if beats else None
        return "" if ping is None else f'<span class="ping">Response time: {ping:.0f} ms</span>'

    def _servers(self) -> str:
        if not self.servers:
            return ""
        rows = "".join(map(_server, self.servers))
        return f'<section class="group" id="servers"><h2>Servers</h2><ul>{rows}</ul></section>\n'


def _word(status: Status | None) -> tuple[str, str]:
    return _NO_BEAT if status is None else _WORDS[status]


def _tally(kinds: Mapping[str, int]) -> str:
    """What is wrong in a group, also while it is folded."""
    said = [f'<span class="{kind}">{kinds[kind]} {kind}</span>' for kind in _KINDS if kinds.get(kind)]
    return f'<span class="tally">{" ".join(said)}</span>' if said else ""


def _sign(word: str, kind: str) -> str:
    return (
        f'<span class="state {kind}"><svg class="sign" aria-hidden="true"><use href="#is-{kind}"/></svg>'
        f"<span>{word}</span></span>"
    )


def _server(server: ShownServer) -> str:
    word, kind = _WORDS[server.status]
    busy = ", ".join(_ALERTS[cause] for cause in server.alerts) if server.status is Status.UP else ""
    note = f'<div class="about"><span class="busy">{busy}</span></div>' if busy else ""
    return (
        f'<li class="service"><div class="name">{escape(server.name)}</div>{note}'
        f"{_sign('Busy' if busy else word, 'pending' if busy else kind)}</li>"
    )


def _name(monitor: Mapping[str, Any]) -> str:
    name, url = escape(monitor["name"]), monitor.get("url") or ""
    # "https://" alone is what forms hold before somebody has typed an address.
    if not url.lower().startswith(("http://", "https://")) or url == "https://":
        return name
    return f'<a href="{escape(url)}" rel="nofollow noopener">{name}</a>'


def _tags(monitor: Mapping[str, Any]) -> str:
    tags = list(monitor.get("tags", ()))
    if len(tags) <= MAX_TAGS:
        return _each(tags)
    rest = (
        f'<details class="tags"><summary>+{len(tags) - MAX_TAGS}</summary>{_each(tags[MAX_TAGS:])}</details>'
    )
    return _each(tags[:MAX_TAGS]) + rest


def _each(tags: Iterable[Mapping[str, Any]]) -> str:
    return "".join(map(_tag, tags))


def _tag(tag: Mapping[str, Any]) -> str:
    words = tag["name"] + (f": {tag['value']}" if tag["value"] else "")
    colour = colours.normalise(tag["color"]) or colours.NOT_AVAILABLE
    return (
        '<span class="tag"><svg width="8" height="8" aria-hidden="true">'
        f'<circle cx="4" cy="4" r="4" fill="{escape(colour)}"/></svg>{escape(words)}</span>'
    )


def _certificate(monitor: Mapping[str, Any]) -> str:
    if not monitor.get("validCert"):
        return ""  # most have none, and one that does not hold is a failure of the check
    days = int(monitor["certExpiryDaysRemaining"])
    kind = " down" if days <= _WARN_DAYS else ""
    return f'<span class="certificate{kind}">Certificate: {days} {"day" if days == 1 else "days"}</span>'
