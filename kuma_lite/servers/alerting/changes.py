"""What follows for the alerts of a server from what is known of it. Pure: nothing is stored or told here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from kuma_lite.servers.model import DOWNTIME, OFFLINE, ONLINE, Incident, Server
from kuma_lite.servers.rules.alerts import Open, Quiet
from kuma_lite.servers.samples.metrics import FRIENDLY

FRESH_MS: Final = 10 * 60_000  # older samples are what an agent catches up with: no reason to call anybody


class Told(Struct, frozen=True):
    """How an alert ended, that was kept until the maintenance was over, is to be said."""

    incident: Incident


class Opened(Struct, frozen=True):
    """An alert begins; it has been so since `since` (ms)."""

    cause: str
    since: int


class Closed(Struct, frozen=True):
    """An alert is over."""

    incident: Incident


class Woken(Struct, frozen=True):
    """A snooze is over, and it is still so."""

    incident: Incident


Change = Told | Opened | Closed | Woken


def changes_of(server: Server, *, down: bool, wanted: bool, covered: bool, now: int) -> list[Change]:
    """Everything that is to be stored and told now, in this order.

    Args:
        server: with its states, open incidents and what it sent last.
        down: whether it has been silent for its whole grace period (see `is_down`).
        wanted: whether people want to hear of silence.
        covered: whether it is under maintenance, which opens no alert and says nothing.
        now: milliseconds since 1970.
    """
    waiting = [] if covered else [Told(incident) for incident in server.pending.values()]
    changes: list[Change] = [*waiting, *_thresholds(server, covered, now)]
    changes += _silence(server, down, wanted, covered)
    if not covered:
        over = [change.incident for change in changes if isinstance(change, Closed)]
        changes += [
            Woken(incident)
            for incident in server.incidents.values()
            if incident.snooze_until is not None and incident.snooze_until <= now and incident not in over
        ]
    return changes


def _thresholds(server: Server, covered: bool, now: int) -> Iterator[Change]:
    for name in FRIENDLY:
        state, incident = server.states.get(name), server.incidents.get(name)
        if isinstance(state, Open) and incident is None:
            behind = min(0, server.clock_offset or 0)  # samples of a clock ahead are shifted already
            if state.last - behind >= now - FRESH_MS and not covered:
                yield Opened(name, state.since)
        elif isinstance(state, Quiet) and state.last is not None and incident is not None:
            yield Closed(incident)


def _silence(server: Server, down: bool, wanted: bool, covered: bool) -> Iterator[Change]:
    incident = server.incidents.get(DOWNTIME)
    if incident is None:
        if down and wanted and not covered:
            yield Opened(DOWNTIME, server.last_seen)
    elif not wanted or server.last_seen != incident.started:  # heard since; the clock may have been set back
        yield Closed(incident)


def status_of(server: Server, *, down: bool, listening_since: int) -> str:
    """`ONLINE` or `OFFLINE`; as it was while nothing can be known.

    After a start of ours that is so until the host spoke or its grace period is over.

    Args:
        server: with when it was heard.
        down: whether it has been silent for its whole grace period.
        listening_since: since when we can hear, monotonic ms.
    """
    if down or (server.heard_at is not None and server.heard_at >= listening_since):
        return OFFLINE if down else ONLINE
    return server.status
