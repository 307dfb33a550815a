"""What the real Uptime Kuma 2.5.3 sent, service by service and variant by variant, is what we send."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.core.declarations import NotificationService
from kuma_lite.core.registry import Registry
from kuma_lite.notifications import services as services_package
from kuma_lite.notifications.delivery import Services
from tests.notifications.replay.__main__ import main
from tests.notifications.replay.compare import difference
from tests.notifications.replay.frozen import frozen
from tests.notifications.replay.recordings import Call, calls, files, load
from tests.notifications.replay.run import DIFFERENCES, declared_differences, differs

FOLDER = Path(__file__).parent / "recordings"


@pytest.fixture(scope="module")
def services() -> Services:
    base: Any = NotificationService
    return Registry(services_package, base)


def variants() -> list[Any]:
    return [
        pytest.param(path, variant["name"], id=f"{path.stem}: {variant['name']}")
        for path in files(FOLDER)
        for variant in load(path)["variants"]
    ]


@pytest.mark.parametrize(("path", "variant"), variants())
async def test_we_send_what_was_recorded(services: Services, path: Path, variant: str) -> None:
    declared, wrong = declared_differences(), {}
    for call in calls(path):
        if call.variant == variant:
            with frozen(load(FOLDER / "inputs.json")["frozen"]):
                diff = await differs(services, call)
            if diff != declared.get(call.key, []):
                wrong[call.case] = diff or ["declared as different, but equal"]
    assert wrong == {}


def test_every_built_service_has_its_recording(services: Services) -> None:
    assert {service.name for service in services.built_in()} == {load(path)["type"] for path in files(FOLDER)}


def test_every_declared_difference_is_recorded_and_has_a_reason() -> None:
    keys = {call.key for path in files(FOLDER) for call in calls(path)}
    entries = json.loads(DIFFERENCES.read_text())
    assert all(entry["why"].strip() and entry["diff"] for entry in entries)
    assert {(entry["service"], entry["variant"], entry["case"]) for entry in entries} <= keys
    assert len(entries) == len(declared_differences())


# --- the replay itself -------------------------------------------------------------------------------------


def spoiled(folder: Path, change: dict[str, Any]) -> Path:
    """A folder with one recording of one call, in which something is not as it was."""
    recorded = load(FOLDER / "ntfy.json")
    variant = recorded["variants"][0]
    call = next(call for call in variant["calls"] if call["case"] == "down http")
    call["requests"][0] |= change
    variant["calls"], recorded["variants"] = [call], [variant]
    (folder / "ntfy.json").write_text(json.dumps(recorded))
    (folder / "inputs.json").write_text((FOLDER / "inputs.json").read_text())
    return folder


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 0),
        ({"method": "PUT"}, 1),
        ({"url": "https://ntfy.sh/x"}, 1),
        ({"url": "https://ntfy.sh/?a=b"}, 1),
        ({"headers": {"Content-Type": "application/json", "X-One": "1"}}, 1),
        ({"json": {"topic": "kuma-test"}}, 1),
        ({"tls_verify": False}, 1),
        ({"answer": {"status": 403, "text": ""}}, 1),
    ],
)
def test_the_replay_sees_every_difference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, Any], status: int
) -> None:
    assert main(spoiled(tmp_path, change)) == status
    said = capsys.readouterr().out
    assert f"1 services · 1 calls · {1 - status} equal · 0 different as declared · {status} different" in said


def test_a_long_difference_is_told_in_short() -> None:
    one, other = difference(list(range(90)), []), difference([*range(89), "x"], [])
    assert len(one) == len(other) == 21
    assert one[:20] == other[:20]
    assert one[20] != other[20]
    assert one[20].startswith("… 73 lines, ")


def test_services_that_are_not_built_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "carrier-pigeon.json").write_text('{"type": "carrier-pigeon", "variants": []}')
    assert main(tmp_path) == 0
    assert "1 services are not built: carrier-pigeon" in capsys.readouterr().out


async def test_a_declared_difference_that_is_gone_is_an_error(services: Services, tmp_path: Path) -> None:
    from tests.notifications.replay.run import replay

    path = spoiled(tmp_path, {}) / "ntfy.json"
    (call,) = list(calls(path))
    assert isinstance(call, Call)
    found = await replay(services, path, {call.key: ["- something"]})
    assert found.different == {call.key: ["declared as different, but equal"]}
