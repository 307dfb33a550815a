"""What happened in one scenario, step by step, compared with what was recorded."""

from __future__ import annotations

import asyncio
import time
import traceback
from collections import Counter
from typing import Any

from tests.conformance.client import Client
from tests.conformance.comparing import apply_marks, at_paths, loosen, same, waits_for
from tests.conformance.normaliser import Normaliser
from tests.conformance.scenario import Scenario
from tests.conformance.session import Session

Step = dict[str, Any]


class Transcript:
    """Collects steps; with a recording at hand it judges each at once."""

    def __init__(self, session: Session, scenario: Scenario, recording: dict[str, Any] | None = None) -> None:
        self.session, self.scenario, self.target = session, scenario, session.target
        self.recording = recording
        self.steps: list[Step | None] = []
        self.results: list[dict[str, Any]] = []
        self.clients: list[Client] = []
        self.aborted: str | None = None
        ports = self.target.ports()
        self.meta = {
            "at": time.time(),
            "addresses": {
                "server": session.url.split("://", 1)[1],
                **{name: f"127.0.0.1:{port}" for name, port in ports.items()},
            },
            "ports": ports,
        }
        self.mine = Normaliser(self.meta)
        self.theirs = Normaliser(recording["meta"]) if recording else None

    async def play(self) -> None:
        """Go through the whole scenario, within its limit of time."""
        try:
            await asyncio.wait_for(self.scenario.play(self), self.scenario.limit)
        except TimeoutError:
            self.abort(f"the scenario took more than {self.scenario.limit:g} s")
        except Exception as error:
            if self.session.options.verbose:
                traceback.print_exc()
            self.abort(f"{type(error).__name__}: {error}")
        finally:
            for client in self.clients:
                await client.close()
        self.leave()

    def abort(self, why: str) -> None:
        """Say why nothing follows any more."""
        self.aborted = why
        self.results.append({"label": "(scenario aborted)", "ok": False, "why": why})
        if self.recording is not None and len(self.steps) < len(self.recording["steps"]):
            self.steps.append(None)

    def leave(self) -> None:
        """Recorded steps that were not reached have failed."""
        if self.recording is not None:
            for step in self.recording["steps"][len(self.steps) :]:
                self.results.append({"label": step["label"], "ok": False, "why": "not reached"})

    # ------------------------------------------------------------------ for steps
    def expected(self) -> Step | None:
        """What was recorded of the step that is being made."""
        if self.recording and len(self.steps) < len(self.recording["steps"]):
            step: Step = self.recording["steps"][len(self.steps)]
            return step
        return None

    def forget_pushes(self) -> None:
        """What was pushed until now belongs to no step."""
        for client in self.clients:
            client.cursor = len(client.log)

    async def pushes(self, sent: str, marks: dict[str, Any]) -> list[list[Any]]:
        """[client, event, arguments] of what the server pushed because of this step."""
        await self._settle(sent, marks)
        pushed = self._pending(sent, marks)
        self.forget_pushes()
        return pushed

    def done(self, step: Step, marks: dict[str, Any]) -> None:
        """Keep a step; compare it with the recorded one."""
        expected = self.expected()
        self.steps.append(step)
        if self.theirs is None:
            # Foreign material that is not compared anyway is not kept either.
            at_paths(step, marks.get("redact"), lambda v: v[:1] if isinstance(v, list) else "(not recorded)")
            result = {"label": step["label"], "ok": True}
        elif expected is None:
            result = {"label": step["label"], "ok": False, "why": "the recording has no such step"}
        else:
            result = self._compared(self.theirs, expected, step, marks)
        self.results.append(result)
        self.say(f"{'.' if result['ok'] else 'X'} {step['label']}")

    def say(self, line: str) -> None:
        """A line for whoever wants to see every step."""
        if self.session.options.verbose:
            print(f"      {line}", flush=True)

    def say_error(self, error: Exception) -> None:
        """An error that is part of the answer."""
        self.say(f"! {type(error).__name__}: {error}")

    # ------------------------------------------------------------------ inside
    def _compared(
        self, theirs: Normaliser, expected: Step, step: Step, marks: dict[str, Any]
    ) -> dict[str, Any]:
        wanted = apply_marks(theirs.step(expected, marks), marks)
        actual = apply_marks(self.mine.step(step, marks), marks)
        if not self.session.options.strict_text:
            wanted, actual = loosen(wanted, actual)
        if same(wanted, actual):
            return {"label": step["label"], "ok": True}
        found = {"expected": wanted, "actual": actual, "sent": step.get("sent")}
        return {"label": step["label"], "ok": False, **found}

    def _pending(self, sent: str, marks: dict[str, Any]) -> list[list[Any]]:
        return [
            [client.name, event, args]
            for client in self.clients
            for event, args in client.log[client.cursor :]
            if waits_for(event, sent, marks)
        ]

    async def _settle(self, sent: str, marks: dict[str, Any]) -> None:
        expected = self.expected()
        began = time.monotonic()
        if expected is None:
            await self.session.quiet(self.clients, marks.get("quiet", 0.35), 5)
            return
        wanted = Counter((client, event) for client, event, _ in expected.get("events", ()))
        for client, event in wanted:
            if event in marks.get("once", ()):
                wanted[client, event] = 1
        while time.monotonic() - began < self.session.options.event_timeout:
            if not wanted - Counter((client, event) for client, event, _ in self._pending(sent, marks)):
                break
            await asyncio.sleep(0.02)
        await self.session.quiet(self.clients, max(0.1, marks.get("check_quiet", 0.1)), 1)
