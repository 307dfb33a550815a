from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.status_pages.subscribers.ground import Ground, ground_on


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    async with ground_on(tmp_path / "data") as found:
        yield found
