from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from kuma_lite.net.network import Network
from tests.net.authority import Authority


@pytest.fixture
async def network() -> AsyncIterator[Network]:
    shared = Network()
    yield shared
    shared.close()


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority.create()
