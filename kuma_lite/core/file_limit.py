"""How many files and sockets this process may hold open, and who gets which share of them.

Shells and service managers commonly start programs with a soft limit of 1,024 (kept for `select`, not used
here) and a hard one that is far higher. A process that has none left makes no check and no answer.
"""

from __future__ import annotations

import resource
from typing import Final

MOST_FILES: Final = 65_536  # asked for at most: more than 10,000 monitors and 8,192 connections need
MOST_CONNECTIONS: Final = 8192  # of clients, websockets included, wherever the limit allows them
_SHARE_OF_CHECKS: Final = 2  # one in two stays for checks, messages and the database, whatever strangers do


def file_limit() -> int:
    """How many may be open now."""
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_FILES if soft == resource.RLIM_INFINITY else soft


def raise_file_limit() -> int:
    """Raise it as far as `MOST_FILES` and the administrator's hard limit let us; returns what it is then."""
    soft = file_limit()
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(MOST_FILES, hard)
    if soft >= wanted:
        return soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (ValueError, OSError):  # some systems promise more than they give
        return soft
    return wanted


def connections_within(limit: int) -> int:
    """How many connections of clients fit under a limit of that many files."""
    return max(1, min(MOST_CONNECTIONS, limit // _SHARE_OF_CHECKS))
