from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.status_pages.appliance import Running, running


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path / "data") as started:
        yield started
