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


def health_routes(probes: Mapping[str, Probe]) -> dict[str, Route]:
    """Path → handler."""

    async def alive(scope: Any, send: Any) -> None:
        await respond_json(scope, send, {"status": "ok"})

    async def ready(scope: Any, send: Any) -> None:
        problems = {name: problem for name, probe in probes.items() if (problem := _ask(name, probe))}
        document = {"status": "problems" if problems else "ready", "problems": problems}
        await respond_json(scope, send, document, 503 if problems else 200)

    return {"/healthz": alive, "/readyz": ready}


def _ask(name: str, probe: Probe) -> str | None:
    try:
        return probe()
    except Exception:
        log.exception("The probe %s failed", name)
        return "The probe failed. The log has the details."
