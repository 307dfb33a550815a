"""The other end of nostr: relays that note what they are sent, and answer as in the case."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import patch

from kuma_lite.core.declarations import DeliveryFailed
from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.notifications.delivery import Context, Services, deliver
from kuma_lite.notifications.services import nostr
from tests.notifications.replay.recordings import Call

CLOSED_PORT = ":41699"
REJECTED = frozenset({"answer 400", "relay rejects"})
CHALLENGED = "relay wants AUTH"


async def send(services: Services, call: Call) -> tuple[list[Any], list[Any], str | None]:
    """What was recorded, what the relays got, and why it failed."""
    recorded = [{"relay": one["relay"], "frame": one["frame"]} for one in call.requests]
    got: list[dict[str, Any]] = []

    @asynccontextmanager
    async def opened(_network: Any, address: str, *, timeout: float) -> AsyncIterator[Relay]:
        assert timeout > 0
        if CLOSED_PORT in address:
            text = f"connect ECONNREFUSED {address.removeprefix('ws://')}"
            raise NetworkError(text, "ECONNREFUSED", ErrorKind.REFUSED)
        yield Relay(address, call.case, got)

    error = None
    with patch.object(nostr, "open_websocket", opened):
        try:
            await deliver(services, call.config, call.message, Context(None, ""))
        except DeliveryFailed as failure:
            error = failure.message
    got.sort(key=lambda one: one["relay"])  # all are told at the same time
    return recorded, got, error


class Relay:
    """A relay as a WebSocket to it."""

    def __init__(self, address: str, case: str, got: list[dict[str, Any]]) -> None:
        self._address, self._case, self._got = address, case, got
        self._knows_us = case != CHALLENGED
        self._answers: list[Any] = [] if self._knows_us else [["AUTH", "CHALLENGE-1"]]

    def send(self, text: str) -> None:
        """Take a frame; the answer can be received then."""
        verb, event = json.loads(text)
        self._got.append({"relay": self._address, "frame": [verb, event]})
        self._knows_us = self._knows_us or verb == "AUTH"
        taken = self._knows_us and self._case not in REJECTED
        why = "" if taken else "blocked: not here" if self._knows_us else "auth-required: who are you?"
        self._answers.append(["OK", event["id"], taken, why])

    async def receive(self) -> str:
        """The next answer."""
        return json.dumps(self._answers.pop(0))
