"""A server under measurement: started as a user would, watched by the kernel's own accounting."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# As on a user's machine: the second start finds the compiled modules of the first.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
PROGRAM = (sys.executable, "-m", "kuma_lite")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Figures:
    """What the kernel says of a process at one moment."""

    wall: float  # s
    cpu: float  # s, user + system
    rss: float  # MB
    written: int  # bytes sent to storage
    characters: int  # bytes handed to write calls

    def since(self, earlier: Figures) -> Figures:
        """The difference; memory as it is now."""
        return Figures(
            self.wall - earlier.wall,
            self.cpu - earlier.cpu,
            self.rss,
            self.written - earlier.written,
            self.characters - earlier.characters,
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Served:
    """`kuma-lite serve` in a process of its own.

    Args:
        folder: its data.
        tree: a checkout whose code it runs; None: this one.
    """

    def __init__(
        self, folder: Path, *arguments: str, program: Sequence[str] = PROGRAM, tree: Path | None = None
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        command = [
            *program,
            "serve",
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
        ]
        self._began = time.monotonic()
        self.process = subprocess.Popen(
            [*command, "--data-dir", str(folder), *arguments],
            stdout=subprocess.DEVNULL,
            cwd=tree,
            env=ENVIRONMENT if tree is None else {**ENVIRONMENT, "PYTHONPATH": str(tree)},
            stderr=(folder.parent / "server.log").open("ab"),
        )

    def wait_ready(self, seconds: float = 30) -> float:
        """Seconds from the start until it answers."""
        while time.monotonic() - self._began < seconds:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}")
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=1) as answer:
                    if answer.status == 200:
                        return time.monotonic() - self._began
            except (urllib.error.URLError, OSError):
                time.sleep(0.01)
        raise RuntimeError("the server did not become ready")

    def figures(self) -> Figures:
        proc = Path(f"/proc/{self.process.pid}")
        fields = (proc / "stat").read_text().rsplit(") ", 1)[1].split()
        io = dict(line.split(": ") for line in (proc / "io").read_text().splitlines())
        status = (proc / "status").read_text()
        rss = next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]
        return Figures(
            time.monotonic(),
            (int(fields[11]) + int(fields[12])) / TICKS,
            int(rss) / 1024,
            int(io["write_bytes"]),
            int(io["wchar"]),
        )

    def stop(self) -> float:
        """Seconds the orderly stop took; raises if it was not orderly."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(15)
        if code != 0:
            raise RuntimeError(f"the server ended with {code}")
        return time.monotonic() - began
