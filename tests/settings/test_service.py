from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kuma_lite.core.bus import Bus
from kuma_lite.core.bus_events import SettingsChanged
from kuma_lite.core.clock import ManualClock
from kuma_lite.core.database import Database
from kuma_lite.core.errors import UserError
from kuma_lite.settings import service
from kuma_lite.settings.service import Settings


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(tmp_path / "test.db", clock=ManualClock())
    yield opened
    await opened.close()


async def load(database: Database, bus: Bus | None = None, zone: str = "") -> Settings:
    return await Settings.load(database, bus or Bus(), ManualClock(), environment_zone=zone)


async def test_what_is_saved_survives_a_restart(database: Database) -> None:
    settings = await load(database)
    values = {"tlsExpiryNotifyDays": [3, 5], "whatever": {"deep": [1, None, "x"]}, "nothing": None}
    await settings.save_general({**values, "entryPage": "dashboard", "serverTimezone": "UTC"})
    again = await load(database)
    assert again.general() == {**values, "entryPage": "dashboard", "serverTimezone": "UTC"}
    assert again.entry_page == {"entryPage": "dashboard"}


async def test_defaults_stand_for_what_is_unset_or_null(database: Database) -> None:
    settings = await load(database)
    await settings.save_general({"keepDataPeriodDays": None, "checkUpdate": False})
    assert settings.get("keepDataPeriodDays", 180) == 180
    assert settings.get("unset") is None
    assert settings.get("checkUpdate", True) is False


async def test_internal_settings_are_neither_shown_nor_overwritten(database: Database) -> None:
    settings = await load(database)
    await settings.set("jwtSecret", "mine")
    await settings.save_general({"jwtSecret": "yours", "checkBeta": True})
    assert settings.get("jwtSecret") == "mine"
    assert "jwtSecret" not in settings.general()
    assert (await load(database)).get("jwtSecret") == "mine"


async def test_a_single_write_sets_the_type(database: Database) -> None:
    settings = await load(database)
    await settings.set("entryPage", "dashboard", kind="general")
    assert settings.general()["entryPage"] == "dashboard"
    await settings.set("entryPage", "dashboard")
    assert "entryPage" not in settings.general()


async def test_an_unknown_time_zone_stores_nothing(database: Database) -> None:
    settings = await load(database)
    with pytest.raises(UserError, match="^Invalid timezone:Mars/Olympus$"):
        await settings.save_general({"serverTimezone": "Mars/Olympus", "checkBeta": True})
    assert settings.get("checkBeta") is None


async def test_the_time_zone_is_always_shown(database: Database) -> None:
    settings = await load(database, zone="Asia/Tokyo")
    assert settings.general() == {"serverTimezone": "Asia/Tokyo"}
    assert (settings.timezone(), settings.timezone_offset()) == ("Asia/Tokyo", "+09:00")


async def test_the_environment_s_zone_wins(database: Database) -> None:
    settings = await load(database, zone="Asia/Tokyo")
    await settings.save_general({"serverTimezone": "Europe/Berlin"})
    assert settings.timezone() == "Asia/Tokyo"
    assert (await load(database)).timezone() == "Europe/Berlin"


async def test_the_browser_s_zone(database: Database) -> None:
    settings = await load(database)
    assert not await settings.take_browser_zone("Nowhere/Land")
    assert settings.get("initServerTimezone") is True
    assert settings.get("serverTimezone") is None
    assert await settings.take_browser_zone("Asia/Kolkata")
    assert settings.timezone() == "Asia/Kolkata"


async def test_saving_without_entry_page_forgets_it_until_the_next_start(database: Database) -> None:
    settings = await load(database)
    assert settings.entry_page == {"entryPage": None}
    await settings.save_general({"entryPage": "statusPage-x"})
    await settings.save_general({"checkBeta": True})
    assert settings.entry_page == {}
    assert (await load(database)).entry_page == {"entryPage": "statusPage-x"}


async def test_changes_are_announced(database: Database) -> None:
    bus = Bus()
    seen: list[SettingsChanged] = []
    bus.subscribe(SettingsChanged, seen.append)
    settings = await load(database, bus)
    await settings.save_general({"checkBeta": True, "checkUpdate": False})
    await settings.save_general({})
    assert seen == [SettingsChanged(frozenset({"checkBeta", "checkUpdate"})), SettingsChanged(frozenset())]


async def test_the_machine_s_zone_is_read_from_its_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    link = tmp_path / "localtime"
    monkeypatch.setattr(service, "_LOCAL_TIME", link)
    assert (await load(database)).timezone() == "UTC", "there is no link"
    for target, zone in [
        ("/usr/share/zoneinfo/Europe/Vienna", "Europe/Vienna"),
        ("../usr/share/zoneinfo/Etc/UTC", "UTC"),
        ("/somewhere/else", "UTC"),
    ]:
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        assert (await load(database)).timezone() == zone


async def test_texts_that_checks_ask_for(database: Database) -> None:
    settings = await load(database)
    await settings.save_general({"steamAPIKey": " word ", "globalpingApiToken": None, "other": 5})
    await settings.set("jwtSecret", "internal")
    found = [
        settings.text(key) for key in ("steamAPIKey", "globalpingApiToken", "other", "jwtSecret", "none")
    ]
    assert found == ["word", "", "", "", ""]
