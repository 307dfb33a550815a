"""What PM2 tells of the processes it keeps on this machine."""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple

from kuma_lite.checks._program import ProgramMissing, run_program
from kuma_lite.core.errors import UserError

TIMEOUT_S: Final = 5.0  # as in Uptime Kuma 2.5
_SHOWN_CHARS: Final = 200


class Pm2Error(UserError):
    """PM2 does not tell, and why."""


class Pm2Process(NamedTuple):
    """One process; a field of `{id, name, status}` each."""

    id: str
    name: str
    status: str


async def read_processes() -> list[Pm2Process]:
    """All of them. Raises Pm2Error."""
    try:
        ended = await run_program("pm2", "jlist", timeout=TIMEOUT_S)
    except ProgramMissing:
        raise _not_run("ENOENT") from None
    except TimeoutError:
        raise _not_run("ETIMEDOUT") from None
    if ended.status:
        raise _not_run(_cut(ended.errors) or f"exit status {ended.status}")
    listed = _json(ended.output)
    if listed is None:
        raise Pm2Error(_cut(ended.errors) or "Unable to parse PM2 process list output.")
    if not isinstance(listed, list):
        raise Pm2Error("Unexpected PM2 process list output.")
    return [process for item in listed if (process := _process(item)) is not None]


def _not_run(reason: str) -> Pm2Error:
    return Pm2Error("Unable to query PM2 process list ({reason}).", reason=reason)


def _cut(text: str) -> str:
    text = text.strip()
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}..."


def _json(output: str) -> Any:
    """The list; PM2 may greet before it answers ("[PM2] Spawning …"). None: there is no JSON."""
    lines = output.splitlines()
    for start, line in enumerate(lines):
        if start == 0 or line.startswith(("[", "{")):
            try:
                return json.loads("\n".join(lines[start:]))
            except (ValueError, RecursionError):
                continue
    return None


def _process(item: Any) -> Pm2Process | None:
    if not isinstance(item, dict):
        return None
    number = str(item["pm_id"]) if item.get("pm_id") is not None else ""
    name = str(item.get("name") or "")
    environment = item.get("pm2_env")
    status = environment.get("status") if isinstance(environment, dict) else None
    if not (number or name):
        return None
    return Pm2Process(number or name, name or number, str(status or "unknown").lower())
