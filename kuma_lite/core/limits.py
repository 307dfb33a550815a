"""Every default and limit that more than one room obeys, with unit and reason."""

from __future__ import annotations

from typing import Final

DEFAULT_PORT: Final = 3001  # the port Uptime Kuma's users have open already
DEFAULT_HOST: Final = "127.0.0.1"
DATABASE_FILE: Final = "kuma-lite.db"
JOURNALS: Final = "reports-*.journal"  # beside it, with reports that are not in it yet

MIN_INTERVAL_S: Final = 1  # Uptime Kuma 2.5 accepts one second; its form warns below 20
MAX_INTERVAL_S: Final = 2**31 - 1  # 68 years: typed clients read 32 bits
RECENT_BEATS: Final = 100  # what compatible clients get per monitor at login, and what bars can show
MAX_MESSAGE_CHARS: Final = 10_000  # of a beat; ping prints many lines, error pages are cut by their check
MAX_PING_MS: Final = 100_000_000_000  # what the push route of Uptime Kuma 2.5 accepts
DEFAULT_TIMEOUT_SHARE: Final = 0.8  # of the interval, when a monitor's timeout is 0 or absent

MAX_BODY_BYTES: Final = 1_000_000  # of a request to us; the largest legitimate one is a status page logo
SOCKET_MESSAGE_BYTES: Final = 1_000_000  # Socket.IO's default, kept by Uptime Kuma 2.5
SHUTDOWN_S: Final = 2.5  # the whole orderly stop; supervisors kill after 10
