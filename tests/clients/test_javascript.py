"""The JavaScript `socket.io-client` makes a full round over every transport."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.reports import ROUND_S, run_round
from tests.clients.watched import watching
from tests.requires import ROOT, needs_path, needs_program
from tests.support.served import Server, serving

FRONTEND = ROOT / "frontend"

pytestmark = [
    pytest.mark.timeout(ROUND_S + 30),
    needs_program("node"),
    needs_path(FRONTEND / "node_modules" / "socket.io-client", "socket.io-client (make frontend)"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("javascript") / "data") as running:
        yield running


@pytest.mark.parametrize("transports", ["websocket", "polling", "polling,websocket"])
def test_round_over(transports: str, server: Server) -> None:
    program = Path(__file__).with_name("round.mjs")
    with watching() as watched:
        troubles = run_round(["node", str(program), str(FRONTEND), server.url, watched.url, transports])
    assert {step: trouble for step, trouble in troubles.items() if trouble} == {}
    assert list(troubles)[-1] == "logOut"
