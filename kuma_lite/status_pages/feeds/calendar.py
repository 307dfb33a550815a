"""The maintenance of a page as a calendar that people subscribe to (iCalendar, RFC 5545)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from kuma_lite.status_pages.drawing.markup import clean
from kuma_lite.status_pages.model import Page, PlannedWindow

LINE_BYTES: Final = 75  # longer lines are folded
DAYS: Final = 90
MOST_OF_ONE: Final = 100  # windows of one plan


def calendar(page: Page, url: str, windows: Sequence[PlannedWindow], now: float) -> bytes:
    """The document; what has no beginning or end yet is no event.

    Args:
        page: whose it is.
        url: absolute address of the page.
        windows: maintenance under way and planned.
        now: seconds since 1970.
    """
    host = url.split("//", 1)[-1].split("/", 1)[0]
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Kuma Lite//Maintenance//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{_text(page.title)}",
        f"X-WR-CALNAME:{_text(page.title)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ]
    for window in windows:
        if window.start is not None and window.end is not None:
            lines += _event(page, url, host, window, now)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _event(page: Page, url: str, host: str, window: PlannedWindow, now: float) -> list[str]:
    assert window.start is not None
    assert window.end is not None
    lines = [
        "BEGIN:VEVENT",
        f"UID:{window.plan_id}-{int(window.start)}-{page.slug}@{host}",
        f"DTSTAMP:{_moment(now)}",
        f"DTSTART:{_moment(window.start)}",
        f"DTEND:{_moment(window.end)}",
        f"SUMMARY:{_text(window.title)}",
    ]
    words = window.description.strip()  # Markdown: what people type reads well as it is
    if words:
        lines.append(f"DESCRIPTION:{_text(words)}")
    return [*lines, f"URL:{url}", "TRANSP:TRANSPARENT", "END:VEVENT"]


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    """As the value of a text property: nothing in it can begin another line."""
    words = clean(words).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    words = words.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(letter for letter in words if letter == "\t" or (ord(letter) >= 32 and ord(letter) != 127))


def _folded(line: str) -> bytes:
    """A content line, in pieces of at most 75 bytes that never cut a character."""
    pieces: list[bytes] = []
    piece = b""
    for letter in line:
        encoded = letter.encode("utf-8")
        if len(piece) + len(encoded) > LINE_BYTES:
            pieces.append(piece)
            piece = b" "
        piece += encoded
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
