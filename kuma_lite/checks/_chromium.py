"""A Chromium of this machine, without windows, spoken to through a pipe.

All that it writes is in one folder below the system's for temporary files, which goes when it ends. It ends
when its pipe does, so none is left behind by a server that was killed; that folder goes at the next start.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import mmap
import os
import shutil
import signal
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final

from kuma_lite.checks._cdp import BrowserGone, CdpRefused, Connection, PipeProtocol
from kuma_lite.core.programs import environment

log = logging.getLogger(__name__)

START_S: Final = 30.0  # from the slow card of a small machine
END_S: Final = 2.0  # to close its files; then it is killed
PREFIX: Final = "kuma-lite-browser-"
_LOG: Final = "log"
_LOCK: Final = "lock"  # held as long as the folder is in use
_LOG_BYTES: Final = 4000  # of its end that are looked at
_LONGEST_PARENT: Final = 30  # letters; the socket's own name has some seventy of the 107
_SHORT_PARENT: Final = "/tmp"  # noqa: S108 - what is made in there has a name that nobody can guess
_FIRST_FREE: Final = 10  # descriptors below may be those that the browser reads and writes
_READS, _WRITES = 3, 4  # where it expects the pipe
_NO_SANDBOX: Final = "--no-sandbox"

# It talks to nobody but the pages that are checked, keeps nothing, and asks for no graphics and no sound.
_SWITCHES: Final = (
    "--headless",
    "--remote-debugging-pipe",
    "--window-size=1280,720",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pings",
    "--no-service-autorun",
    "--no-startup-window",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-client-side-phishing-detection",
    "--disable-component-extensions-with-background-pages",
    "--disable-component-update",
    "--disable-crash-reporter",
    "--disable-default-apps",
    "--disable-dev-shm-usage",  # 64 MB in a container
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-hang-monitor",
    "--disable-prompt-on-repost",
    "--disable-search-engine-choice-screen",
    "--disable-sync",
    "--disable-features=AutofillServerCommunication,CertificateTransparencyComponentUpdater,GlobalMediaControls,"
    "InterestFeedContentSuggestions,MediaRouter,OptimizationHints,PreloadTopChromeWebUI,Translate",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--metrics-recording-only",
    "--mute-audio",
    "--password-store=basic",
    "--use-mock-keychain",
    "--renderer-process-limit=4",
)


class Chromium:
    """One process with its children. `start` makes one, `end` has to be called."""

    def __init__(self, program: str, folder: Path) -> None:
        self.program = program
        self._folder = folder
        self._pid = 0  # 0: none, or it was waited for
        self._lock = os.open(folder / _LOCK, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._ends: list[asyncio.BaseTransport] = []
        self.connection: Connection

    @classmethod
    async def start(cls, program: str) -> Chromium:
        """A browser that answers. Raises BrowserGone, OSError."""
        await asyncio.to_thread(remove_left_behind)
        reason = ""
        for switches in _attempts():
            browser = cls._in_new_folder(program)
            try:
                await browser._open(switches)
            except BrowserGone as gone:
                reason = browser._last_words() or str(gone)
                await browser.end()
                if "sandbox" not in reason.lower():
                    break
                log.warning("Chromium finds no sandbox here, and is started without one")
            except BaseException:
                await browser.end()
                raise
            else:
                return browser
        raise BrowserGone(reason)

    @classmethod
    def _in_new_folder(cls, program: str) -> Chromium:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=_parent()))
        try:
            return cls(program, folder)
        except OSError:
            _remove(folder)
            raise

    @property
    def pid(self) -> int:
        """Of the process that the others descend from."""
        return self._pid

    @property
    def answers(self) -> bool:
        """Whether it is there, as far as is known."""
        return hasattr(self, "connection") and self.connection.gone is None

    async def _open(self, switches: tuple[str, ...]) -> None:
        loop = asyncio.get_running_loop()
        with ExitStack() as theirs:
            commands, out = _pipe()
            theirs.callback(os.close, commands)
            out_file = open(out, "wb", 0)  # noqa: ASYNC230, SIM115
            into, answers = _pipe()
            theirs.callback(os.close, answers)
            into_file = open(into, "rb", 0)  # noqa: ASYNC230, SIM115
            self._pid = self._spawn(commands, answers, switches)
        protocol = PipeProtocol()
        writer, _ = await loop.connect_write_pipe(asyncio.Protocol, out_file)
        self._ends.append(writer)
        reader, _ = await loop.connect_read_pipe(lambda: protocol, into_file)
        self._ends.append(reader)
        self.connection = protocol.connection = Connection(lambda text: writer.write(text.encode() + b"\0"))
        await self.connection.call("Browser.getVersion", timeout=START_S)

    def _spawn(self, commands: int, answers: int, switches: tuple[str, ...]) -> int:
        for name in ("cache", "config"):
            (self._folder / name).mkdir()
        variables = environment(
            TMPDIR=str(self._folder),
            XDG_CACHE_HOME=str(self._folder / "cache"),
            XDG_CONFIG_HOME=str(self._folder / "config"),
            DBUS_SESSION_BUS_ADDRESS="disabled:",
        )
        said = os.open(self._folder / _LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        nothing = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
        try:
            return os.posix_spawn(
                self.program,
                [
                    self.program,
                    *_SWITCHES,
                    *switches,
                    *_script_switches(),
                    f"--user-data-dir={self._folder / 'profile'}",
                ],
                variables,
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, nothing, 0),
                    (os.POSIX_SPAWN_DUP2, said, 1),
                    (os.POSIX_SPAWN_DUP2, said, 2),
                    (os.POSIX_SPAWN_DUP2, commands, _READS),
                    (os.POSIX_SPAWN_DUP2, answers, _WRITES),
                ],
                setpgroup=0,  # a group of its own, to be killed whole
            )
        finally:
            os.close(said)
            os.close(nothing)

    def _last_words(self) -> str:
        """Why it did not start, where it has said so: its last line."""
        try:
            lines = (self._folder / _LOG).read_bytes()[-_LOG_BYTES:].decode("utf-8", "replace").splitlines()
        except OSError:
            return ""
        lines = [line.strip() for line in lines if line.strip()]
        telling = [line for line in lines if "sandbox" in line.lower() or ":FATAL:" in line] or lines
        return telling[-1][:200] if telling else ""

    async def end(self) -> None:
        """End it with all its children, and remove what it has written. Never raises."""
        if self.answers:
            with suppress(BrowserGone, CdpRefused):
                await self.connection.call("Browser.close", timeout=END_S)
        if self._pid:
            await self._reap(END_S if self._ends else 0)
        for end in self._ends:
            end.close()
        if hasattr(self, "connection"):
            self.connection.lose("it was ended")
        await asyncio.to_thread(_remove, self._folder)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    async def _reap(self, patience: float) -> None:
        """Wait until it has ended; kill what is left of its group then."""
        pid, self._pid = self._pid, 0
        ended = asyncio.ensure_future(asyncio.to_thread(_wait_for_end, pid))
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await asyncio.shield(ended)
        # While it is not yet waited for, nobody else can have got the number of its group.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        await ended
        await asyncio.to_thread(_wait_for_all, pid)


def _wait_for_end(pid: int) -> None:
    with suppress(ChildProcessError):
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


def _wait_for_all(pid: int) -> None:
    with suppress(ChildProcessError):
        os.waitpid(pid, 0)
    if os.getpid() == 1:
        _wait_for_orphans()


def _wait_for_orphans() -> None:
    """What a browser leaves behind is for the first process of a container to wait for."""
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, IndexError):
            name, _, rest = entry.read_text("utf-8", "replace").partition("(")[2].rpartition(") ")
            state, parent = rest.split(" ")[:2]
            if name.startswith("chrom") and state == "Z" and parent == "1":
                os.waitpid(int(entry.parent.name), os.WNOHANG)


def _attempts() -> tuple[tuple[str, ...], ...]:
    """Switches to try in turn: root may not use the sandbox, and some kernels and containers allow none."""
    return ((_NO_SANDBOX,),) if os.geteuid() == 0 else ((), (_NO_SANDBOX,))


def _script_switches() -> tuple[str, ...]:
    """Where memory may not be written and then run, as in our systemd unit, scripts are only interpreted."""
    access = mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
    try:
        mmap.mmap(-1, mmap.PAGESIZE, prot=access).close()
    except OSError:
        return ("--js-flags=--jitless",)
    return ()


def _parent() -> str:
    """Where the folder is. The paths of sockets are short, and Chromium has one in there."""
    folder = tempfile.gettempdir()
    return folder if len(folder) <= _LONGEST_PARENT else _SHORT_PARENT


def _pipe() -> tuple[int, int]:
    """A pipe whose ends are none of the descriptors that the browser uses."""
    ends = os.pipe()
    try:
        moved = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, _FIRST_FREE) for end in ends]
    finally:
        for end in ends:
            os.close(end)
    return moved[0], moved[1]


def _remove(folder: Path) -> None:
    for _ in range(3):  # a child that is just ending may still write
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return


def remove_left_behind() -> None:
    """Remove the folders of servers that are not there any more: nobody holds their locks."""
    for lock in Path(_parent()).glob(f"{PREFIX}*/{_LOCK}"):
        with suppress(OSError), lock.open("rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(lock.parent)
