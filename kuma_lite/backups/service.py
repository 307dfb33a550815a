"""Backups that are made by themselves or at a click, kept in a folder, and put back from there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from kuma_lite.backups import making, restoring
from kuma_lite.backups.archive import ENCRYPTED_SUFFIX, SUFFIX
from kuma_lite.backups.elsewhere import PREFIX, TIME, Kept, backups_at, bring, newest_first, superfluous
from kuma_lite.backups.plan import SECRETS, Plan, plan_of, stored_plan
from kuma_lite.backups.rotation import next_due
from kuma_lite.core.clock import Clock
from kuma_lite.core.config import Config
from kuma_lite.core.database_copies import Copied
from kuma_lite.core.errors import INTERNAL_ERROR, UserError
from kuma_lite.core.kept_secrets import hidden, restored
from kuma_lite.core.periodic_job import PeriodicJob
from kuma_lite.places.keeper import Places
from kuma_lite.places.model import Progress, nobody_told

log = logging.getLogger(__name__)

SETTING: Final = "backupPlan"
LOOK_S: Final = 60.0  # between two looks whether one is due
AGAIN_S: Final = 900.0  # after one that failed


class Settings(Protocol):
    """Where the plan is kept."""

    def get(self, key: str, default: Any = None) -> Any:
        """A setting."""

    async def set(self, key: str, value: Any) -> None:
        """Write one."""

    def timezone(self) -> str:
        """IANA name of the server's time zone."""


class BackupKeeper:
    """Makes them when they are due, removes those of which there are enough, puts one back.

    Args:
        database: the live one.
        settings: where the plan is kept.
        places: where they are brought besides.
        config: for what `with_keys` names.
        clock: says what time it is.
        restart: stops everything and starts again, which puts back what is wanted.
    """

    def __init__(
        self,
        database: Copied,
        settings: Settings,
        places: Places,
        config: Config,
        clock: Clock,
        restart: Callable[[], None],
    ) -> None:
        self._database = database
        self._folder = database.path.parent
        self._settings = settings
        self._places = places
        self._config = config
        self._clock = clock
        self._restart = restart
        self._working = asyncio.Lock()
        self._failed_at: float | None = None
        self.failure: str = ""  # why the latest one of the plan could not be made
        self._bringing = asyncio.Lock()
        self._soon: asyncio.Task[None] | None = None
        self._outstanding = True  # some place may not have the newest one
        self._brought_at: float | None = None  # when that failed
        self.missing: dict[str, str] = {}  # place → why it has not got the newest one
        self.tell: Callable[[], Awaitable[None]] = _nobody_hears  # what `document` says has changed
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
        if self._soon is not None:
            self._soon.cancel()
            await asyncio.wait([self._soon])

    def bring_soon(self) -> None:
        """Bring the newest one to the places, without waiting for it."""
        if self._soon is None or self._soon.done():
            self._soon = asyncio.create_task(self.bring(), name="backups to places")

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
            "places": [
                {"id": each.id, "name": each.name, "problem": self.missing.get(each.id, "")}
                for each in self._places.all()
                if each.backups
            ],
            "bringing": self._bringing.locked(),
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

    def places_changed(self) -> None:
        """Somebody has named another place, or none any more: what is wrong with the old ones is over."""
        self._outstanding, self._brought_at, self.missing = True, None, {}

    async def look(self) -> None:
        """Make one if it is due, and bring the newest one where it is missing."""
        await self._make_due()
        failed = self._brought_at
        if self._outstanding and (failed is None or self._clock.monotonic() - failed >= AGAIN_S):
            await self.bring()

    async def bring(self) -> None:
        """Let every place have the newest one; what does not work is told, and tried again."""
        if self._bringing.locked():
            return
        async with self._bringing:
            self._outstanding = False
            found, _ = await asyncio.to_thread(found_in, self.place())
            places = [each for each in self._places.all() if each.backups] if found else []
            plan, zone = self.plan, ZoneInfo(self._settings.timezone())
            self.missing = {
                key: why for key, why in self.missing.items() if key in {each.id for each in places}
            }
            for place in places:
                try:
                    async with self._places.open(place) as there:
                        source = self.place() / found[0].name
                        await bring(there, source, plan.keep if plan.every else None, zone)
                except UserError as error:
                    self.missing[place.id] = error.message
                    log.warning("A backup could not be brought to %s: %s", place.name, error.message)
                except Exception:
                    self.missing[place.id] = INTERNAL_ERROR
                    log.exception("A backup could not be brought to %s", place.name)
                else:
                    self.missing.pop(place.id, None)
            self._brought_at = self._clock.monotonic() if self.missing else None
            self._outstanding = self._outstanding or bool(self.missing)
        await self.tell()

    async def at(self, place_id: Any) -> list[Kept]:
        """What lies at a place, the newest first. Raises UserError."""
        async with self._places.open(self._places.find(place_id)) as there:
            return await backups_at(there)

    async def _make_due(self) -> None:
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
            target = place / f"{PREFIX}{moment:{TIME}}{suffix}"
            beside = making.files_beside(self._folder, self._config if plan.with_keys else None)
            await making.make(self._database, target, self._clock, beside, plan.passphrase)
            self._failed_at, self.failure = None, ""
            await asyncio.to_thread(self._rotate, place, plan)
            self._outstanding, self._brought_at = True, None
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
        await self.restore_file(await self.path_of(name), passphrase)

    async def restore_file(self, path: Path, passphrase: str, told: Progress = nobody_told) -> None:
        """The same with any file; `told` hears from a thread how far it is. Raises UserError."""
        if self._working.locked():
            raise UserError("A backup is being made already.")
        async with self._working:
            unpacked = self._folder / restoring.UNPACKED
            await restoring.unpack(path, unpacked, passphrase or self.plan.passphrase, told)
            restoring.want(unpacked, self._folder)
        log.warning("The backup %s is put back: starting again", path)

    def start_again(self) -> None:
        """Stop everything and start with what is wanted."""
        self._restart()

    async def path_of(self, name: Any) -> Path:
        """One that is there, by its name. Raises UserError."""
        found, _ = await asyncio.to_thread(found_in, self.place())
        for each in found:
            if each.name == name:
                return self.place() / each.name
        raise UserError("There is no such backup.", status=404)

    def _rotate(self, place: Path, plan: Plan) -> None:
        found, _ = found_in(place)
        if not plan.every:
            return
        for each in superfluous(found, plan.keep, ZoneInfo(self._settings.timezone())):
            try:
                (place / each.name).unlink()
            except OSError as error:
                log.warning("The old backup %s cannot be deleted: %s", place / each.name, error)


def found_in(place: Path) -> tuple[list[Kept], str]:
    """The newest first, and why the folder cannot be read."""
    try:
        return newest_first(
            (each.name, each.stat().st_size) for each in place.iterdir() if each.is_file()
        ), ""
    except FileNotFoundError:
        return [], ""
    except OSError as error:
        reason = error.strerror or error
        return [], f"The folder {place} cannot be read: {reason}."


async def _nobody_hears() -> None:
    pass


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
