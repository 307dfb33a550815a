"""What the peers have in common: a program is started, waited for, and ended with its children."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from tests.requires import find_program

START_S = 30.0  # the slowest (a database that makes its first files) on a busy machine

Ready = Callable[[], Awaitable[bool]]


@asynccontextmanager
async def started(
    *command: str | Path,
    ready: Ready,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    user: str | None = None,
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A server while it runs; what it says is in `folder`/log.

    Args:
        command: the name of the program, and its arguments.
        ready: asked until it answers that the server takes connections.
        user: who runs it, for servers that refuse to be root's; `folder` then becomes theirs.
    """
    name, *arguments = map(str, command)
    program = name if "/" in name else find_program(name)
    assert program is not None, f"{name} is not installed"
    as_user = user if user is not None and os.geteuid() == 0 else None
    if as_user:
        for path in (folder, *folder.rglob("*")):
            _give(path, as_user)
        for parent in folder.parents:  # pytest's folders are closed to others
            with contextlib.suppress(PermissionError):
                parent.chmod(parent.stat().st_mode | 0o011)
    with (folder / "log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            program,
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
            umask=0o022,  # not that of a server that has run in this process
            **({"user": as_user} if as_user else {}),
        )
    try:
        async with asyncio.timeout(START_S):
            while not await ready():
                if process.returncode is not None:
                    raise AssertionError(f"{name} ended: {(folder / 'log').read_text()[-2000:]}")
                await asyncio.sleep(0.05)
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), 5)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


def accepts(port: int, address: str = "127.0.0.1") -> Ready:
    """Whether somebody takes TCP connections on a port of this machine."""

    async def ready() -> bool:
        try:
            _, writer = await asyncio.open_connection(address, port)
        except OSError:
            return False
        writer.close()
        return True

    return ready


def _give(path: Path, user: str) -> None:
    import shutil

    shutil.chown(path, user)


@contextlib.contextmanager
def peer_of(running: Callable[..., AbstractAsyncContextManager[Any]], folder: Path) -> Iterator[Any]:
    """A peer beside a test that is no coroutine, on a loop of its own; gives what `running` gives."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    manager = running(folder)
    try:
        found = asyncio.run_coroutine_threadsafe(manager.__aenter__(), loop).result(START_S)
        try:
            yield found
        finally:
            asyncio.run_coroutine_threadsafe(manager.__aexit__(None, None, None), loop).result(START_S)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def keep(running: Callable[[Path], AbstractAsyncContextManager[Any]]) -> None:
    """Run a peer until Ctrl-C or SIGTERM, and print where it is."""

    async def forever() -> None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, signal.raise_signal, signal.SIGINT)
        with tempfile.TemporaryDirectory() as folder:
            async with running(Path(folder)) as where:
                print(where, flush=True)
                await asyncio.Event().wait()

    try:
        asyncio.run(forever())
    except KeyboardInterrupt:
        sys.exit(0)
