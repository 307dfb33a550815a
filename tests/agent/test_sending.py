"""What the server's answers mean, from a real one on a socket."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from kuma_lite.agent.sending import Outcome, Server

Answers = Callable[[int, bytes], Server]


@pytest.fixture
def answers() -> Iterator[Answers]:
    """`answers(status, body)`: a client whose server answers that."""
    given: list[tuple[int, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            status, body = given[-1]
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()

        def answering(status: int, body: bytes) -> Server:
            given.append((status, body))
            return Server(f"http://127.0.0.1:{server.server_port}", "token")

        try:
            yield answering
        finally:
            server.shutdown()
            thread.join()


FINE = {"success_count": 3, "failure_count": 0, "message": "All metrics were successfully created"}
FUTURE = "The timestamp is 180 minutes in the future; set the clock of the host"


@pytest.mark.parametrize(
    ("document", "outcome", "said"),
    [
        (FINE, Outcome.SENT, ""),
        ({}, Outcome.SENT, ""),
        ([1], Outcome.SENT, ""),
        ({"failure_count": "many"}, Outcome.SENT, ""),
        ({"failure_count": 2, "errors": [FUTURE]}, Outcome.PARTLY, f"The server refuses samples: {FUTURE}"),
        (
            {"failure_count": 2, "errors": ["a\nb", 5, "c"]},
            Outcome.PARTLY,
            "The server refuses samples: a b; c",
        ),
        ({"failure_count": 1}, Outcome.PARTLY, "The server refuses samples: it says not why"),
        ({**FINE, "warnings": ["The clock is ahead"]}, Outcome.SENT, "The server says: The clock is ahead"),
    ],
)
def test_what_is_taken_may_be_refused_in_part(
    answers: Answers, document: Any, outcome: Outcome, said: str
) -> None:
    server = answers(201, json.dumps(document).encode())
    assert (server.send({"metrics": []}), server.said) == (outcome, said)


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"[" * 60_000])
def test_a_body_that_says_nothing_is_a_success_by_its_status(answers: Answers, body: bytes) -> None:
    server = answers(201, body)
    assert (server.send({"metrics": []}), server.said) == (Outcome.SENT, "")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, Outcome.LATER), (400, Outcome.NEVER), (401, Outcome.LATER), (413, Outcome.SMALLER),
     (422, Outcome.NEVER), (503, Outcome.LATER)],
)  # fmt: skip
def test_what_other_answers_mean(answers: Answers, status: int, outcome: Outcome) -> None:
    server = answers(status, b"no")
    assert (server.send({"metrics": []}), server.said) == (outcome, f"The server answers {status}: no")
