"""The least Socket.IO client there can be: long polling on the standard library, one connection at a time."""

from __future__ import annotations

import http.client
import itertools
import json
import time
from collections.abc import Callable
from typing import Any

SEPARATOR = "\x1e"  # between the packets of one poll
REQUEST_TIMEOUT_S = 40  # longer than the server holds a poll open


class PollingClient:
    """A connection to the main namespace. Events that come while something else is waited for are kept."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.events: list[list[Any]] = []
        self._acks: dict[int, list[Any]] = {}
        self._numbers = itertools.count()
        self._sid = ""
        opening = self._request("GET")
        assert opening.startswith("0"), opening
        self._sid = json.loads(opening[1:])["sid"]
        self._request("POST", "40")
        self.wait_for("loginRequired", "autoLogin", "setup")

    def call(self, event: str, *arguments: Any, timeout: float = 20) -> Any:
        """Send an event and return what its acknowledgement carries."""
        number = next(self._numbers)
        self._request("POST", f"42{number}{json.dumps([event, *arguments])}")
        self._poll_until(lambda: number in self._acks, timeout, f"the answer to {event}")
        answer = self._acks.pop(number)
        return answer[0] if answer else None

    def wait_for(self, *names: str, timeout: float = 30) -> list[Any]:
        """Take the oldest event of one of these names, waiting for it if need be: its name and arguments."""
        self._poll_until(lambda: any(event[0] in names for event in self.events), timeout, " or ".join(names))
        found = next(event for event in self.events if event[0] in names)
        self.events.remove(found)
        return found

    def _poll_until(self, done: Callable[[], bool], timeout: float, what: str) -> None:
        end = time.monotonic() + timeout
        while not done():
            assert time.monotonic() < end, f"{what} did not come; came: {[event[0] for event in self.events]}"
            for packet in self._request("GET").split(SEPARATOR):
                self._take(packet)

    def _take(self, packet: str) -> None:
        if packet == "2":
            self._request("POST", "3")
        elif packet.startswith("42"):
            self.events.append(json.loads(packet[2:]))
        elif packet.startswith("43"):
            number, bracket, rest = packet[2:].partition("[")
            self._acks[int(number)] = json.loads(bracket + rest)

    def _request(self, method: str, body: str | None = None) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=REQUEST_TIMEOUT_S)
        address = f"/socket.io/?EIO=4&transport=polling&sid={self._sid}"
        try:
            connection.request(method, address.removesuffix("&sid="), body)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        assert response.status == 200, f"{method} {body!r}: {response.status} {text}"
        return text
