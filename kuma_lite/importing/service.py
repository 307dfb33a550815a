"""The import as a whole: in which order things are taken, and how it goes on after an interruption.

What has been done is noted in a setting, in the same transactions as what is done. Beats need no note: for
every monitor it is known which one was the last.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from kuma_lite.core import sql
from kuma_lite.core.clock import Clock, wire_date
from kuma_lite.core.errors import UserError
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions
from kuma_lite.importing.configuration import read_configuration, write_configuration
from kuma_lite.importing.features import Rooms
from kuma_lite.importing.file_names import UNFINISHED
from kuma_lite.importing.files import copy_files
from kuma_lite.importing.history import UNITS, BeatImport, Progress, StatisticsImport, has_statistics
from kuma_lite.importing.report import Report
from kuma_lite.importing.source import Located, Source, opened

STATE_SETTING: Final = "kumaLiteImport"
_CONTENT: Final = (
    "user", "monitor", "notification", "tag", "proxy", "docker_host", "remote_browser", "api_key",
    "status_page", "maintenance",
)  # fmt: skip


class Outcome(Struct, frozen=True):
    """How an import ended."""

    report: Report
    finished: str  # UTC, as on the wire
    before: bool  # it had been done already; nothing was changed now


class Importer:
    """Takes an Uptime Kuma over into an empty data folder.

    Args:
        database: ours.
        folder: our data folder.
        rooms: the features that are written into.
        clock: what time it is.
        progress: is told how far it has come.
    """

    def __init__(
        self, database: Transactions, folder: Path, rooms: Rooms, clock: Clock, progress: Progress
    ) -> None:
        self._database = database
        self._folder = folder
        self._rooms = rooms
        self._clock = clock
        self._progress = progress

    async def take_over(self, path: Path) -> Outcome:
        """Take everything over from a data folder or a `kuma.db`; goes on where an earlier run was stopped.

        Raises:
            UserError: there is nothing to take over at `path`, or something else here already.
        """
        located = Located(path)
        async with opened(located, self._folder) as source:
            identity = await source.identity()
            state = await self._database.read(_read_state)
            if state is None:
                state = await self._begin(located, source, identity)
            elif state["from"] != identity:
                raise UserError(
                    "The data folder {folder} holds what was taken over from another Uptime Kuma.",
                    folder=self._folder,
                )
            report = Report.from_json(state["report"])
            if state["finished"]:
                return Outcome(report, state["finished"], before=True)
            await self._history(source, state, report)
        await asyncio.to_thread(copy_files, located.folder, self._folder, report)
        state |= {"finished": wire_date(self._clock.now()), "report": report.as_json()}
        await self._database.write(lambda connection: _write_state(connection, self._rooms, state))
        (self._folder / UNFINISHED).unlink(missing_ok=True)
        return Outcome(report, state["finished"], before=False)

    async def _begin(self, located: Located, source: Source, identity: str) -> dict[str, Any]:
        """Everything but the beats, in one transaction."""
        if await self._database.read(_has_content):
            raise UserError(
                "The data folder {folder} is in use already; an Uptime Kuma can only be taken over into an "
                "empty one. Name another one with --data-dir.",
                folder=self._folder,
            )
        tables = await read_configuration(source)
        if not tables["user"]:
            raise UserError("No account exists in this Uptime Kuma; there is nothing to import.")
        report = Report()
        state: dict[str, Any] = {"from": identity, "finished": None, "statistics": {}}

        def write(connection: Connection) -> None:
            write_configuration(connection, tables, self._rooms, report, is_v1=source.is_v1)
            state["report"] = report.as_json()
            _write_state(connection, self._rooms, state)

        (self._folder / UNFINISHED).write_text(f"{located.database}\n", encoding="utf-8")
        await self._database.write(write)
        return state

    async def _history(self, source: Source, state: dict[str, Any], report: Report) -> None:
        counted = await has_statistics(source)
        beats = BeatImport(source, self._database, self._rooms, statistics=not counted)
        await beats.run(report, self._progress)
        if not counted:
            return

        def note(connection: Connection, unit: str, upto: int) -> None:
            state["statistics"][unit] = upto
            _write_state(connection, self._rooms, state)

        for unit in UNITS:
            statistics = StatisticsImport(source, self._database, self._rooms, unit, note)
            await statistics.run(state["statistics"].get(unit, 0), report, self._progress)


def _has_content(connection: Connection) -> bool:
    return any(
        sql.value(connection, f"SELECT EXISTS (SELECT 1 FROM {table})")  # noqa: S608 - own table names
        for table in _CONTENT
    )


def _read_state(connection: Connection) -> dict[str, Any] | None:
    found: Any = sql.value(connection, "SELECT value FROM setting WHERE key = ?", (STATE_SETTING,))
    return json.loads(found) if found else None


def _write_state(connection: Connection, rooms: Rooms, state: dict[str, Any]) -> None:
    rooms.put_settings(connection, [(STATE_SETTING, json.dumps(state), None)])
