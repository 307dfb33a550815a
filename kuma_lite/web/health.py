"""`/healthz`: the process answers. `/readyz`: it can do its work."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from kuma_lite.web.respond import respond_json
from kuma_lite.web.small_routes import Route

log = logging.getLogger(__name__)

# What is wrong, as one sentence; None: nothing. Called at every /readyz, so it must be quick.
Probe = Callable[[], str | None]


def no_notes() -> Mapping[str, str]:
    """Nothing to be noted."""
    return {}


def health_routes(
    probes: Mapping[str, Probe], notes: Callable[[], Mapping[str, str]] = no_notes
) -> dict[str, Route]:
    """Path → handler.

    Args:
        probes: what keeps the process from its work: each problem makes it a 503.
        notes: what else is wrong, by name, as a sentence that strangers may read; no reason for a 503.
    """

    async def alive(scope: Any, send: Any) -> None:
        await respond_json(scope, send, {"status": "ok"})

    async def ready(scope: Any, send: Any) -> None:
        problems = {name: problem for name, probe in probes.items() if (problem := _ask(name, probe))}
        status = "problems" if problems else "ready"
        document = {"status": status, "problems": problems, "notes": dict(notes())}
        await respond_json(scope, send, document, 503 if problems else 200)

    return {"/healthz": alive, "/readyz": ready}


def _ask(name: str, probe: Probe) -> str | None:
    try:
        return probe()
    except Exception:
        log.exception("The probe %s failed", name)
        return "The probe failed. The log has the details."
