"""Where monitors and notifications meet: what is written into the outbox, and when it is sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from kuma_lite.beats.history import last_down
from kuma_lite.beats.model import Beat
from kuma_lite.checks._saved_response import read_saved
from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.declarations import Message, Status
from kuma_lite.monitors.document.targets import target_of
from kuma_lite.monitors.engine.expiry import ExpiryWarning
from kuma_lite.monitors.engine.roster import Monitor
from kuma_lite.monitors.model import BeatRecorded
from kuma_lite.monitors.service import Monitors
from kuma_lite.notifications.announcement import Announcement
from kuma_lite.notifications.details import ABOUT
from kuma_lite.notifications.model import pack
from kuma_lite.notifications.rules import certificate_text, domain_text
from kuma_lite.notifications.service import Notifications

if TYPE_CHECKING:
    from kuma_lite.core.sql import Connection


class Messages:
    """Writes the messages about a beat into the outbox, in the beat's own transaction."""

    def __init__(self, notifications: Notifications, clock: Clock, bus: Bus) -> None:
        self._notifications = notifications
        self._clock = clock
        self._announced: set[int] = set()
        self.monitors: Monitors | None = None
        bus.subscribe(BeatRecorded, self._after_commit)

    def announce(
        self, monitor: Monitor, *, pushed: bool
    ) -> tuple[Callable[[Connection, Beat], None], Callable[[Beat, bool | None], None]]:
        """What writes one row per notification of the monitor, and what tells them without."""
        assert self.monitors is not None
        wire = self.monitors.wire(monitor, sensitive=False)
        now = to_ms(self._clock.now())
        self._announced.add(monitor.id)

        rows: dict[int, int] = {}
        since = monitor.since

        def message_about(beat: Beat, down: int | None) -> str:
            response = read_saved(beat.response) if beat.response else None
            reminds_of = None if beat.important else since
            return self._notifications.beat_message(
                beat, wire, response=response, last_down=down, since=reminds_of, pushed=pushed
            )

        def write(connection: Connection, beat: Beat) -> None:
            down = last_down(connection, beat) if beat.status is Status.UP else None
            message = message_about(beat, down)
            self._notifications.enqueue(
                connection, monitor.notification_ids, monitor.id, message, now, rows=rows
            )

        held = False

        def unstored(beat: Beat, stored: bool | None) -> None:
            nonlocal held
            waiting = self._notifications.dispatcher.unstored
            if not held:
                held = True
                if stored is False:
                    rows.clear()  # they were rolled back
                # What the last change was is known without the disk; an UP follows a DOWN.
                message = message_about(beat, since if beat.status is Status.UP else None)
                waiting.hold(monitor.notification_ids, monitor.id, message, now, rows, writing=stored is None)
            elif stored is not None:
                waiting.ended(rows, stored=stored)
            self._notifications.wake()

        return write, unstored

    def _after_commit(self, event: BeatRecorded) -> None:
        if event.beat.monitor_id in self._announced:
            self._announced.discard(event.beat.monitor_id)
            self._notifications.wake()

    # --- warnings of what expires (see `monitors.engine.expiry`, `monitors.engine.domain_expiry`) -----------

    def warn(self, monitor: Monitor, warning: ExpiryWarning) -> Announcement:
        """A warning of a certificate."""
        target = target_of(monitor.document)
        address = target.url or target.host if target is not None else ""
        text = certificate_text(monitor.name, address, warning.kind, warning.name, warning.days)
        return self._warning(monitor, monitor.notification_ids, text, "certificate", warning.expires)

    def warn_of_domain(
        self, monitor: Monitor, notification_ids: Sequence[int], domain: str, days: int, expires: float
    ) -> Announcement:
        """A warning of a domain."""
        return self._warning(monitor, notification_ids, domain_text(domain, days), "domain", expires)

    def _warning(
        self, monitor: Monitor, notification_ids: Sequence[int], text: str, event: str, expires: float | None
    ) -> Announcement:
        """What is about no beat, with what fuller texts tell of it."""
        assert self.monitors is not None
        wire = self.monitors.wire(monitor, sensitive=False)
        facts = {
            "event": event,
            "at": to_ms(self._clock.now()),
            "expires": None if expires is None else to_ms(expires),
            "monitor": {key: wire.get(key) for key in ABOUT},
        }
        message = pack(Message(text, facts=facts))
        return self._notifications.announcement(notification_ids, monitor.id, message)
