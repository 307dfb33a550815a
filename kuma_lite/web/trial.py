"""Doing in a child process what may end it."""

from __future__ import annotations

import asyncio
import faulthandler
import os
import signal
import warnings
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

TRIAL_S: Final = 10  # then the child is ended, and the question is open


async def survives(work: Callable[[], Awaitable[bool]]) -> bool:
    """Whether `work`, run in an event loop of a copy of this process, comes to an end and to True.

    A copy that is too slow counts as one that survived.
    """
    child = in_copy(work)
    _pid, status = await asyncio.to_thread(os.waitpid, child, 0)
    return status == 0 or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM)


def in_copy(work: Callable[[], Awaitable[bool]]) -> int:
    """The number of a copy of this process that runs `work` and ends, with nothing to be read of it.

    Raises:
        OSError: there can be no further process.
    """
    with warnings.catch_warnings():
        # Threads are not copied. What the child does needs none of them, and no lock that they may hold.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if not child:
        _run_and_exit(work)
    return child


def _run_and_exit(work: Callable[[], Awaitable[bool]]) -> None:
    code = 1
    try:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(TRIAL_S)
        _keep_quiet()
        asyncio.events._set_running_loop(None)  # that one runs in the parent
        code = 0 if asyncio.SelectorEventLoop().run_until_complete(work()) else 1
    finally:
        os._exit(code)


def _keep_quiet() -> None:
    """No traces of an end that is an answer in our log, and no core file."""
    faulthandler.disable()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
