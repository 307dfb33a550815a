"""What a message says: its text, the heartbeat beside it, the address of the target, the text of a failure.

All of it is what receivers of Uptime Kuma 2.5 parse, so it is kept to the letter. Pure functions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from kuma_lite.core.clock import MILLISECONDS, wire_time
from kuma_lite.core.declarations import Status
from kuma_lite.core.json_text import compact_json

DOWN_WORD: Final = "🔴 Down"
UP_WORD: Final = "✅ Up"
TEST_WORD: Final = "⚠️ Test"
EMPTY_TEXT: Final = "N/A"  # stands for an empty beat message inside the heartbeat object
PUSH_ADDRESS: Final = "Heartbeat"  # the address of a monitor that is not asked but reports by itself

_MARKDOWN_SPECIAL: Final = re.compile(r"([_*\[\]()~`>#+\-=|{}.!\\])")


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
    return f"{notification_name} Testing"


def certificate_text(monitor_name: str, url: str, kind: str, subject: str, days: int) -> str:
    """The warning about a certificate; `kind` is `server`, `intermediate CA`, `root CA` or `self-signed`."""
    return f"[{monitor_name}][{url}] {kind} certificate {subject} will expire in {days} days"


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
        pushed: the beat came by request, so that its `duration` means something.
    """
    found: dict[str, Any] = {
        "monitorID": beat.monitor_id,
        "status": int(beat.status),
        "time": wire_time(beat.time),
        "msg": beat.msg or EMPTY_TEXT,
    }
    if beat.ping is not None:
        found["ping"] = int(beat.ping) if beat.ping == int(beat.ping) else beat.ping
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


def known_zone(name: str) -> tuple[str, ZoneInfo]:
    """The zone of that name, UTC when there is none."""
    try:
        return name, ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, no name at all, the name of a folder
        return "UTC", ZoneInfo("UTC")


def address(monitor: Mapping[str, Any] | None) -> str:
    """What a message calls the target; "" when there is nothing worth calling it."""
    if monitor is None:
        return ""
    kind, host, port = monitor.get("type"), monitor.get("hostname") or "", monitor.get("port")
    if kind == "push":
        return PUSH_ADDRESS
    if kind in ("ping", "dns") or (kind == "globalping" and monitor.get("subtype") in ("ping", "dns")):
        return str(host)
    if kind in ("port", "gamedig", "steam"):
        return f"{host}:{port}" if port else str(host)
    if kind == "globalping" and monitor.get("subtype") != "http":
        return ""
    url = str(monitor.get("url") or "")
    return "" if url in ("http://", "https://") else url


def failure_text(
    message: str,
    *,
    code: str = "",
    status: int | None = None,
    reason: str = "",
    body: Any = None,
    cause: str = "",
) -> str:
    """What the 'Test' button shows of a failed request: the known parts, in a fixed order."""
    text = message
    if code:
        text += f" (code={code})"
    if status is not None:
        text += f" (HTTP {status} {reason})" if reason else f" (HTTP {status})"
    if body not in (None, ""):
        text += " " + (body if isinstance(body, str) else compact_json(body))
    if cause:
        text += f" - cause: {cause}"
    return text


def escape_markdown(text: str) -> str:
    """Text that Telegram's MarkdownV2 shows as it is."""
    return _MARKDOWN_SPECIAL.sub(r"\\\1", text)


def escape_json(text: str) -> str:
    """Text that can stand between the quotes of a JSON string."""
    return compact_json(text)[1:-1]


def map_texts(value: Any, change: Callable[[str], str]) -> Any:
    """A copy of a JSON value in which every text, but no key, has been changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: map_texts(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [map_texts(item, change) for item in value]
    return value


def cut(text: str, limit: int) -> str:
    """At most `limit` characters; what was cut off is marked by an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
