"""A monitor type and a notification service of a foreign package, as `pip install --target` leaves it."""

from __future__ import annotations

import json
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.checks import monitor_types
from kuma_lite.core.declarations import MonitorDeclaration, NotificationService
from kuma_lite.core.registry import Registry
from kuma_lite.notifications import services as services_package
from tests.support.served import PASSWORD, USER, serving
from tests.support.sio import connect

COMMON = {
    "retryInterval": 20,
    "resendInterval": 0,
    "maxretries": 0,
    "timeout": 10,
    "active": True,
    "notificationIDList": {},
    "accepted_statuscodes": ["200-299"],
    "conditions": [],
}
SECRET = "feather-of-Walburga-77"

LOFT = """
from kuma_lite.core.declarations import CheckResult, Kind, MonitorType
from kuma_lite.core.options import Options, option

class LoftOptions(Options):
    birds: int = option(3, label="Birds", kind=Kind.NUMBER, alias="port")

class Loft(MonitorType[LoftOptions]):
    name, label, options = "pigeon-loft", "Pigeon loft", LoftOptions

    async def check(self, options, context):
        return CheckResult(f"{options.birds} birds are home")
"""
PIGEON = """
import logging
from kuma_lite.core.declarations import DeliveryFailed
from kuma_lite.notifications.services import kit

class PigeonOptions(kit.ServiceOptions):
    ring: str = kit.secret("Ring", "pigeonRing", required=True)

class Pigeon(kit.HttpService[PigeonOptions]):
    name, label, description = "pigeon", "Pigeon", "Sends a bird."

    def request(self, o, news):
        logging.getLogger("kuma_pigeon").warning("sending %s", o.ring)
        raise DeliveryFailed(f"{o.ring} has flown away", permanent=True)
"""
ENTRY_POINTS = """
[kuma_lite.monitor_types]
pigeon-loft = kuma_pigeon.loft:Loft
http = kuma_pigeon.loft:Loft
torn-loft = kuma_pigeon.nothing:Loft
misnamed = kuma_pigeon.loft:Loft

[kuma_lite.notification_services]
pigeon = kuma_pigeon.pigeon:Pigeon
torn = kuma_pigeon.nothing:Pigeon
no-service = kuma_pigeon.loft:Loft
"""


@pytest.fixture
def plugins(tmp_path: Path) -> Path:
    """A folder with the package."""
    folder = tmp_path / "plugins"
    for name, text in {
        "kuma_pigeon/__init__.py": "",
        "kuma_pigeon/loft.py": LOFT,
        "kuma_pigeon/pigeon.py": PIGEON,
        "kuma_pigeon-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: kuma-pigeon\nVersion: 1.0\n",
        "kuma_pigeon-1.0.dist-info/entry_points.txt": ENTRY_POINTS,
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def listed(url: str, token: str, path: str, key: str) -> dict[str, Any]:
    request = urllib.request.Request(f"{url}{path}", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return {kind["name"]: kind for kind in json.load(answer)[key]}


async def test_a_package_brings_a_type_and_a_service(plugins: Path, tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--plugins-dir", str(plugins)) as server:
        async with connect(server.url) as client:
            await client.call("setup", USER, PASSWORD)
            login = {"username": USER, "password": PASSWORD, "token": ""}
            token = (await client.call("login", login))["token"]

            types = listed(server.url, token, "/api/v1/monitor-types", "types")
            assert types["pigeon-loft"]["fields"][0]["label"] == "Birds"
            assert types["http"]["label"] == "HTTP(s)"
            services = listed(server.url, token, "/api/v1/notification-services", "services")
            ring = services["pigeon"]["fields"][0]
            assert (ring["name"], ring["label"], ring["secret"]) == ("pigeonRing", "Ring", True)
            assert services["pigeon"]["description"] == "Sends a bird."
            assert not {"torn-loft", "misnamed"} & set(types)
            assert not {"torn", "no-service"} & set(services)

            form = {"name": "bird", "type": "pigeon", "pigeonRing": SECRET}
            assert (await client.call("addNotification", form, None))["ok"] is True
            tested = await client.call("testNotification", form)
            assert tested == {"ok": False, "msg": "*** has flown away"}

            monitor = {"type": "pigeon-loft", "name": "loft", "port": 5, "interval": 20, **COMMON}
            added = await client.call("add", monitor)
            assert added["ok"] is True, added
            (beat,) = await client.wait_for("heartbeat")
            assert (beat["status"], beat["msg"]) == (1, "5 birds are home")
        said = server.text()
    assert "kuma_pigeon: sending ***" in said
    assert SECRET not in said
    for broken in ("torn-loft", "misnamed", "torn", "no-service"):
        assert said.count(f"{broken} of the group") == 1


def test_nothing_is_read_before_it_is_needed(plugins: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(plugins))
    base: Any = NotificationService
    services: Registry[Any] = Registry(services_package, base)
    assert services.get("ntfy") is not None
    assert services._plugins._entries is None
    assert services.get("carrier") is None
    assert "kuma_pigeon" not in sys.modules
    pigeon = services.get("pigeon")
    assert pigeon is not None
    assert pigeon is services.get("pigeon")
    assert [kind.name for kind in services].count("pigeon") == 1
    assert "pigeon" not in [kind.name for kind in services.built_in()]


def test_what_is_built_in_wins(plugins: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kuma_lite import checks

    monkeypatch.syspath_prepend(str(plugins))
    base: Any = MonitorDeclaration
    types: Registry[Any] = Registry(checks, base)
    assert type(types.get("http")) is type(monitor_types().get("http"))
    assert [kind.name for kind in types].count("http") == 1
