"""Services of systemd: written, started, asked, removed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from kuma_lite.core.errors import UserError
from kuma_lite.installing.manager import State, call
from kuma_lite.installing.services import AGENT, Service
from kuma_lite.installing.units import ENVIRONMENTS, UNITS, unit_text

RUNNING: Final = "run/systemd/system"  # a folder: systemd is what started this machine
STATE: Final = {AGENT: ("var/lib/private/kuma-lite-agent", "var/lib/kuma-lite-agent")}
_ASKED: Final = ("LoadState", "ActiveState", "SubState", "MainPID", "UnitFileState", "FragmentPath")


class Systemd:
    """The service manager of most Linux systems.

    Args:
        root: of the file system.
        call: runs a program.
    """

    def __init__(self, root: Path = Path("/"), call: Callable[[Sequence[str]], str] = call) -> None:
        self._root = root
        self._call = call

    @staticmethod
    def is_here(root: Path = Path("/")) -> bool:
        """Whether it runs this machine."""
        return (root / RUNNING).is_dir()

    def write(self, service: Service) -> list[Path]:
        """Write the unit and, for root's eyes only, its secrets; returns the files. Raises OSError."""
        unit, environment = self._unit(service.name), self._root / ENVIRONMENTS[service.name]
        unit.parent.mkdir(parents=True, exist_ok=True)
        written = [unit]
        if service.secrets:
            environment.parent.mkdir(parents=True, exist_ok=True)
            environment.touch(mode=0o600)
            os.chmod(environment, 0o600)
            environment.write_text("".join(f"{name}={text}\n" for name, text in service.secrets.items()))
            written.insert(0, environment)
        unit.write_text(unit_text(service))
        os.chmod(unit, 0o644)  # no secret in it; systemd complains about closed ones
        return written

    def start(self, name: str) -> None:
        """Start it now and at every boot. Raises UserError."""
        self._call(["systemctl", "daemon-reload"])
        self._call(["systemctl", "enable", name])
        self._call(["systemctl", "restart", "--no-block", name])

    def restart(self, name: str) -> None:
        """Stop it and start it again, without waiting for it. Raises UserError."""
        self._call(["systemctl", "restart", "--no-block", name])

    def remove(self, name: str) -> list[Path]:
        """Stop it and remove what was written; returns what was there. Raises UserError, OSError."""
        state = self.state(name)
        unit = self._unit(name)
        if state.file and Path(state.file) != unit:
            raise UserError(
                "The service {name} belongs to a package ({file}): remove it with what installed that.",
                name=name,
                file=state.file,
            )
        if not unit.exists():
            raise UserError("There is no service {name} that this program has written.", name=name)
        self._call(["systemctl", "disable", "--now", name])
        removed = [unit]
        unit.unlink()
        if name == AGENT:
            removed += self._forget_agent()
        self._call(["systemctl", "daemon-reload"])
        with suppress(UserError):  # it has no failure to forget
            self._call(["systemctl", "reset-failed", name])
        return removed

    def _forget_agent(self) -> list[Path]:
        """Its address, its token, and what it could not send."""
        found = [self._root / path for path in (ENVIRONMENTS[AGENT], *STATE[AGENT])]
        found = [path for path in found if os.path.lexists(path)]
        for path in found:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        return found

    def state(self, name: str) -> State:
        """How it is. Raises UserError."""
        answer = self._call(["systemctl", "show", name, f"--property={','.join(_ASKED)}"])
        found = dict(line.split("=", 1) for line in answer.splitlines() if "=" in line)
        pid = found.get("MainPID", "0")
        return State(
            installed=found.get("LoadState") == "loaded",
            running=found.get("ActiveState") in ("active", "reloading"),
            pid=int(pid) if pid.isdecimal() else 0,
            words=f"{found.get('ActiveState', 'unknown')} ({found.get('SubState', 'unknown')}), "
            f"{found.get('UnitFileState') or 'not enabled'}",
            file=found.get("FragmentPath", ""),
        )

    def log_hint(self, name: str) -> str:
        """How people see what it says."""
        return f"journalctl -u {name}"

    def _unit(self, name: str) -> Path:
        return self._root / UNITS / f"{name}.service"
