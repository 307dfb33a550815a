"""Whether what is written goes to the journal of systemd, and how it wants to be told what is urgent."""

from __future__ import annotations

import logging
import os
import sys
from typing import Any, Final

# sd-daemon(3): a number of syslog in front of each line
_PRIORITIES: Final = (
    (logging.CRITICAL, "<2>"),
    (logging.ERROR, "<3>"),
    (logging.WARNING, "<4>"),
    (logging.INFO, "<6>"),
)
_DEBUG: Final = "<7>"


def is_journal(stream: Any) -> bool:
    """Whether a stream is the one that systemd has connected with the journal (`JOURNAL_STREAM`)."""
    try:
        status = os.fstat(stream.fileno())
    except (OSError, ValueError, AttributeError):
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{status.st_dev}:{status.st_ino}"


def with_priority(text: str, level: int) -> str:
    """The text with the priority of a level of `logging` in front of each of its lines."""
    mark = next((mark for least, mark in _PRIORITIES if level >= least), _DEBUG)
    return "\n".join(f"{mark}{line}" for line in text.split("\n"))


def complain(message: str) -> None:
    """Say on standard error why this program ends."""
    line = f"kuma-lite: {message}"
    print(with_priority(line, logging.ERROR) if is_journal(sys.stderr) else line, file=sys.stderr, flush=True)
