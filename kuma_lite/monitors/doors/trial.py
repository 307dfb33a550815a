"""Trying a monitor out: an event of our own page, and a route of the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from kuma_lite.core.access import Right
from kuma_lite.core.doors import PAGE, Answer, Caller, Doors, Event, actor_of
from kuma_lite.monitors.trial import Trials

EXAMPLE: Final = {"type": "http", "name": "Shop", "url": "https://shop.example/", "timeout": 10}


def _found() -> dict[str, Any]:
    """What the answer looks like, for the document of the API."""
    from kuma_lite.rest.shapes import Part, nullable

    milliseconds = {"dns": 3.1, "connect": 20.4, "tls": 31.9, "firstByte": 24.7, "answer": 25.2}
    answer = {
        "httpVersion": "1.1",
        "status": 200,
        "reason": "OK",
        "url": "https://shop.example/",
        "headers": [["Content-Type", "text/html"], ["Set-Cookie", "***"]],
        "body": nullable("<!doctype html>"),
        "bodyBytes": 15,
        "cut": False,
    }
    certificate = {"valid": True, "certInfo": {"daysRemaining": 60}, "hostnameMatchMonitorUrl": True}
    return {
        "status": 1,
        "msg": "200 - OK",
        "ping": nullable(84.6),
        "cannot": False,
        "timeout": 10.0,
        "address": nullable("192.0.2.7"),
        "timings": {**{phase: nullable(ms) for phase, ms in milliseconds.items()}, "total": 84.6},
        "answer": nullable(answer),
        "certificate": nullable(Part(certificate, free=True)),
    }


class TrialDoors:
    """`testMonitor` and `POST /api/v1/monitors/test`."""

    def __init__(self, trials: Trials) -> None:
        self._trials = trials

    def doors(self) -> Doors:
        """Both."""
        event = Event("testMonitor", self.test, 1, namespaces=(PAGE,), needs=Right.MONITORS_EDIT)
        return Doors(events=[event], routes=self._routes, namespace=PAGE)

    async def test(self, caller: Caller, payload: Any) -> Answer:
        """One check of what stands in a form."""
        return {"ok": True, **await self._trials.run(actor_of(caller), payload)}

    def _routes(self) -> Sequence[Any]:
        from litestar import Request, post

        from kuma_lite.rest.operation import documented
        from kuma_lite.rest.requests import json_object, route_for

        @post(
            "/api/v1/monitors/test",
            **route_for(Right.MONITORS_EDIT),
            status_code=200,
            summary="Test a monitor without saving it",
            tags=["Monitors"],
            operation_class=documented(_found(), request=EXAMPLE, people=True),
        )
        async def test_monitor(request: Request[Any, Any, Any]) -> dict[str, Any]:
            """Check a monitor once, without keeping anything: status, text, timings, answer, certificate.

            The body is a monitor as `add` takes it. With an `id`, what it leaves out is taken from that
            monitor; its secrets only while the address is the same.
            """
            return await self._trials.run(request.user, await json_object(request))

        test_monitor.fn.__annotations__["request"] = Request[Any, Any, Any]
        return [test_monitor]
