"""One version of the program takes the place of another; if it doesn't become ready, it is taken back."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct

from kuma_lite.core.clock import Clock
from kuma_lite.core.errors import UserError
from kuma_lite.installing.downloads import Source, unpack
from kuma_lite.installing.manager import Manager
from kuma_lite.installing.places import PROGRAM, Place, staging
from kuma_lite.installing.releases import MAX_FILE_BYTES, Release
from kuma_lite.installing.services import AGENT, SERVER

READY_S: Final = 30.0  # a new version may take as long
LOOK_S: Final = 0.5  # between two looks whether it is
STEADY_S: Final = 3.0  # an agent says to nobody that it is ready: it is, when it still runs then
TRIAL_S: Final = 60.0  # to say its version: a small board unpacks the one file first


class Running(Struct, frozen=True):
    """A service that runs the program now."""

    name: str
    pid: int


class Update:
    """What one update needs.

    Args:
        place: where the program is.
        manager: of services; None where nothing is known of any.
        is_ready: whether the server that runs as this process serves.
        clock: for deadlines.
        say: one line for people.
        ready_s: seconds a new version has until it serves.
    """

    def __init__(
        self,
        place: Place,
        manager: Manager | None,
        is_ready: Callable[[int], bool],
        clock: Clock,
        say: Callable[[str], None],
        ready_s: float = READY_S,
    ) -> None:
        self._place = place
        self._manager = manager
        self._is_ready = is_ready
        self._clock = clock
        self._say = say
        self._ready_s = ready_s

    def carry_out(self, source: Source, release: Release, before: str) -> list[str]:
        """Fetch, verify, try, replace, start anew; returns the names of the services that were started anew.

        Raises UserError; what was there before works then.

        Args:
            source: of the release.
            release: the file to take.
            before: the version that is here.
        """
        with staging(self._place) as folder:
            archive = folder / release.name
            self._say(f"Downloading {release.name}")
            source.save(release.name, archive, release.digest, MAX_FILE_BYTES)
            new = unpack(archive, folder / "unpacked") if self._place.folder else archive
            program = new / PROGRAM if self._place.folder else new
            program.chmod(0o755)
            _try(program, release.version)
            running = list(self._running())
            try:
                self._place.put(new, release.version)
            except OSError as error:
                raise UserError(
                    "The new version cannot be put into place: {reason}. The one before still is.",
                    reason=error,
                ) from None
        self._say(f"Kuma Lite {release.version} is in place; {before} is kept beside it.")
        try:
            self._start_anew(running)
        except (UserError, KeyboardInterrupt) as error:
            self._take_back(running, release.version, before, error)
        return [service.name for service in running]

    def _running(self) -> Iterator[Running]:
        """The services that run this program."""
        if self._manager is None:
            return
        for name in (SERVER, AGENT):
            state = self._manager.state(name)
            if state.running and state.pid and _runs_from(state.pid, self._place.home):
                yield Running(name, state.pid)

    def _start_anew(self, running: list[Running]) -> None:
        """Raises UserError when one does not become ready."""
        assert self._manager is not None or not running
        for service in running:
            self._say(f"Starting {service.name} anew")
            if self._manager is not None:
                self._manager.restart(service.name)
                self._await(self._manager, service)

    def _await(self, manager: Manager, service: Running) -> None:
        began = self._clock.monotonic()
        seen, since = 0, began
        while (now := self._clock.monotonic()) - began < self._ready_s:
            state = manager.state(service.name)
            if state.pid != seen:
                seen, since = state.pid, now
            if seen and seen != service.pid:
                if service.name == AGENT and now - since >= STEADY_S:
                    return
                if service.name == SERVER and self._is_ready(seen):
                    return
            time.sleep(LOOK_S)
        raise UserError("{name} was not ready within {seconds:g} s", name=service.name, seconds=self._ready_s)

    def _take_back(
        self, running: list[Running], new: str, before: str, reason: UserError | KeyboardInterrupt
    ) -> None:
        """Let the version before run again. Always raises."""
        self._place.back()
        why = reason.message if isinstance(reason, UserError) else "interrupted"
        try:
            # Whatever runs now is of the version that is taken back.
            now = [Running(service.name, self._pid(service.name)) for service in running]
            self._start_anew(now)
        except UserError as error:
            raise UserError(
                "Kuma Lite {new} is taken back ({why}), but {before} does not run either: {reason}. "
                "What it said: {log}",
                new=new,
                why=why,
                before=before,
                reason=error.message,
                log=self._hint(running),
            ) from None
        raise UserError(
            "Kuma Lite {new} is taken back: {why}. {before} runs again. What it said: {log}",
            new=new,
            why=why,
            before=before,
            log=self._hint(running),
        ) from None

    def _pid(self, name: str) -> int:
        return self._manager.state(name).pid if self._manager is not None else 0

    def _hint(self, running: list[Running]) -> str:
        return self._manager.log_hint(running[0].name) if self._manager is not None and running else ""


def _runs_from(pid: int, home: Path) -> bool:
    """Whether a process runs a program of this folder; True where the system does not tell."""
    try:
        program = Path(os.readlink(f"/proc/{pid}/exe"))
    except OSError:
        return True
    return program.is_relative_to(home.resolve())


def _try(program: Path, version: str) -> None:
    """Raises UserError unless a program says that it is of this version."""
    try:
        done = subprocess.run(  # noqa: S603 - what was just verified
            [program, "--version"], capture_output=True, text=True, timeout=TRIAL_S, check=False
        )
        said = done.stdout.strip() if done.returncode == 0 else (done.stderr.strip() or "it ends at once")
    except (OSError, subprocess.SubprocessError) as error:
        said = str(error)
    if said != f"kuma-lite {version}":
        last = said.splitlines()[-1] if said else "nothing"
        raise UserError(
            "The new version does not run on this machine, so nothing was changed: {said}", said=last
        )
