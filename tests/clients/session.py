"""A session of one of the PyPI clients, and what its user has to do himself with Uptime Kuma 2.5.

All three are the module `uptime_kuma_api`; the folder on PYTHONPATH says which. `Session` is the youngest
(`uptime-kuma-api2`, made for 2.5); the older ones miss things there as here, and do them by hand.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, Final

import uptime_kuma_api

from tests.clients.watched import Watched
from tests.support.served import PASSWORD, USER

TIMEOUT_S: Final = 10
WAIT_EVENTS_S: Final = 0.05  # the client's pause for "more of the same" at each getter; 0.2 unless told


class Session:
    """The open connection, and what the steps leave to each other."""

    client: ModuleType = uptime_kuma_api
    sends_operator = True  # of json-query monitors

    def __init__(self, url: str, watched: Watched, secure: Watched) -> None:
        self.url = url
        self.watched = watched
        self.secure = secure
        self.password = PASSWORD
        self.token = ""
        self.monitors: dict[str, int] = {}
        self.api = self.connect()

    def connect(self) -> Any:
        """A new connection, not logged in."""
        return self.client.UptimeKumaApi(self.url, timeout=TIMEOUT_S, wait_events=WAIT_EVENTS_S)

    def log_in(self) -> None:
        self.token = self.api.login(USER, self.password)["token"]

    def reopen(self) -> None:
        """As the next run of a user's program: a new connection, logged in by token."""
        self.api.disconnect()
        self.api = self.connect()
        self.api.login_by_token(self.token)

    def close(self) -> None:
        self.api.disconnect()

    def before_deleting(self) -> None:
        """The client looks up what it deletes in its own list, which it keeps up to date."""

    def save_status_page(self, slug: str, **changes: Any) -> None:
        self.api.save_status_page(slug, **changes)

    def post_incident(self, slug: str, title: str, content: str) -> None:
        self.api.post_incident(slug, title, content, self.client.IncidentStyle.DANGER)

    def unpin_incident(self, slug: str) -> None:
        self.api.unpin_incident(slug)


class SessionV2(Session):
    """`uptime-kuma-api-v2`: does not hear of `updateMonitorIntoList`, and sends no `jsonPathOperator`."""

    sends_operator = False

    def before_deleting(self) -> None:
        """What was added since the log-in is only listed after the next one."""
        self.reopen()


class SessionV1(SessionV2):
    """`uptime-kuma-api` 1.2.1, made for 1.23.

    Its `get_status_page` wants the key `incident`, which 2.5 calls `incidents`, and all that saves a page
    begins with it. `add_monitor` sends no `conditions`, which 2.5 refuses and we take for none.
    """

    def save_status_page(self, slug: str, **changes: Any) -> None:
        config = self.api._call("getStatusPage", slug)["config"]
        groups = changes.pop("publicGroupList", [])
        self.api._call("saveStatusPage", (slug, {**config, **changes}, config["icon"], groups))

    def post_incident(self, slug: str, title: str, content: str) -> None:
        incident = {"title": title, "content": content, "style": "danger"}
        assert self.api._call("postIncident", (slug, incident))["incident"]["style"] == "danger"

    def unpin_incident(self, slug: str) -> None:
        self.api._call("unpinIncident", slug)


SESSIONS: Final = {
    "uptime-kuma-api": SessionV1,
    "uptime-kuma-api-v2": SessionV2,
    "uptime-kuma-api2": Session,
}
