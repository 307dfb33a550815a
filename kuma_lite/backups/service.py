"""Backups that are made by themselves or at a click, kept in a folder, and put back from there."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from kuma_lite.backups import making, restoring
from kuma_lite.backups.archive import ENCRYPTED_SUFFIX, SUFFIX
from kuma_lite.backups.plan import SECRETS, Plan, plan_of, stored_plan
from kuma_lite.backups.rotation import kept, next_due
from kuma_lite.core.clock import Clock
from kuma_lite.core.config import Config
from kuma_lite.core.database_copies import Copied
from kuma_lite.core.errors import UserError
from kuma_lite.core.kept_secrets import hidden, restored
from kuma_lite.core.periodic_job import PeriodicJob

log = logging.getLogger(__name__)

SETTING: Final = "backupPlan"
LOOK_S: Final = 60.0  # between two looks whether one is due
AGAIN_S: Final = 900.0  # after one that failed
_NAME: Final = re.compile(r"kuma-lite-(\d{4}-\d\d-\d\d-\d{6})\.tar\.zst(\.age)?")
_TIME: Final = "%Y-%m-%d-%H%M%S"


class Settings(Protocol):
    """Where the plan is kept."""

    def get(self, key: str, default: Any = None) -> Any:
        """A setting."""

    async def set(self, key: str, value: Any) -> None:
        """Write one."""

    def timezone(self) -> str:
        """IANA name of the server's time zone."""


class Kept(NamedTuple):
    """A backup that is there."""

    path: Path
    made: datetime
    size: int  # bytes
    encrypted: bool

    def document(self) -> dict[str, Any]:
        """As the page gets it; the time in milliseconds since 1970."""
        return {
            "name": self.path.name,
            "made": int(self.made.timestamp() * 1000),
            "bytes": self.size,
            "encrypted": self.encrypted,
        }


class BackupKeeper:
    """Makes them when they are due, removes those of which there are enough, puts one back.

    Args:
        database: the live one.
        settings: where the plan is kept.
        config: for what `with_keys` names.
        clock: says what time it is.
        restart: stops everything and starts again, which puts back what is wanted.
    """

    def __init__(
        self,
        database: Copied,
        settings: Settings,
        config: Config,
        clock: Clock,
        restart: Callable[[], None],
    ) -> None:
        self._database = database
        self._folder = database.path.parent
        self._settings = settings
        self._config = config
        self._clock = clock
        self._restart = restart
        self._working = asyncio.Lock()
        self._failed_at: float | None = None
        self.failure: str = ""  # why the latest one of the plan could not be made
        self._job = PeriodicJob(
            "backups", self.look, every=LOOK_S, first=LOOK_S, failure="A backup could not be made"
        )

    def start(self) -> None:
        """Remove what an earlier process left half done, and begin to look."""
        making.clear(self._folder)
        self._job.start()

    async def stop(self) -> None:
        """No more."""
        await self._job.stop()

    @property
    def plan(self) -> Plan:
        """What is made by itself."""
        return stored_plan(self._settings.get(SETTING, {}))

    def place(self) -> Path:
        """The folder they lie in."""
        return self.plan.place(self._folder)

    async def document(self) -> dict[str, Any]:
        """Plan, place and what is there, for the page; secrets are hidden."""
        found, unreadable = await asyncio.to_thread(found_in, self.place())
        return {
            "plan": hidden(self.plan.document(), SECRETS),
            "place": str(self.place()),
            "backups": [each.document() for each in found],
            "problem": unreadable or self.failure,
            "working": self._working.locked(),
        }

    async def save(self, document: Any) -> None:
        """Another plan. Raises UserError: something in it cannot be, or its folder cannot be written."""
        if isinstance(document, dict):
            document = restored(document, self.plan.document())
        plan = plan_of(document)
        if plan.every:
            await asyncio.to_thread(_try_folder, plan.place(self._folder))
        await self._settings.set(SETTING, plan.document())
        self._failed_at, self.failure = None, ""

    async def look(self) -> None:
        """Make one if it is due."""
        plan = self.plan
        if not plan.every:
            return
        if self._failed_at is not None and self._clock.monotonic() - self._failed_at < AGAIN_S:
            return
        now = datetime.fromtimestamp(self._clock.now(), ZoneInfo(self._settings.timezone()))
        found, _ = await asyncio.to_thread(found_in, self.place())
        if next_due(found[0].made if found else None, plan.every, plan.hour, now) > now:
            return
        try:
            await self.make()
        except UserError as error:
            self._failed_at, self.failure = self._clock.monotonic(), error.message
            log.warning("The backup that was due could not be made: %s", error.message)

    async def make(self) -> str:
        """Make one now, and remove those of which there are enough; its name. Raises UserError."""
        plan = self.plan
        if self._working.locked():
            raise UserError("A backup is being made already.")
        async with self._working:
            place = plan.place(self._folder)
            await asyncio.to_thread(_try_folder, place)
            moment = datetime.fromtimestamp(self._clock.now(), UTC)
            suffix = ENCRYPTED_SUFFIX if plan.passphrase else SUFFIX
            target = place / f"kuma-lite-{moment:{_TIME}}{suffix}"
            beside = making.files_beside(self._folder, self._config if plan.with_keys else None)
            await making.make(self._database, target, self._clock, beside, plan.passphrase)
            self._failed_at, self.failure = None, ""
            await asyncio.to_thread(self._rotate, place, plan)
        log.info("A backup was made: %s", target)
        return target.name

    async def remove(self, name: Any) -> None:
        """Delete one. Raises UserError: there is none of that name, or the folder cannot be written."""
        path = await self.path_of(name)
        try:
            await asyncio.to_thread(path.unlink)
        except OSError as error:
            reason = error.strerror or error
            raise UserError("{name} cannot be deleted: {reason}.", name=name, reason=reason) from None

    async def restore(self, name: Any, passphrase: str) -> None:
        """Unpack one beside what is here, and want it: it takes its place at the start that follows.

        Raises:
            UserError: nothing is changed then.
        """
        path = await self.path_of(name)
        if self._working.locked():
            raise UserError("A backup is being made already.")
        async with self._working:
            unpacked = self._folder / restoring.UNPACKED
            await restoring.unpack(path, unpacked, passphrase or self.plan.passphrase)
            restoring.want(unpacked, self._folder)
        log.warning("The backup %s is put back: starting again", path)

    def start_again(self) -> None:
        """Stop everything and start with what is wanted."""
        self._restart()

    async def path_of(self, name: Any) -> Path:
        """One that is there, by its name. Raises UserError."""
        found, _ = await asyncio.to_thread(found_in, self.place())
        for each in found:
            if each.path.name == name:
                return each.path
        raise UserError("There is no such backup.", status=404)

    def _rotate(self, place: Path, plan: Plan) -> None:
        found, _ = found_in(place)
        zone = ZoneInfo(self._settings.timezone())
        stay = kept([each.made.astimezone(zone) for each in found], plan.keep) if plan.every else None
        for each in found:
            if stay is not None and each.made not in stay:
                try:
                    each.path.unlink()
                except OSError as error:
                    log.warning("The old backup %s cannot be deleted: %s", each.path, error)


def found_in(place: Path) -> tuple[list[Kept], str]:
    """The newest first, and why the folder cannot be read."""
    found = []
    try:
        for path in place.iterdir():
            if (match := _NAME.fullmatch(path.name)) and path.is_file():
                made = datetime.strptime(match[1], _TIME).replace(tzinfo=UTC)
                found.append(Kept(path, made, path.stat().st_size, bool(match[2])))
    except FileNotFoundError:
        return [], ""
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        return [], f"The folder {place} cannot be read: {reason}."
    return sorted(found, key=lambda each: each.made, reverse=True), ""


def _try_folder(place: Path) -> None:
    """It is there and can be written. Raises UserError."""
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = place / ".kuma-lite-probe"
        probe.touch(mode=0o600)
        probe.unlink()
    except OSError as error:
        reason = error.strerror or error
        raise UserError(
            "The folder {place} cannot be written: {reason}.", place=place, reason=reason
        ) from None
