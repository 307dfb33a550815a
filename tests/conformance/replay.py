"""Playing scenarios against a server, and judging them by their recordings."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.conformance.client import Client
from tests.conformance.run import Run
from tests.conformance.scenario import Scenario
from tests.conformance.session import Session

HERE = Path(__file__).parent
RECORDED = HERE / "recorded"
DIFFERENCES = HERE / "differences.json"

Result = dict[str, Any]


def load_recording(name: str, folder: Path = RECORDED) -> dict[str, Any]:
    """What the reference answered in a scenario; raises FileNotFoundError."""
    recording: dict[str, Any] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return recording


def load_differences(path: Path = DIFFERENCES) -> list[dict[str, Any]]:
    """Differences made on purpose; raises ValueError where one has no reason."""
    entries: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    for entry in entries:
        if not (entry.get("why") or "").strip():
            raise ValueError(f"a difference needs a 'why': {entry['scenario']} step {entry['step']}")
    return entries


@asynccontextmanager
async def _target_of(session: Session) -> Any:
    """The driver's own servers live as long as the event loop of one scenario."""
    await session.target.start()
    try:
        yield
    finally:
        await session.target.stop()


async def play(session: Session, scenario: Scenario, recording: dict[str, Any] | None) -> Run:
    """Play one scenario, on a server brought back to its known state; without a recording it makes one."""
    async with _target_of(session):
        run = Run(session, scenario, recording)
        try:
            if scenario.fresh:
                await _assert_fresh(session)
            else:
                await session.reset()
        except Exception as error:
            run.abort(f"preparation: {type(error).__name__}: {error}")
            run.leave()
            return run
        session.target.reset()
        await run.play()
        return run


async def _assert_fresh(session: Session) -> None:
    probe = Client("probe", session.url)
    await probe.open()
    answer = await probe.ask("needSetup", [], 6)
    await probe.close()
    if answer != [True]:
        raise RuntimeError("this scenario needs a server that has not been set up yet")


def accept(name: str, results: list[Result], differences: list[dict[str, Any]]) -> Iterator[str]:
    """Let differences made on purpose pass; yield what is wrong with those that did not occur as stated."""
    for entry in differences:
        if entry["scenario"] != name:
            continue
        result = results[entry["step"] - 1] if entry["step"] <= len(results) else {"ok": True}
        if not result["ok"] and _is_as_stated(entry, changed_lines(result)):
            result["ok"], result["accepted"] = True, entry["why"]
        else:
            yield f"step {entry['step']}: the accepted difference did not occur as stated"


def _is_as_stated(entry: dict[str, Any], lines: list[str]) -> bool:
    """Whether these are the lines of `diff`.

    Where pages of pushes are left out, an entry has what came instead as `added`, and number and digest of
    the others as `removed`.
    """
    if "diff" in entry:
        return bool(entry["diff"] == lines)
    removed = [line for line in lines if line.startswith("-")]
    added = [line for line in lines if line.startswith("+")]
    return (entry["added"], entry["removed"]) == (added, digest(removed))


def digest(lines: list[str]) -> str:
    """Lines too many to be written down."""
    return f"{len(lines)} lines, {hashlib.sha256(chr(10).join(lines).encode()).hexdigest()[:16]}"


def difference(result: Result) -> list[str]:
    """A short unified diff of a normalised step."""
    if "why" in result:
        return [result["why"]]
    before, after = (
        json.dumps(result[side], indent=1, sort_keys=True, ensure_ascii=False).splitlines()
        for side in ("expected", "actual")
    )
    return list(difflib.unified_diff(before, after, "reference", "this server", lineterm="", n=2))


def changed_lines(result: Result) -> list[str]:
    """The lines that differ, without context: what an accepted difference states exactly."""
    lines = (line.strip() for line in difference(result))
    return [line for line in lines if line[:1] in ("+", "-") and not line.startswith(("---", "+++"))]


def describe(results: list[Result], diff_lines: int = 40) -> Iterator[str]:
    """What failed, for people."""
    not_reached = 0
    for number, result in enumerate(results, 1):
        if result["ok"]:
            continue
        if result.get("why") == "not reached":
            not_reached += 1
            continue
        yield f"step {number}: {result['label']}"
        if result.get("sent"):
            sent = json.dumps(result["sent"], ensure_ascii=False)
            yield f"    sent {sent if len(sent) < 300 else sent[:300] + ' ...'}"
        lines = difference(result)
        yield from (f"    {line}" for line in lines[:diff_lines])
        if len(lines) > diff_lines:
            yield f"    ... {len(lines) - diff_lines} more lines"
    if not_reached:
        yield f"{not_reached} further steps not reached"
