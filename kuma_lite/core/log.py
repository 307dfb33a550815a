"""How this process logs: lines for people, JSON on request, never a secret."""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from typing import Any, Final, TextIO

from kuma_lite.core.clock import wire_date
from kuma_lite.core.journal import is_journal, with_priority
from kuma_lite.core.redaction import HIDDEN, hide_secrets

_HIDDEN_KEYS: Final = (
    r"(?:[\w-]*(?:password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|signature|jwt)[\w-]*"
    r"|auth|authorization|key|code|sig|pwd)"
)
# Each: what is searched, and what stays of it.
_REDACTIONS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    # user:password@ in an address
    (re.compile(r"(\b[a-z][a-z0-9+.-]{1,20}://)[^\s/@:]*:[^\s/@]*@", re.I), rf"\1{HIDDEN}@"),
    # ?token=... and &key=...
    (re.compile(rf"([?&;]{_HIDDEN_KEYS}=[\"']?)[^\s&#;\"']+", re.I), rf"\1{HIDDEN}"),
    # "password": "..." and 'token': '...'
    (
        re.compile(rf"""(["']{_HIDDEN_KEYS}["']\s*:\s*)(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""", re.I),
        rf'\1"{HIDDEN}"',
    ),
    (re.compile(r"\b((?:bearer|basic)\s+)[\w.~+/=-]{6,}", re.I), rf"\1{HIDDEN}"),
    # JSON web tokens, wherever they are
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*"), HIDDEN),
    # /api/push/<token>
    (re.compile(r"(/api/push/)[^\s/?#\"']+", re.I), rf"\1{HIDDEN}"),
)
# Where a secret can be at all: most lines need no search. Lower case.
_SIGNS: Final = ("://", "=", '"', "'", "bearer", "basic", "eyj", "/api/push/")

_NOISY: Final = {"asyncio": logging.WARNING, "_granian": logging.ERROR}


def redact(text: str) -> str:
    """The text without the secrets that are known, and what looks like passwords, tokens and keys."""
    text = hide_secrets(text)
    lower = text.lower()
    if not any(sign in lower for sign in _SIGNS):
        return text
    for pattern, replacement in _REDACTIONS:
        text = pattern.sub(replacement, text)
    return text


class TextFormatter(logging.Formatter):
    """`2026-11-22 04:40:12 INFO    web: Listening on ...`, times in UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the trace below it."""
        line = f"{wire_date(record.created)} {record.levelname:<7} {_room(record)}: {record.getMessage()}"
        trace = _trace(record)
        return redact(f"{line}\n{trace}" if trace else line)


class JournalFormatter(logging.Formatter):
    """`<6>web: Listening on ...`: the journal has the time, and shows the priority."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the trace below it."""
        line = f"{_room(record)}: {record.getMessage()}"
        trace = _trace(record)
        return with_priority(redact(f"{line}\n{trace}" if trace else line), record.levelno)


class JsonFormatter(logging.Formatter):
    """One JSON object per line: `time`, `level`, `module`, `msg` and, where there is one, `trace`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        entry: dict[str, Any] = {
            "time": wire_date(record.created).replace(" ", "T") + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "module": _room(record),
            "msg": redact(record.getMessage()),
        }
        trace = _trace(record)
        if trace:
            entry["trace"] = redact(trace)
        return json.dumps(entry, ensure_ascii=False)


def set_up_logging(level: str = "info", format: str = "text", stream: TextIO | None = None) -> None:
    """Send everything that is logged to one stream (stderr), redacted. May be called again.

    Args:
        level: "debug", "info", "warning" or "error".
        format: "text" or "json"; text is as the journal wants it where it goes there.
        stream: instead of stderr.
    """
    target = stream or sys.stderr
    handler = logging.StreamHandler(target)
    if format == "json":
        handler.setFormatter(JsonFormatter())
    else:
        handler.setFormatter(JournalFormatter() if is_journal(target) else TextFormatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name, least in _NOISY.items():
        logging.getLogger(name).setLevel(max(least, root.level))


def _room(record: logging.LogRecord) -> str:
    """`monitors.engine` for `kuma_lite.monitors.engine`."""
    return record.name.removeprefix("kuma_lite.")


def _trace(record: logging.LogRecord) -> str:
    if not record.exc_info or record.exc_info[1] is None:
        return ""
    return "".join(traceback.format_exception(record.exc_info[1])).rstrip()
