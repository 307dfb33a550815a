"""The helpers over the wire."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from kuma_lite.tools.push_examples import ADDRESS, EXAMPLES
from kuma_lite.tools.vapid import PRIVATE_SETTING
from tests.support.appliance import running
from tests.support.sio import connect


async def test_push_examples_hold_what_clients_replace(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        for language in EXAMPLES:
            answer = await client.call("getPushExample", language)
            assert answer["ok"] is True
            assert answer["code"].count(ADDRESS) == 1
            assert "60" in answer["code"].partition(ADDRESS)[0] + answer["code"].partition(ADDRESS)[2]
            assert "@ADDRESS@" not in answer["code"]
        for language, sentence in (
            ("cobol", "Not found"),
            (None, "Not found"),
            ("a/../b", "Invalid language"),
        ):
            assert await client.call("getPushExample", language) == {"ok": False, "msg": sentence}


async def test_small_answers(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        size = await client.call("getDatabaseSize")
        assert size["size"] >= 2048
        assert await client.call("shrinkDatabase") == {"ok": True}
        games = await client.call("getGameList")
        assert games["ok"] and games["gameList"][0]["pretty"] == "7 Days to Die"
        found = await client.call("checkDomain", {"type": "http", "url": "https://www.example.com/"})
        assert found == {"ok": True, "domain": "example.com", "tld": "com"}
    async with running(tmp_path) as server, connect(server.url) as guest:
        refused = await guest.call("checkDomain", {})
        assert refused == {"ok": False, "msg": "You are not logged in.", "msgi18n": False, "meta": {}}


async def test_one_key_pair_for_ever(tmp_path: Path) -> None:
    async with running(tmp_path) as server, connect(server.url) as guest:
        first = await guest.call("getWebpushVapidPublicKey")
        assert await guest.call("getWebpushVapidPublicKey") == first
        private = server.appliance._ground.settings.get(PRIVATE_SETTING)
    async with running(tmp_path) as server, connect(server.url) as guest:
        assert await guest.call("getWebpushVapidPublicKey") == first
    scalar = int.from_bytes(urlsafe_b64decode(private + "="), "big")
    numbers = ec.derive_private_key(scalar, ec.SECP256R1()).public_key().public_numbers()
    point = urlsafe_b64decode(first["msg"] + "=")
    assert point == b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
    assert len(first["msg"]) == 87


async def test_checks_see_the_keys_of_apis(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        assert (await client.call("setSettings", {"steamAPIKey": "word"}, ""))["ok"]
        assert server.appliance._ground.network.find_setting("steamAPIKey") == "word"
