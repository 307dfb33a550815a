"""Commands beside a running server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cli.shell import Shell
from tests.support.appliance import running


@pytest.fixture
async def shell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Shell]:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(tmp_path / "data") as server:
        found = Shell(tmp_path, capsys, monkeypatch)
        await found.use(server, tmp_path / "data")
        yield found
