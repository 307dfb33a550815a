"""The push route, asked as Granian asks it, with a recorder that may refuse."""

from __future__ import annotations

import gzip
import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from kuma_lite.core.clock import ManualClock
from kuma_lite.core.declarations import Status
from kuma_lite.core.errors import StorageTrouble
from kuma_lite.core.limits import MAX_BODY_BYTES
from kuma_lite.monitors.doors.push_route import PushRoute
from kuma_lite.monitors.engine.engine import Engine
from kuma_lite.monitors.engine.outcome import Outcome
from kuma_lite.monitors.engine.roster import Roster

JSON = [(b"content-type", b"application/json")]


class Watched:
    """A roster with one push monitor, and an engine that keeps what it is told."""

    def __init__(self) -> None:
        self.pushed: list[Outcome] = []
        self.trouble: StorageTrouble | None = None
        self.recorder = SimpleNamespace(last=lambda monitor_id: None)
        roster = SimpleNamespace(by_push_token=lambda token: self._monitor if token == "tok" else None)
        self._monitor = SimpleNamespace(id=7, active=True)
        self.route = PushRoute(cast("Roster", roster), cast("Engine", self._engine()), ManualClock(1000.0))

    def _engine(self) -> Any:
        async def take(outcome: Outcome) -> None:
            if self.trouble is not None:
                raise self.trouble
            self.pushed.append(outcome)

        return SimpleNamespace(recorder=self.recorder, pushed=take)

    async def ask(
        self, query: str = "", path: str = "tok", *, method: str = "GET", headers: Any = (), body: bytes = b""
    ) -> tuple[int, dict[bytes, bytes], bytes]:
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": method,
            "path": f"/api/push/{path}",
            "query_string": query.encode(),
            "headers": [*headers, *([(b"content-length", str(len(body)).encode())] if body else [])],
            "client": ("127.0.0.1", 5),
        }
        await self.route.handle(scope, receive, send)
        return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
async def test_every_method_is_a_beat(method: str) -> None:
    watched = Watched()
    status, _, body = await watched.ask("msg=x&ping=5", method=method)
    assert (status, json.loads(body)) == (200, {"ok": True})
    (outcome,) = watched.pushed
    assert (outcome.status, outcome.message, outcome.ping) == (Status.UP, "x", 5.0)


async def test_many_parameters_are_a_beat() -> None:
    watched = Watched()
    assert (await watched.ask("&".join(f"a{number}=1" for number in range(3000))))[0] == 200
    assert len(watched.pushed) == 1


async def test_what_cannot_be_stored_is_told_with_a_time_to_come_back() -> None:
    watched = Watched()
    watched.trouble = StorageTrouble("The disk is full.")
    status, headers, body = await watched.ask("msg=x")
    assert (status, int(headers[b"retry-after"])) == (503, 30)
    assert json.loads(body) == {"ok": False, "msg": "The disk is full."}
    watched.trouble = None
    assert (await watched.ask("msg=x"))[0] == 200


async def test_a_token_that_nobody_has_stays_not_found() -> None:
    watched = Watched()
    status, headers, body = await watched.ask(path="other")
    assert (status, json.loads(body)["msg"]) == (404, "Monitor not found or not active.")
    assert b"retry-after" not in headers


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ((), b"status=down&msg=ignored", 200),
        (JSON, b'{"status": "down"}', 200),
        (JSON, b"\xef\xbb\xbf{}", 200),
        (JSON, b"", 200),
        (JSON, b"{broken", 400),
        ([*JSON, (b"content-encoding", b"gzip")], gzip.compress(b"{}", mtime=0), 200),
        ([(b"content-type", b"text/plain")], b"{broken", 200),
        ((), b"x" * (MAX_BODY_BYTES + 1), 200),
        (JSON, b"x" * (MAX_BODY_BYTES + 1), 413),
    ],
    ids=["form", "json", "bom", "empty", "broken", "compressed", "text", "large", "large json"],
)
async def test_bodies_do_not_matter_unless_they_are_broken_json(
    headers: Any, body: bytes, status: int
) -> None:
    watched = Watched()
    assert (await watched.ask(method="POST", headers=headers, body=body))[0] == status
    assert [outcome.message for outcome in watched.pushed] == (["OK"] if status == 200 else [])
