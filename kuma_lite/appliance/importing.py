"""Taking over an Uptime Kuma: the import, and the features it writes into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from kuma_lite.beats import past_beats
from kuma_lite.checks import monitor_types
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.data_folder import DataFolder
from kuma_lite.core.database import Database
from kuma_lite.core.declarations import NotificationService, Registry
from kuma_lite.core.sql import Connection
from kuma_lite.importing.features import StatRow
from kuma_lite.importing.history import Progress
from kuma_lite.importing.service import Importer, Outcome
from kuma_lite.importing.values import BeatRow
from kuma_lite.maintenance import from_kuma as imported_plans
from kuma_lite.monitors.document import from_kuma as imported_monitors
from kuma_lite.notifications import services


class Features:
    """The features an import writes into (see `importing.rooms.Rooms`)."""

    run_length = past_beats.RUN_LENGTH

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._services = Registry(services, cast("type[NotificationService[Any]]", NotificationService))

    def monitor_document(self, row: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """See `Rooms`."""
        return imported_monitors.read_row(row)

    def checks(self, monitor_type: str) -> bool:
        """See `Rooms`."""
        return monitor_types().get(monitor_type) is not None

    def sends(self, service: str) -> bool:
        """See `Rooms`."""
        return self._services.get(service) is not None

    def insert_plan(self, connection: Connection, row: Mapping[str, Any], owner: int) -> None:
        """See `Rooms`."""
        imported_plans.insert_row(connection, row, owner)

    def write_beats(
        self, connection: Connection, runs: Sequence[Sequence[BeatRow]], *, statistics: bool
    ) -> None:
        """See `Rooms`."""
        past_beats.write_beats(connection, runs, statistics=statistics, now=to_ms(self._clock.now()))

    def write_statistics(self, connection: Connection, unit: str, rows: Sequence[StatRow]) -> None:
        """See `Rooms`."""
        past_beats.write_statistics(connection, unit, rows)

    def recorded_up_to(self, connection: Connection) -> dict[int, int]:
        """See `Rooms`."""
        return past_beats.recorded_up_to(connection)


async def take_over(path: Path, data_dir: Path, clock: Clock, progress: Progress) -> Outcome:
    """Take the Uptime Kuma at `path` over into a data folder that no server uses.

    Raises:
        StartupError: the data folder cannot be used.
        UserError: there is nothing to take over at `path`, or something else in the data folder already.
    """
    folder = DataFolder.open(data_dir)
    try:
        database = await Database.open(folder.database, clock=clock)
        try:
            return await Importer(database, folder.path, Features(clock), clock, progress).take_over(path)
        finally:
            await database.close()
    finally:
        folder.close()
