"""What an import needs of the features whose data it fills; declared here, put together by the appliance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from kuma_lite.core.records import hiding
from kuma_lite.core.sql import Connection
from kuma_lite.importing.values import BeatRow


class StatRow(NamedTuple):
    """What happened to a monitor in an hour or a day."""

    monitor_id: int
    bucket: int  # number of the hour or day since 1970
    up: int
    down: int
    maintenance: int
    pings: int  # how many were up and had one
    ping_sum: float  # milliseconds, as the next two
    ping_min: float
    ping_max: float


class NotificationRow(NamedTuple):
    """A notification."""

    id: int
    user_id: int
    name: str
    active: int
    is_default: int
    type: str
    config: str  # JSON


class MonitorRow(NamedTuple):
    """A monitor."""

    id: int
    user_id: int
    type: str
    name: str
    active: int
    weight: int
    push_token: str | None
    document: dict[str, Any]
    created: int  # milliseconds since 1970

    def __repr__(self) -> str:
        return hiding("push_token", "document")(self)


class Rooms(Protocol):
    """The features that an import writes into."""

    def put_settings(
        self, connection: Connection, rows: Iterable[tuple[str, str | None, str | None]]
    ) -> None:
        """Store settings over what is there: key, value as it is stored, type."""

    def insert_notification(self, connection: Connection, row: NotificationRow) -> None:
        """Store a notification under its id."""

    def insert_monitor(self, connection: Connection, row: MonitorRow) -> None:
        """Store a monitor under its id, outside its group."""

    def set_parents(self, connection: Connection, parents: Iterable[tuple[int, int]]) -> None:
        """Put monitors into their groups, which are all there: monitor, group."""

    def put_certificate(
        self, connection: Connection, monitor_id: int, info: str, fingerprint: str | None
    ) -> None:
        """Store what is known of a monitor's certificate: its `certInfo` document as JSON."""

    def note_warning(self, connection: Connection, monitor_id: int, fingerprint: str, days: int) -> None:
        """Store that the expiry of a monitor's certificate has been warned of at so many days."""

    def monitor_document(self, row: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """A monitor's document as it is stored, of its row in `monitor` (columns that a version does not
        have are left out); and the names of fields that could not be read."""

    def checks(self, monitor_type: str) -> bool:
        """Whether monitors of this type are looked at."""

    def sends(self, service: str) -> bool:
        """Whether messages can be sent through this notification service."""

    def insert_plan(self, connection: Connection, row: Mapping[str, Any], owner: int) -> None:
        """Store a maintenance of its row in `maintenance`. Raises ValueError for one that makes no sense."""

    def write_beats(
        self, connection: Connection, runs: Sequence[Sequence[BeatRow]], *, statistics: bool
    ) -> None:
        """Store beats with their ids: runs of one monitor each, newer than all it has; `statistics` counts
        them by hour and day as well."""

    def write_statistics(self, connection: Connection, unit: str, rows: Sequence[StatRow]) -> None:
        """Add to the statistics by "hour" or "day"."""

    def recorded_up_to(self, connection: Connection) -> dict[int, int]:
        """Monitor → the id of the newest beat that is stored."""

    @property
    def run_length(self) -> int:
        """How many beats of a monitor are best stored together."""
