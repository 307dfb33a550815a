"""Sleeping until it is time, or until somebody asks the process to end."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager


@contextmanager
def waiting(signals: Sequence[signal.Signals]) -> Iterator[Callable[[float], bool]]:
    """A function that sleeps for seconds; True as soon as a signal has come, before or meanwhile."""
    if hasattr(signal, "sigtimedwait"):
        signal.pthread_sigmask(signal.SIG_BLOCK, signals)
        yield lambda seconds: signal.sigtimedwait(signals, max(0.0, seconds)) is not None
        return
    # macOS has no such call. The handler writes a byte that a wait for reading notices, also when the signal
    # came just before it.
    import os
    import select

    reader, writer = os.pipe()
    for end in (reader, writer):
        os.set_blocking(end, False)
    before = {number: signal.signal(number, lambda *_: None) for number in signals}
    old = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)

    def wait(seconds: float) -> bool:
        return bool(select.select([reader], [], [], max(0.0, seconds))[0])

    try:
        yield wait
    finally:
        signal.set_wakeup_fd(old)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reader)
        os.close(writer)
