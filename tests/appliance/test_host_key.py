"""The host key of an SSH server: remembered, told when it changes, accepted by emptying the field."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.peers import sshd
from tests.requires import needs_program, needs_root
from tests.support import http
from tests.support.appliance import CREDENTIALS, Running, add_monitor, running
from tests.support.sio import Client

pytestmark = [needs_root(), needs_program(sshd.PROGRAM, sshd.KEY_PROGRAM)]
KIND = "ed25519"


async def known(page: Client, number: int) -> list[str]:
    found: list[str] = (await page.call("monitor", number))["monitor"]["sshHostKeys"]
    return found


async def said(client: Client) -> tuple[int, str]:
    """Status and message of the next beat."""
    (beat,) = await client.wait_for("heartbeat")
    return beat["status"], beat["msg"]


async def edit(client: Client, number: int, **changes: Any) -> None:
    """As a client of Uptime Kuma does, who has never heard of host keys, or with more."""
    monitor = (await client.call("getMonitor", number))["monitor"]
    saved = await client.call("editMonitor", {**monitor, **changes})
    assert saved["ok"] is True, saved


async def exported(server: Running, client: Client) -> Any:
    """The whole configuration, as `kuma-lite export` writes it."""
    session = (await client.call("login", CREDENTIALS))["token"]
    answer = await http.get(f"{server.url}/api/v1/config", headers={"Authorization": f"Bearer {session}"})
    return answer.json()


async def patch(server: Running, client: Client, number: int, **changes: Any) -> None:
    """As a script or a file does: what is not said has its default, but for what was learned."""
    session = (await client.call("login", CREDENTIALS))["token"]
    headers = {"Authorization": f"Bearer {session}", "Content-Type": "application/merge-patch+json"}
    url = f"{server.url}/api/v1/monitors/{number}"
    answer = await http.request("PATCH", url, headers=headers, body=json.dumps(changes).encode())
    assert answer.status == 200, answer.text


async def test_a_key_is_remembered_until_somebody_accepts_another(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("first", "second", "data")]
    for folder in folders:
        folder.mkdir()
    async with running(folders[2]) as server, server.logged_in() as client, server.logged_in("/page") as page:
        async with sshd.running(folders[0], kinds=(KIND,)) as first:
            number = await add_monitor(client, type="ssh", hostname="127.0.0.1", port=first.port)
            assert (await said(client))[0] == 1
            old = first.fingerprints[KIND]
            assert await known(page, number) == [old]
            config = str(await exported(server, client))
            assert "127.0.0.1" in config and old not in config, "no file knows of it"
        async with sshd.running(folders[1], kinds=(KIND,), port=first.port) as second:
            new = second.fingerprints[KIND]
            await edit(client, number, name="renamed")
            status, message = await said(client)
            assert status == 0
            assert message == f"The host key has changed: ssh-ed25519 {new} instead of {old}"
            assert await known(page, number) == [old]
            await edit(client, number, sshHostKeys=[])
            assert (await said(client))[0] == 1
            assert await known(page, number) == [new]
            await patch(server, client, number, name="by a script")
            await said(client)
            assert await known(page, number) == [new]
            await patch(server, client, number, known=[old])
            assert (await said(client))[0] == 0
            await edit(client, number, hostname="localhost")
            assert (await said(client))[0] == 1, "another host may have another key"
            await edit(client, number, sshHostKeys=[old, new])
            assert (await said(client))[0] == 1
    async with running(folders[2]) as server, server.logged_in("/page") as page:
        assert await known(page, number) == [old, new]
