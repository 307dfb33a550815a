from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

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


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder programs are found in."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr("kuma_lite.core.programs._SYSTEM_PATH", "")
    return folder
