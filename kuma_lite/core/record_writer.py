"""Appends to a file of records from the event loop, in a thread: a disk that hangs must not hold up the loop.

What comes while a write is under way goes with the next one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread

from msgspec import Struct

from kuma_lite.core import transactions
from kuma_lite.core.record_file import RecordFile

Work = Callable[[], None]  # in the thread
Ended = Callable[[Exception | None], None]  # on the loop, with what went wrong


class _Put(Struct, frozen=True):
    record: bytes
    stored: Callable[[], None]
    future: asyncio.Future[bool | None]


class RecordWriter:
    """The one that appends; of the running event loop.

    Args:
        file: to append to.
    """

    def __init__(self, file: RecordFile) -> None:
        self.file = file
        self.hangs = False  # a write takes longer than anybody waits
        self._loop = asyncio.get_running_loop()
        self._todo: SimpleQueue[tuple[Work, Ended] | None] = SimpleQueue()
        self._gathered: list[_Put] = []
        self._written: list[_Put] = []  # by the write under way
        self._timer: asyncio.TimerHandle | None = None
        self._thread: Thread | None = None

    @property
    def is_busy(self) -> bool:
        """Whether something that was put is not in a file yet."""
        return bool(self._gathered or self._written)

    def put(self, record: bytes, stored: Callable[[], None]) -> asyncio.Future[bool | None]:
        """Append a record soon. Nobody may put one while it `hangs`.

        Args:
            record: not empty.
            stored: is called as soon as it is in the file, if it ever is.

        Returns: a future of True, when it is; of None, when that is not known within `PATIENCE_S`. It raises
            OSError.
        """
        future: asyncio.Future[bool | None] = self._loop.create_future()
        self._gathered.append(_Put(record, stored, future))
        if self._timer is None:
            self._timer = self._loop.call_later(transactions.PATIENCE_S, self._late)
        if not self._written:
            self._flush()
        return future

    def turn(self, file: RecordFile, ended: Callable[[], None]) -> None:
        """Append to another file from now on.

        `ended` is called when the one before is closed, all who put into it have been told, and nobody yet
        who puts into the new one.
        """
        self._flush()
        before, self.file = self.file, file
        self.do(before.close, lambda error: ended())

    def do(self, work: Work, ended: Ended) -> None:
        """Run something in the thread, after what it has to do already."""
        if self._thread is None:
            self._thread = Thread(target=self._run, name="record writer", daemon=True)
            self._thread.start()
        self._todo.put((work, ended))

    async def stop(self) -> None:
        """End the thread, unless it hangs; all that was put has been told before."""
        if self._thread is not None:
            self._todo.put(None)
            if not self.hangs:
                await asyncio.to_thread(self._thread.join, transactions.PATIENCE_S)

    # --- on the loop -------------------------------------------------------------------------------------

    def _flush(self) -> None:
        """Let the thread write what has gathered."""
        if not self._gathered:
            return
        group, self._gathered = self._gathered, []
        self._written += group
        file = self.file
        self.do(lambda: file.append([put.record for put in group]), lambda error: self._ended(group, error))

    def _ended(self, group: list[_Put], error: Exception | None) -> None:
        del self._written[: len(group)]
        self.hangs = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._gathered or self._written:
            self._timer = self._loop.call_later(transactions.PATIENCE_S, self._late)
        for put in group:
            if error is None:
                put.stored()
            if put.future.done():
                continue
            if error is None:
                put.future.set_result(True)
            else:
                put.future.set_exception(error)
        if not self._written:
            self._flush()

    def _late(self) -> None:
        self.hangs = True
        for put in (*self._written, *self._gathered):
            if not put.future.done():
                put.future.set_result(None)

    # --- in the thread -----------------------------------------------------------------------------------

    def _run(self) -> None:
        while (task := self._todo.get()) is not None:
            work, ended = task
            error: Exception | None = None
            try:
                work()
            except Exception as trouble:  # it must outlive whatever it is asked to do
                error = trouble
            with suppress(RuntimeError):  # the loop is gone
                self._loop.call_soon_threadsafe(ended, error)
