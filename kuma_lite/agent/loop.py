"""The agent's life: measure, send, wait; when the server is away keep it, and catch up, the newest first."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from kuma_lite import __version__
from kuma_lite.agent.sending import Outcome
from kuma_lite.agent.spool import BATCH_ROUNDS, Round, Spool
from kuma_lite.core.clock import Clock

FIRST_S: Final = 2.0  # until the first round: processor time is what passed between two readings
BATCHES_PER_ROUND: Final = 20  # while catching up; a day of rounds takes two of our own


Snapshot = dict[str, list[dict[str, Any]]]  # rows of what is busy, by the name they have in a report


class Measurements(Protocol):
    """What the host says."""

    def samples(self) -> list[tuple[str, float]]:
        """One round."""

    def attributes(self) -> dict[str, Any]:
        """Totals and uptime."""


class Receiver(Protocol):
    """Where reports go."""

    said: str
    address: str

    def send(self, report: dict[str, Any]) -> Outcome:
        """Send one."""


class Agent:
    """Everything together.

    Args:
        measurements: of the host.
        describe: the attributes that seldom change.
        snapshot: lists of what is busy, by the name they have in a report.
        server: where reports go.
        spool: for those that cannot be sent.
        clock: for the time of samples.
        say: one line for the journal.
    """

    def __init__(
        self,
        measurements: Measurements,
        describe: Callable[[], dict[str, Any]],
        snapshot: Callable[[], Snapshot],
        server: Receiver,
        spool: Spool,
        clock: Clock,
        say: Callable[[str], None],
    ) -> None:
        self._measurements = measurements
        self._describe = describe
        self._snapshot = snapshot
        self._server = server
        self._spool = spool
        self._clock = clock
        self._say = say
        self.arrived = False  # whether the latest round left nothing to send, and nothing was refused
        self.refused = False  # whether samples of the latest report were
        self._greeted = False  # whether it was said that a report has arrived
        self._complaint = ""
        self._away = False  # whether that was about a report that did not arrive
        self._smaller = BATCH_ROUNDS

    def run(self, interval: float, wait: Callable[[float], bool]) -> None:
        """Until `wait(seconds)` says that it is time to end."""
        if wait(FIRST_S):
            return
        due = self._clock.monotonic()
        while True:
            self.arrived = self.round()
            now = self._clock.monotonic()
            # Rounds that were missed are left out; the rhythm stays.
            due += interval * max(1, -(-(now - due) // interval))
            if wait(due - now):
                return

    def round(self) -> bool:
        """Measure once and send what there is; whether everything has arrived."""
        entry, snapshot = Round(iso(self._clock.now()), self._measurements.samples()), self._snapshot()
        if not self._spool.empty and self._keep(entry):
            return self._catch_up(snapshot)
        outcome = self._server.send(self._report([entry], snapshot))
        self._note(outcome)
        if outcome is Outcome.LATER:
            if self._spool.empty:
                self._keep(entry)
            return False
        # Where the disk is full there may be older ones, and no room to put this one behind them.
        return self._catch_up({}) and outcome is Outcome.SENT

    def _catch_up(self, snapshot: Snapshot) -> bool:
        """Send the newest rounds with how it is now, then older ones: a threshold waits for no backlog."""
        taken = True
        for _ in range(BATCHES_PER_ROUND):
            if self._spool.empty:
                return taken
            rounds, position = self._spool.batch(self._smaller)
            if rounds:
                outcome = self._server.send(self._report(rounds, snapshot))
                self._note(outcome)
            else:
                outcome = Outcome.SENT
            if outcome is Outcome.LATER:
                return False
            if outcome is Outcome.SMALLER and self._smaller > 1:
                self._smaller //= 2
                continue
            self._smaller = BATCH_ROUNDS
            snapshot = {}
            self._spool.done(position)
            taken = taken and outcome is Outcome.SENT
        return taken and self._spool.empty

    def _report(self, rounds: list[Round], snapshot: Snapshot) -> dict[str, Any]:
        return {
            "agent_version": __version__,
            "sent_at": iso(self._clock.now()),
            "attributes": {**self._describe(), **self._measurements.attributes()},
            "metrics": [
                {"metric": name, "value": value, "timestamp": entry.at}
                for entry in rounds
                for name, value in entry.values
            ],
            **snapshot,
        }

    def _keep(self, entry: Round) -> bool:
        try:
            self._spool.append(entry)
        except OSError as error:
            self._say(f"Samples cannot be kept, and are lost unless they arrive at once: {error}")
            return False
        return True

    def _note(self, outcome: Outcome) -> None:
        """Say what is wrong once, and when it is over."""
        said = self._server.said
        arrived = outcome in (Outcome.SENT, Outcome.PARTLY)
        # Numbers in what the server says of samples (minutes, counts) may change with every report.
        complaint = re.sub(r"\d+", "0", said) if arrived else said
        first = outcome is Outcome.SENT and not self._greeted
        if first:
            self._greeted = True
            self._say(f"The first report has arrived at {self._server.address}")
        if complaint != self._complaint:
            if arrived and self._away and not first:
                self._say("Reports arrive again")
            if said or not self._away:
                self._say(said or "The server has no more complaints")
        self._complaint, self._away = complaint, not arrived
        self.refused = outcome in (Outcome.PARTLY, Outcome.NEVER)


def iso(seconds: float) -> str:
    """Seconds since 1970 as the Servers API writes dates."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
