"""Services of macOS: of the machine when root asks, else of the one who is logged in."""

from __future__ import annotations

import os
import plistlib
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from kuma_lite.core.errors import UserError
from kuma_lite.installing.manager import State, call
from kuma_lite.installing.services import Service

STOP_S: Final = 15  # what the server may take; then it is killed
RESTART_S: Final = 10  # the least between two starts
OPEN_FILES: Final = 65_536
_PID: Final = re.compile(r"^\s*pid = (\d+)$", re.MULTILINE)


def property_list(service: Service, log: Path) -> bytes:
    """What launchd reads.

    Args:
        service: what is run.
        log: file for what it says.
    """
    document: dict[str, Any] = {
        "Label": service.name,
        "ProgramArguments": [service.program, *service.arguments],
        "RunAtLoad": True,
        "KeepAlive": True,
        "ThrottleInterval": RESTART_S,
        "ExitTimeOut": STOP_S,
        "ProcessType": "Background",
        "Umask": 0o077,
        "SoftResourceLimits": {"NumberOfFiles": OPEN_FILES},
        "StandardOutPath": str(log),
        "StandardErrorPath": str(log),
    }
    if service.user:
        document["UserName"] = service.user
    if service.secrets:
        document["EnvironmentVariables"] = dict(service.secrets)
    return plistlib.dumps(document, sort_keys=False)


class Launchd:
    """The service manager of macOS.

    Args:
        home: of the one who asks.
        uid: the number of that one; 0 is root.
        call: runs a program.
        root: of the file system.
    """

    def __init__(
        self,
        home: Path | None = None,
        uid: int | None = None,
        call: Callable[[Sequence[str]], str] = call,
        root: Path = Path("/"),
    ) -> None:
        self._uid = os.getuid() if uid is None else uid
        library = root / "Library" if self._uid == 0 else (home or Path.home()) / "Library"
        self._folder = library / ("LaunchDaemons" if self._uid == 0 else "LaunchAgents")
        self._logs = library / "Logs"
        self._domain = "system" if self._uid == 0 else f"gui/{self._uid}"
        self._call = call

    def write(self, service: Service) -> list[Path]:
        """Write the property list, which may hold a token; returns the file. Raises OSError."""
        for folder in (self._folder, self._logs):
            folder.mkdir(parents=True, exist_ok=True)
        path = self._file(service.name)
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(property_list(service, self._logs / f"{service.name}.log"))
        return [path]

    def start(self, name: str) -> None:
        """Start it now and whenever the machine starts. Raises UserError."""
        with suppress(UserError):  # it was not there
            self._call(["launchctl", "bootout", self._target(name)])
        self._call(["launchctl", "bootstrap", self._domain, str(self._file(name))])

    def restart(self, name: str) -> None:
        """Stop it and start it again. Raises UserError."""
        self._call(["launchctl", "kickstart", "-k", self._target(name)])

    def remove(self, name: str) -> list[Path]:
        """Stop it and remove its property list; returns that. Raises UserError, OSError."""
        path = self._file(name)
        if not path.exists():
            raise UserError("There is no service {name} that this program has written.", name=name)
        with suppress(UserError):  # it does not run
            self._call(["launchctl", "bootout", self._target(name)])
        path.unlink()
        return [path]

    def state(self, name: str) -> State:
        """How it is."""
        path = self._file(name)
        try:
            answer = self._call(["launchctl", "print", self._target(name)])
        except UserError:
            return State(path.exists(), False, 0, "not loaded", str(path) if path.exists() else "")
        match = _PID.search(answer)
        pid = int(match[1]) if match else 0
        return State(True, pid > 0, pid, "running" if pid else "loaded, not running", str(path))

    def log_hint(self, name: str) -> str:
        """How people see what it says."""
        return f"tail -f {self._logs / name}.log"

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.plist"

    def _target(self, name: str) -> str:
        return f"{self._domain}/{name}"
