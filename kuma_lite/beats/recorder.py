"""Where judged beats go: at once into memory, within seconds to disk, important ones before they are told."""

from __future__ import annotations

import asyncio
import time
from bisect import insort
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from math import isfinite
from operator import attrgetter
from typing import Final

from kuma_lite.beats import sealing
from kuma_lite.beats.loading import load_beats
from kuma_lite.beats.model import Beat, NewBeat
from kuma_lite.beats.recent import RecentBeats
from kuma_lite.beats.sealing import BLOCK_BEATS, SWEEP_S, WORTHWHILE, Block, Sealer
from kuma_lite.beats.shapes import Shape
from kuma_lite.beats.sums import Statistics
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.database import Database
from kuma_lite.core.declarations import Status
from kuma_lite.core.errors import StorageTrouble
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import PATIENCE_S, ends_within

MAX_UNWRITTEN: Final = 50_000  # beats kept while the disk takes none: forty minutes of 1,000 monitors @ 20 s
SEAL_ATTEMPTS: Final = 3  # beats that come in meanwhile are not worth more
CLOSE_S: Final = 0.5  # for packing at the stop; what is not packed is read from the log

Also = Callable[[Connection, Beat], None]
# Called with False: the beat is not on disk; None: that is not known, its commit hangs; True: it did succeed.
Unstored = Callable[[Beat, bool | None], None]


class Recorder:
    """The beats of all monitors: the latest ones, the sums of all, and the way to disk."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.recent = RecentBeats()
        self._database = database
        self._clock = clock
        self._statistics: dict[int, Statistics] = {}
        self._last_id = 0
        self._unwritten: list[Beat] = []
        self._recording: dict[asyncio.Task[None], int] = {}  # ids of beats that are not in memory yet
        self._hanging: set[int] = set()  # of those, what is in memory although its commit is under way
        self._taken: _Commit | None = None
        self._sealer = Sealer(self.recent)
        self._block_is_full = False
        self._log_to_cut = False
        self._swept = clock.monotonic()
        database.contribute(self)

    async def load(self) -> None:
        """Fill the memory from disk, what a killed process left in the log included."""
        now = to_ms(self._clock.now())
        self._last_id = await self._database.read(
            lambda connection: load_beats(connection, self.recent, self._statistics, now)
        )

    # --- recording ---------------------------------------------------------------------------------------

    def record(self, new: NewBeat) -> Beat:
        """Record an ordinary beat; it is on disk within seconds."""
        beat = self._numbered(new)
        self._keep(beat)
        self._remember(beat)
        self._database.nudge()
        return beat

    async def record_now(
        self, new: NewBeat, also: Also | None = None, unstored: Unstored | None = None
    ) -> Beat:
        """Record a beat that will be announced; returns when it is on disk.

        Args:
            new: the beat.
            also: writes what must not be on disk without the beat, nor the beat without it.
            unstored: is called when the beat cannot be stored now. It is then kept in memory like an
                ordinary one, is written with the next commit that succeeds, and `also` is not called again.

        Raises:
            StorageTrouble: nothing was recorded; only without `unstored`.
        """
        beat = self._numbered(new)
        recording = asyncio.create_task(self._write_now(beat, also, unstored))
        self._recording[recording] = beat.id
        recording.add_done_callback(self._recording.pop)
        # What may be on disk must be in memory, too: the recording goes on whatever happens to the caller.
        if unstored is None:
            await asyncio.shield(recording)
            return beat
        if await ends_within(recording, PATIENCE_S):
            recording.result()
        else:
            self._hanging.add(beat.id)
            self._remember(beat)
            unstored(beat, None)
        return beat

    async def _write_now(self, beat: Beat, also: Also | None, unstored: Unstored | None) -> None:
        def write(connection: Connection) -> None:
            sealing.write_log(connection, (beat,))
            if also is not None:
                also(connection, beat)

        try:
            await self._database.write(write)
        except StorageTrouble:
            if unstored is None:
                raise
            self._keep(beat)
            if beat.id not in self._hanging:
                self._remember(beat)
            unstored(beat, False)
        else:
            if beat.id not in self._hanging:
                self._remember(beat)
            elif unstored is not None:
                unstored(beat, True)
        finally:
            self._hanging.discard(beat.id)

    def _keep(self, beat: Beat) -> None:
        """Hold a beat in memory until it is on disk; changes are given up last."""
        unwritten = self._unwritten
        if not unwritten or unwritten[-1].id < beat.id:
            unwritten.append(beat)
        else:
            insort(unwritten, beat, key=attrgetter("id"))
        if len(self._unwritten) > MAX_UNWRITTEN:
            ordinary = (place for place, each in enumerate(self._unwritten) if not each.important)
            del self._unwritten[next(ordinary, 0)]
            self.recent.lost += 1

    async def flush(self) -> None:
        """Returns when everything recorded so far is on disk. Raises StorageTrouble."""
        hanging = [task for task, number in self._recording.items() if number in self._hanging]
        if hanging:
            await asyncio.wait(hanging)  # what failed is among the unwritten then
        if self._unwritten:
            await self._database.flush()

    async def seal(self, monitor_id: int) -> None:
        """Returns when all beats of a monitor are in blocks. Raises StorageTrouble."""
        for _ in range(SEAL_ATTEMPTS):
            ring = self.recent.rings.get(monitor_id)
            if ring is None or not ring.unsealed:
                return
            self._sealer.first(monitor_id)
            await self._database.flush()

    async def close(self) -> None:
        """Write everything down and pack what there is time for: the next start has less to read."""
        began = time.perf_counter()
        self._sealer.sweep()
        with suppress(StorageTrouble):
            await self._database.flush()
            while self._sealer.busy and time.perf_counter() - began < CLOSE_S:
                await self._database.flush()
            self._log_to_cut = True
            await self._database.flush()

    def _numbered(self, new: NewBeat) -> Beat:
        self._last_id += 1
        beat = Beat(self._last_id, *new)
        if not beat.msg.isascii():
            beat = beat._replace(msg=clean(beat.msg))
        if beat.ping is not None and not isfinite(beat.ping):
            beat = beat._replace(ping=None)  # JSON has no word for infinity
        return beat

    def _remember(self, beat: Beat) -> None:
        ring = self.recent.append(beat)
        self.statistics(beat.monitor_id).add(beat.status, beat.ping, beat.end_time)
        if ring.unsealed >= BLOCK_BEATS:
            self._block_is_full = True

    # --- asking ------------------------------------------------------------------------------------------

    def last(self, monitor_id: int) -> Beat | None:
        """The newest beat of a monitor."""
        return self.recent.last(monitor_id)

    def newest_id(self, monitor_id: int) -> int | None:
        """Id of `last`, at a fraction of its price."""
        return self.recent.newest_id(monitor_id)

    def newest_state(self, monitor_id: int) -> tuple[Shape, float | None] | None:
        """Shape and response time of `last`, as cheap."""
        return self.recent.newest_state(monitor_id)

    def rows(self, monitor_id: int) -> list[Beat]:
        """The newest beats of a monitor, oldest first."""
        return self.recent.rows(monitor_id)

    def states(self, monitor_id: int) -> Iterator[tuple[Status, int, int]]:
        """Status, retries and down count, newest first; nothing may be recorded meanwhile."""
        return self.recent.states(monitor_id)

    def rows_json(self, monitor_id: int, upto: int | None = None) -> str:
        """`rows` as the JSON list of a `heartbeatList`."""
        return self.recent.rows_json(monitor_id, upto)

    def statistics(self, monitor_id: int) -> Statistics:
        """What is known about a monitor; empty for an unknown one."""
        found = self._statistics.get(monitor_id)
        if found is None:
            found = self._statistics[monitor_id] = Statistics()
        return found

    @property
    def last_id(self) -> int:
        """The id given last."""
        return self._last_id

    @property
    def lost(self) -> int:
        """Beats that could not be written down, since the start."""
        return self.recent.lost

    @property
    def unwritten(self) -> int:
        """Beats that are not on disk yet."""
        return len(self._unwritten)

    # --- forgetting --------------------------------------------------------------------------------------

    def forget(self, monitor_id: int) -> None:
        """Drop everything in memory about a monitor."""
        self.recent.forget(monitor_id)
        self._statistics.pop(monitor_id, None)
        self._unwritten = [beat for beat in self._unwritten if beat.monitor_id != monitor_id]

    def forget_all(self) -> None:
        """Drop everything in memory about all monitors."""
        for monitor_id in list(self.recent.rings):
            self.recent.forget(monitor_id)
        self._statistics.clear()
        self._unwritten = []

    def clear_events(self, monitor_id: int) -> None:
        """Take texts and importance off the beats of a monitor in memory."""
        self.recent.clear_events(monitor_id)

    # --- what every commit takes along (see `core.database_commits.Contributor`) ---------------------------

    def take(self) -> Callable[[Connection], None] | None:
        """What is to be written with the next commit."""
        self._start_sealing()
        beats = tuple(self._unwritten)
        if not beats and not self._sealer.busy and not self._log_to_cut:
            return None
        cut_before = 0
        if self._log_to_cut:
            cut_before = self._sealer.oldest_in_log(self._recording.values()) or self._last_id + 1
        self._taken = _Commit(beats, self._sealer.blocks(), cut_before)
        return self._taken.write

    def written(self) -> None:
        """What `take` gave is on disk."""
        commit, self._taken = self._taken, None
        assert commit is not None
        gone = {beat.id for beat in commit.beats}
        self._unwritten = [beat for beat in self._unwritten if beat.id not in gone]
        sealing_before = self._sealer.busy
        self._sealer.done(commit.blocks, commit.numbers)
        # Only what has been sealed by an earlier commit may be cut off.
        self._log_to_cut = sealing_before and not self._sealer.busy
        if self._sealer.busy or self._log_to_cut:
            self._database.nudge()

    def _start_sealing(self) -> None:
        if self._clock.monotonic() - self._swept > SWEEP_S:
            self._swept = self._clock.monotonic()
            self._sealer.sweep()
        elif self._block_is_full:
            self._sealer.sweep(WORTHWHILE)
        self._block_is_full = False


class _Commit:
    """What one commit takes along."""

    def __init__(self, beats: Sequence[Beat], blocks: Sequence[Block], cut_before: int) -> None:
        self.beats = beats
        self.blocks = blocks
        self.cut_before = cut_before  # 0: leave the log as it is
        self.numbers: list[int] = []

    def write(self, connection: Connection) -> None:
        """Called in the writer's thread."""
        if self.cut_before:
            sealing.cut_log(connection, self.cut_before)
        sealing.write_log(connection, self.beats)
        self.numbers = sealing.write_blocks(connection, self.blocks)


def clean(text: str) -> str:
    """A text without halves of characters, which neither disk nor wire can carry."""
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode("utf-8")
