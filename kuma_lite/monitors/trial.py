"""Trying a monitor out: one check, now, for somebody who waits; nothing is kept, counted or told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from kuma_lite.core.access import Actor
from kuma_lite.core.clock import Clock
from kuma_lite.core.declarations import ServerMonitorType, Status
from kuma_lite.core.errors import UserError
from kuma_lite.monitors.engine.outcome import Outcome
from kuma_lite.net.trace import Trace, tracing

if TYPE_CHECKING:
    from kuma_lite.monitors.engine.checking import Checker
    from kuma_lite.monitors.engine.roster import Monitor
    from kuma_lite.monitors.service import Monitors
    from kuma_lite.net.http.message import Response

AT_ONCE: Final = 4  # of all people
LONGEST_S: Final = 60.0
SHOWN_BYTES: Final = 2048  # of an answer's body
_MASKED: Final = frozenset({"set-cookie", "authorization", "proxy-authorization", "www-authenticate"})
_TEXTS: Final = ("text/", "application/json", "application/xml", "application/javascript")
_FLIPPED: Final = {Status.UP: Status.DOWN, Status.DOWN: Status.UP}


class Trials:
    """Runs the checks of monitors that are not saved yet."""

    def __init__(self, monitors: Monitors, checker: Checker, clock: Clock) -> None:
        self._monitors = monitors
        self._checker = checker
        self._clock = clock
        self._running = 0

    async def run(self, actor: Actor, payload: Any) -> dict[str, Any]:
        """Check what a client would add, or what its edit of `id` would leave (docs/page-protocol.md).

        Raises UserError for what cannot be saved, cannot be tried, or takes longer than a minute.
        """
        monitor = self._monitors.draft(actor, payload)
        _refuse_untestable(monitor)
        if self._running >= AT_ONCE:
            raise UserError("{most} tests are running already. Try again in a moment.", most=AT_ONCE)
        self._running += 1
        try:
            with tracing() as trace:
                async with asyncio.timeout(LONGEST_S):
                    outcome = await self._checker.look_once(monitor)
        except TimeoutError:
            raise UserError("The check did not end within {seconds} s.", seconds=LONGEST_S) from None
        finally:
            self._running -= 1
            self._monitors.forget_draft(monitor)
        return _shown(monitor, outcome, trace, self._clock.now())


def _refuse_untestable(monitor: Monitor) -> None:
    if monitor.unchecked is not None:
        raise UserError(monitor.unchecked)
    assert monitor.kind is not None
    if monitor.kind.pushed:
        raise UserError("This type asks nobody: it waits until it is called.")
    if isinstance(monitor.kind, ServerMonitorType):
        raise UserError("This type asks nobody: its state follows from other monitors, or is set by hand.")


def _shown(monitor: Monitor, outcome: Outcome, trace: Trace, now: float) -> dict[str, Any]:
    trouble = outcome.own_fault or (outcome.message if outcome.cannot else None)
    status = _FLIPPED.get(outcome.status, outcome.status) if monitor.upside_down else outcome.status
    return {
        "ok": True,
        "status": None if trouble else int(status),
        "msg": outcome.message,
        "trouble": trouble,
        "ping": outcome.ping,
        "certificate": outcome.certificate.as_wire(now) if outcome.certificate is not None else None,
        "phases": [[name, round(ms, 1)] for name, ms in trace.phases.items()],
        "address": trace.address or None,
        "answer": _answer(trace.response) if trace.response is not None else None,
    }


def _answer(response: Response) -> dict[str, Any]:
    """Status line and headers of an answer, and the beginning of a text."""
    kind = (response.headers.get("content-type") or "text/plain").lower()
    is_text = kind.startswith(_TEXTS) or "+json" in kind or "+xml" in kind
    return {
        "status": response.status,
        "reason": response.reason,
        "httpVersion": response.http_version,
        "headers": [[name, "…" if name.lower() in _MASKED else value] for name, value in response.headers],
        "body": response.text[:SHOWN_BYTES] if is_text else None,
        "truncated": is_text and len(response.text) > SHOWN_BYTES,
    }
