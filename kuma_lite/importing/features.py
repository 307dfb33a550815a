"""What an import needs of the features whose data it fills; declared here, put together by the appliance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

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


class Rooms(Protocol):
    """The features that an import writes into."""

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
