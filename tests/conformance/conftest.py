"""A server, and a session with it, for the scenarios of one file."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.benchmarks.process import Served
from tests.conformance.session import Session
from tests.conformance.target import Target


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """With a server that nobody has set up yet."""
    served = Served(tmp_path_factory.mktemp("conformance") / "data")
    served.wait_ready()
    yield Session(served.url, Target())
    served.stop()


@pytest.fixture
def session_without_log_ins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """With a server whose limiter has seen no log-in, with its administrator's token and an API key.

    Limiters forget with their process, tokens do not: one process gives the token, the next one is tested.
    The key is what the recording was made with: from the first one on, /metrics no longer takes a password.
    """
    folder = tmp_path_factory.mktemp("conformance") / "data"
    served = Served(folder)
    served.wait_ready()
    earlier = Session(served.url, Target())
    asyncio.run(_add_key(earlier))
    served.stop()
    served = Served(folder)
    served.wait_ready()
    session = Session(served.url, Target())
    session.token = earlier.token
    yield session
    served.stop()


async def _add_key(session: Session) -> None:
    client = await session.admin()
    answer = await client.ask("addAPIKey", [{"name": "first", "expires": None, "active": True}], 6)
    assert answer, "no answer"
    assert answer[0]["ok"], answer
    await client.close()
