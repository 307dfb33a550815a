"""Processes of PM2, which is played by a script."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kuma_lite.checks import _pm2
from kuma_lite.checks.pm2 import Pm2Monitor
from kuma_lite.core.declarations import CannotCheck, CheckResult
from kuma_lite.core.errors import UserError
from tests.checks.programs import script
from tests.checks.recorded import recorded
from tests.checks.support import Context, failure, run

PM2 = Pm2Monitor()
(RECORDED,) = recorded("pm2").values()
LISTED = json.dumps(
    [
        {"pm_id": 0, "name": "web", "pm2_env": {"status": "online"}},
        {"pm_id": 1, "name": "mail", "pm2_env": {"status": "Stopped"}},
        {"pm_id": 2, "name": "odd"},
        {"pm_id": None},
        5,
    ]
)


def document(name: str) -> dict[str, object]:
    return {"system_service_name": name}


async def cannot(name: str = "app") -> str:
    with pytest.raises(CannotCheck) as caught:
        await run(PM2, document(name), Context())
    return caught.value.message


@pytest.mark.parametrize("greeting", ["", "[PM2] Spawning PM2 daemon\n>>>> In-memory PM2 is out-of-date\n"])
async def test_processes(programs: Path, greeting: str) -> None:
    script(programs, "pm2", f"test $1 = jlist || exit 9; echo '{greeting}{LISTED}'")
    for name in ("web", "0"):
        result = await run(PM2, document(name), Context())
        assert isinstance(result, CheckResult)
        assert result.message == f"PM2 process '{name}' is online."
        assert isinstance(result.ping, int)
    for name, text in (
        ("mail", "is stopped"),
        ("1", "is stopped"),
        ("odd", "is unknown"),
        ("x", "was not found"),
    ):
        failed = await failure(PM2, document(name), Context())
        assert failed.message == f"PM2 process '{name}' {text}."


async def test_no_process(programs: Path) -> None:
    script(programs, "pm2", "echo '[]'")
    assert (await failure(PM2, document("web"), Context())).message == "PM2 process 'web' was not found."


async def test_no_pm2_says_nothing_about_a_process(programs: Path) -> None:
    """The original's text, which it took for a DOWN."""
    assert await cannot(RECORDED.config["system_service_name"]) == RECORDED.message


@pytest.mark.parametrize(
    ("says", "text"),
    [
        ("echo 'no home' >&2; exit 1", "Unable to query PM2 process list (no home)."),
        ("exit 3", "Unable to query PM2 process list (exit status 3)."),
        ("echo no", "Unable to parse PM2 process list output."),
        ("echo '{}'", "Unexpected PM2 process list output."),
        ("while :; do :; done", "Unable to query PM2 process list (ETIMEDOUT)."),
    ],
)
async def test_a_pm2_that_tells_no_list(
    programs: Path, says: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_pm2, "TIMEOUT_S", 0.3 if "ETIMEDOUT" in text else 30)
    script(programs, "pm2", says)
    assert await cannot() == text


@pytest.mark.parametrize(
    ("name", "text"),
    [(" ", "PM2 process name is required."), ("a\tb", "Invalid PM2 process name."), (" a b ", None)],
)
async def test_names(name: str, text: str | None) -> None:
    options = PM2.options.read(document(name))
    if text is None:
        assert PM2.validate(options, {}) == document(name.strip())
        return
    with pytest.raises(UserError) as caught:
        PM2.validate(options, {})
    assert caught.value.message == text
