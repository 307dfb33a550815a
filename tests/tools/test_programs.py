"""Programs of this machine, played by scripts."""

from __future__ import annotations

from pathlib import Path

import pytest

from kuma_lite.checks import _chromium_path, _pm2
from kuma_lite.core.errors import UserError
from kuma_lite.tools.programs import chromium_version, pm2_processes

NOT_FOUND = "Chromium not found, please specify Chromium executable path in the settings page."


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder programs are found in."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(_chromium_path, "CHROMIUMS", ("chromium", "google-chrome"))
    return folder


def script(folder: Path, name: str, text: str) -> None:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)


async def refusal(of: object) -> str:
    with pytest.raises(UserError) as caught:
        await of  # type: ignore[misc]
    return caught.value.message


async def test_pm2(path: Path) -> None:
    listed = '[{"pm_id": 0, "name": "web", "pm2_env": {"status": "online"}}, {"pm_id": 1, "name": "x"}, 5]'
    script(path, "pm2", f"echo '>>>> In-memory PM2 is out-of-date'; echo '{listed}'")
    assert await pm2_processes() == [
        {"id": "0", "name": "web", "status": "online"},
        {"id": "1", "name": "x", "status": "unknown"},
    ]
    script(path, "pm2", "echo '[]'")
    assert await pm2_processes() == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("exit 3", "Unable to query PM2 process list (exit status 3)."),
        ("echo no", "Unable to parse PM2 process list output."),
        ("echo '{}'", "Unexpected PM2 process list output."),
        ("while :; do :; done", "Unable to query PM2 process list (ETIMEDOUT)."),
    ],
)
async def test_pm2_that_fails(path: Path, text: str, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_pm2, "TIMEOUT_S", 0.5 if "ETIMEDOUT" in sentence else 30)
    script(path, "pm2", text)
    assert await refusal(pm2_processes()) == sentence


async def test_no_pm2(path: Path) -> None:
    assert await refusal(pm2_processes()) == "Unable to query PM2 process list (ENOENT)."


async def test_chromium(path: Path) -> None:
    assert await refusal(chromium_version("")) == NOT_FOUND
    script(path, "google-chrome", "echo Google Chrome 140.0.7339.80 unknown")
    assert await chromium_version("") == "140.0.7339.80"
    assert await chromium_version("google-chrome") == "140.0.7339.80"
    assert await refusal(chromium_version("chromium")) == NOT_FOUND
    script(path, "google-chrome", "echo hello")
    assert "does not tell its version" in await refusal(chromium_version(None))
    script(path, "google-chrome", "exit 1")
    assert "could not be started (exit status 1)" in await refusal(chromium_version(None))


@pytest.mark.parametrize("given", ["/bin/sh", "chromium; id", "../chromium", 5])
async def test_nothing_else_is_started(path: Path, given: object) -> None:
    refused = await refusal(chromium_version(given))
    assert refused.startswith("This Chromium executable path is not allowed") or given == 5


async def test_anything_else_is_started_where_that_is_allowed(path: Path) -> None:
    script(path, "mine", "echo Mine 1.2.3")
    assert await chromium_version(str(path / "mine"), allow_all=True) == "1.2.3"
