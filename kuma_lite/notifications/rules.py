"""What a message says: its text, and the heartbeat beside it.

All of it is what receivers of Uptime Kuma 2.5 parse, so it is kept to the letter. Pure functions.
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any, Final, Protocol

from kuma_lite.core.clock import MILLISECONDS, wire_time
from kuma_lite.core.declarations import Status
from kuma_lite.core.time_zones import zone_named
from kuma_lite.notifications.services.support.texts import EMPTY_TEXT

DOWN_WORD: Final = "🔴 Down"
UP_WORD: Final = "✅ Up"
TEST_WORD: Final = "⚠️ Test"
TRIAL_END: Final = "Testing"  # how the text of the 'Test' button ends


class FinishedBeat(Protocol):
    """What a message tells of a beat; times in milliseconds since 1970 UTC, ping in milliseconds."""

    @property
    def monitor_id(self) -> int:
        """Whose beat it is."""

    @property
    def status(self) -> Status:
        """The state it found."""

    @property
    def time(self) -> int:
        """When the check began."""

    @property
    def msg(self) -> str:
        """What the check said."""

    @property
    def ping(self) -> float | None:
        """How long the target took."""

    @property
    def important(self) -> bool:
        """A change of state, as opposed to a reminder."""

    @property
    def duration(self) -> int:
        """Whole seconds since the previous beat."""

    @property
    def retries(self) -> int:
        """Failures in a row."""


def status_word(status: int) -> str:
    """`✅ Up` for UP, `🔴 Down` for every other state."""
    return UP_WORD if status == Status.UP else DOWN_WORD


def beat_text(monitor_name: str, status: int, beat_message: str) -> str:
    """The text of a DOWN (also a reminder) or UP message."""
    return f"[{monitor_name}] [{status_word(status)}] {beat_message}"


def trial_text(notification_name: object) -> str:
    """The text of the 'Test' button; a nameless one is called what JavaScript calls it."""
    return f"{notification_name} {TRIAL_END}"


def certificate_text(monitor_name: str, url: str, kind: str, subject: str, days: int) -> str:
    """The warning about a certificate; `kind` is `server`, `intermediate CA`, `root CA` or `self-signed`."""
    return f"[{monitor_name}][{url}] {kind} certificate {subject} will expire in {days} days"


def domain_text(domain: str, days: int) -> str:
    """The warning about a registration that ends."""
    return f"Domain name {domain} will expire in {days} days"


def heartbeat_object(
    beat: FinishedBeat,
    zone: str,
    *,
    response: str | None = None,
    last_down: int | None = None,
    pushed: bool = False,
) -> dict[str, Any]:
    """The heartbeat as services and templates get it.

    Args:
        beat: what was recorded.
        zone: IANA name of the server's time zone; UTC when it is not known.
        response: the kept response body as text.
        last_down: milliseconds since 1970 of the last important DOWN beat; told with UP only.
        pushed: the beat came by request: `duration` means something, and a missing ping is null.
    """
    found: dict[str, Any] = {
        "monitorID": beat.monitor_id,
        "status": int(beat.status),
        "time": wire_time(beat.time),
        "msg": beat.msg or EMPTY_TEXT,
    }
    if beat.ping is not None:
        found["ping"] = int(beat.ping) if beat.ping == int(beat.ping) else beat.ping
    elif pushed:
        found["ping"] = None
    found["important"] = beat.important
    if pushed:
        found["duration"] = beat.duration
    found["retries"] = beat.retries
    if response is not None:
        found["response"] = response
    found |= _local_time(beat.time, zone)
    if beat.status == Status.UP and last_down is not None:
        found["lastDownTime"] = wire_time(last_down)
    return found


def _local_time(time_ms: int, zone: str) -> dict[str, str]:
    name, info = known_zone(zone)
    local = datetime.fromtimestamp(time_ms // MILLISECONDS, UTC).astimezone(info)
    offset = local.strftime("%z")
    return {
        "timezone": name,
        "timezoneOffset": f"{offset[:3]}:{offset[3:5]}",
        "localDateTime": local.strftime("%Y-%m-%d %H:%M:%S"),
    }


def known_zone(name: str) -> tuple[str, tzinfo]:
    """The zone of that name, UTC when there is none."""
    try:
        return name, zone_named(name)
    except ValueError:
        return "UTC", UTC
