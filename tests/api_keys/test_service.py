"""Keys on a real database, with a clock that stands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.api_keys import service
from kuma_lite.api_keys.service import ApiKeys
from kuma_lite.core.clock import ManualClock
from kuma_lite.core.database import Database
from kuma_lite.core.errors import UserError
from tests.support.actors import COLLEAGUE, OWNER, STRANGER, VIEWER

NOW = 1_893_456_000.0  # 2030-01-01 in UTC


class Settings:
    def __init__(self) -> None:
        self.zone = "UTC"
        self.written: dict[str, Any] = {}

    def timezone(self) -> str:
        return self.zone

    async def set(self, key: str, value: Any) -> None:
        self.written[key] = value


@pytest.fixture
def settings() -> Settings:
    return Settings()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
async def keys(tmp_path: Path, settings: Settings, clock: ManualClock) -> AsyncIterator[ApiKeys]:
    database = await Database.open(tmp_path / "kuma-lite.db", clock=clock)
    await database.write(lambda db: db.execute("INSERT INTO user (id, username) VALUES (1, 'a'), (2, 'b')"))
    yield ApiKeys(database, settings, clock)
    await database.close()


def payload(**changes: Any) -> dict[str, Any]:
    return {"name": "k", "expires": None, "active": True, **changes}


def status(keys: ApiKeys) -> list[str]:
    return [item["status"] for item in keys.wire(OWNER.organisation)]


async def test_the_first_key_closes_the_door_for_passwords(keys: ApiKeys, settings: Settings) -> None:
    key, key_id = await keys.add(OWNER, payload())
    assert settings.written == {"apiKeysEnabled": True}
    assert key.startswith(f"uk{key_id}_")
    assert await keys.verify(key)
    assert key.partition("_")[2] not in str(keys.wire(OWNER.organisation))


async def test_a_key_ends_in_the_zone_of_the_server(
    keys: ApiKeys, settings: Settings, clock: ManualClock
) -> None:
    settings.zone = "America/New_York"
    key, _ = await keys.add(OWNER, payload(expires="2029-12-31 20:00:00"))  # an hour from now, there
    assert await keys.verify(key)
    clock.advance(3600)
    assert not keys.is_proven(key)
    assert not await keys.verify(key)
    assert status(keys) == ["expired"]
    settings.zone = "UTC"
    assert status(keys) == ["expired"]


async def test_switching_and_deleting(keys: ApiKeys) -> None:
    key, key_id = await keys.add(OWNER, payload())
    assert await keys.verify(key)
    await keys.switch(OWNER, key_id, active=False)
    assert not await keys.verify(key)
    assert status(keys) == ["inactive"]
    await keys.switch(OWNER, key_id, active=True)
    assert keys.is_proven(key)
    await keys.delete(OWNER, key_id)
    assert not keys.is_proven(key)
    assert not await keys.verify(key)
    await keys.delete(OWNER, key_id)


async def test_bcrypt_is_asked_once(keys: ApiKeys, monkeypatch: pytest.MonkeyPatch) -> None:
    key, _ = await keys.add(OWNER, payload())
    asked: list[str] = []
    matches = service._matches

    def counting(secret: str, stored: str) -> bool:
        asked.append(secret)
        return matches(secret, stored)

    monkeypatch.setattr(service, "_matches", counting)
    assert not keys.is_proven(key)
    assert await keys.verify(key)
    assert await keys.verify(key)
    assert len(asked) == 1
    assert not await keys.verify(key + "x")
    assert not await keys.verify("uk99_x")
    assert not await keys.verify("uk1_" + "x" * 100)
    assert len(asked) == 3, "an unknown id costs nothing"


async def test_others_cannot_touch_it(keys: ApiKeys) -> None:
    key, key_id = await keys.add(OWNER, payload())
    for actor in (STRANGER, VIEWER):
        await keys.switch(actor, key_id, active=False)
        await keys.delete(actor, key_id)
    assert await keys.verify(key)
    assert keys.wire(STRANGER.organisation) == []
    assert [item["userID"] for item in keys.wire(OWNER.organisation)] == [OWNER.user_id]


async def test_all_of_an_organisation_share_its_keys(keys: ApiKeys) -> None:
    key, key_id = await keys.add(OWNER, payload())
    await keys.switch(COLLEAGUE, key_id, active=False)
    assert not await keys.verify(key)
    assert [item["userID"] for item in keys.wire(COLLEAGUE.organisation)] == [OWNER.user_id]
    await keys.delete(COLLEAGUE, key_id)
    assert keys.wire(OWNER.organisation) == []


@pytest.mark.parametrize(
    "sent",
    [None, [], {}, payload(name=None), payload(name=[]), payload(name="x" * 10_001), payload(expires="soon")],
)
async def test_what_is_refused(keys: ApiKeys, sent: Any, settings: Settings) -> None:
    with pytest.raises(UserError):
        await keys.add(OWNER, sent)
    assert settings.written == {}


async def test_keys_are_read_again(
    keys: ApiKeys, tmp_path: Path, settings: Settings, clock: ManualClock
) -> None:
    key, _ = await keys.add(OWNER, payload(expires=""))
    await keys.add(OWNER, payload(active=False))
    before = keys.wire(OWNER.organisation)
    again = ApiKeys(keys._database, settings, clock)
    await again.load()
    assert again.wire(OWNER.organisation) == before
    assert [item["status"] for item in before] == ["active", "inactive"]
    assert await again.verify(key)
