"""Services, with systemd played by a script."""

from __future__ import annotations

from pathlib import Path

import pytest

from kuma_lite.checks import system_service
from kuma_lite.checks.system_service import SystemServiceMonitor
from kuma_lite.core.declarations import CannotCheck, CheckResult
from kuma_lite.core.errors import UserError
from tests.checks.programs import script
from tests.checks.recorded import recorded
from tests.checks.support import Context, failure, run

SERVICE = SystemServiceMonitor()
(RECORDED,) = recorded("system-service").values()
ASKED = 'test "$1 $2" = "is-active web@1.service" || exit 9'


def document(name: str = "web@1.service") -> dict[str, object]:
    return {"system_service_name": name}


async def cannot(name: str = "web") -> str:
    with pytest.raises(CannotCheck) as caught:
        await run(SERVICE, document(name), Context())
    return caught.value.message


async def test_a_service_that_runs(programs: Path) -> None:
    script(programs, "systemctl", f"{ASKED}; echo active")
    result = await run(SERVICE, document(" web@1.service "), Context())
    assert isinstance(result, CheckResult)
    assert result.message == "Service 'web@1.service' is running."
    assert isinstance(result.ping, int)


@pytest.mark.parametrize(
    ("says", "text"),
    [
        ("echo inactive; exit 3", "inactive"),
        ("echo failed; exit 3", "failed"),
        ("echo 'Unit web is masked.' >&2; echo inactive; exit 4", "Unit web is masked."),
        ("exit 1", "Service 'web@1.service' is not running."),
        (f"echo {'x' * 250}; exit 3", "x" * 200 + "..."),
    ],
)
async def test_a_service_that_does_not(programs: Path, says: str, text: str) -> None:
    script(programs, "systemctl", f"{ASKED}; {says}")
    failed = await failure(SERVICE, document(), Context())
    assert (failed.message, failed.ping, failed.local) == (text, None, False)


async def test_no_systemd_says_nothing_about_a_service(programs: Path) -> None:
    """The original's text, which it took for a DOWN."""
    assert await cannot() == "There is no systemctl on this machine."
    lines = "; ".join(f'echo "{line}" >&2' for line in RECORDED.message.splitlines())
    script(programs, "systemctl", f"{lines}; exit 1")
    assert await cannot(RECORDED.config["system_service_name"]) == RECORDED.message


async def test_systemd_that_does_not_answer(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_service, "TIMEOUT_S", 0.2)
    script(programs, "systemctl", "while :; do :; done")
    assert await cannot() == "systemctl did not answer within 0.2 s."


async def test_another_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    assert await cannot() == "System Service monitoring is not supported on darwin"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("", "Service Name is required."),
        ("  ", "Service Name is required."),
        ("a b", "Invalid service name. Please use the internal Service Name (no spaces)."),
        ("a;id", "Invalid service name. Please use the internal Service Name (no spaces)."),
        ("web\n", None),
        ("-h", None),
    ],
)
async def test_names(programs: Path, name: str, text: str | None) -> None:
    options = SERVICE.options.read(document(name))
    if text is None:
        assert SERVICE.validate(options, {}) == document(name.strip())
        script(
            programs,
            "systemctl",
            f'case "$*" in "is-active -- -h"|"is-active {name.strip()}") ;; *) exit 9;; esac',
        )
        await run(SERVICE, document(name), Context())
        return
    with pytest.raises(UserError) as caught:
        SERVICE.validate(options, {})
    assert caught.value.message == text
    assert await cannot(name) == text
