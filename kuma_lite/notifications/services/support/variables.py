"""What templates of messages may use: the one list that forms, documents and the renderer are made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# Name → what it is. Those up to `heartbeatJSON` are Uptime Kuma's.
VARIABLES: Final[Mapping[str, str]] = {
    "name": "Name of the monitor, `Monitor Name not available` without one.",
    "status": "`🔴 Down` or `✅ Up`; `⚠️ Test` for tests and warnings of expiry.",
    "msg": "The usual text of the message in one line: `[Shop] [🔴 Down] timeout`.",
    "hostnameOrURL": "What the monitor watches, as it is stored; `testing.hostname` without a monitor.",
    "monitorJSON": "The monitor object, or nothing.",
    "heartbeatJSON": "The heartbeat object, or nothing.",
    "event": "`down`, `still down`, `up`, `certificate`, `domain`, `test` or `notice`.",
    "reason": "What was found, without name and state.",
    "time": "When it happened: local time and zone.",
    "since": "Since when it is down, or was: local time and zone.",
    "downFor": "How long it has been down, or was: `2 h 5 min`. Empty when it has just begun.",
    "expires": "When the certificate or the domain expires: local time and zone.",
    "address": "What the monitor watches, without name, password and query.",
    "group": "The groups of the monitor: `Web / EU`.",
    "tags": "The tags of the monitor: `team: web, live`.",
    "link": "To the monitor or the server on this page; empty until the primary base URL is set.",
    "details": "The lines of the message style Detailed.",
}
# Older spelling → name.
OLD_NAMES: Final[Mapping[str, str]] = {
    "NAME": "name",
    "STATUS": "status",
    "HOSTNAME_OR_URL": "hostnameOrURL",
}
HELP: Final = f"Variables: {', '.join(VARIABLES)}."
