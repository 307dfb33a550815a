"""`kuma-lite apply` does all of a plan, or nothing."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from kuma_lite.config_files.doing import AT_ONCE
from kuma_lite.config_files.loading import load
from kuma_lite.config_files.texts import parse
from tests.benchmarks.applying import text_of
from tests.cli.shell import Shell
from tests.support import http
from tests.support.actors import OWNER
from tests.support.served import PASSWORD, USER, serving
from tests.support.sio import connect

GOOD = "tags: {team: {color: '#112233'}}\n"
# What only the service that keeps a thing refuses, and where the file has it.
REFUSED = {
    "monitors:\n  Shop:\n    type: http\n    url: http://x/\n    interval: 5000000000\n":
        ":6:5: monitors “Shop”: Interval cannot be more than",
    "monitors:\n  Shop: {type: ldap, hostname: x, bind_dn: cn=x}\n":
        ":3:3: monitors “Shop”: Password is required",
    "monitors:\n  Shop: {type: http, url: 'http://x/', headers: x}\n":
        ":3:40: monitors “Shop”: Headers must be",
    "notifications:\n  On call: {type: ntfy, server: 'https://x.example'}\n":
        ":3:3: notifications “On call”: ",
    "status_pages:\n  Shop now: {title: Shop}\n": ":3:3: status_pages “Shop now”: Invalid Slug",
    "status_pages:\n  shop: {title: ''}\n": ":3:10: status_pages “shop”: Please input all fields",
    "maintenance:\n  Night: {strategy: cron, cron: 61 * * * *, duration_minutes: 60}\n":
        ":3:27: maintenance “Night”: CronPattern",
    "webhooks:\n  Hook: {url: 'ftp://x/', kinds: [change]}\n": ":3:10: webhooks “Hook”: The address begins",
    "proxies:\n  Office: {protocol: http, host: ' ', port: 1}\n":
        ":3:28: proxies “Office”: The proxy needs a host.",
    "monitors:\n  A: {type: group, parent: B}\n  B: {type: group, parent: A}\n":
        ":3:20: monitors “A”: It would stand within itself.",
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
async def test_what_only_a_service_refuses_is_told_before_anything_is_done(shell: Shell, text: str) -> None:
    path = shell.write(GOOD + text)
    for command in (("diff", path), ("apply", path, "--yes")):
        code, out, err = await shell.run(*command)
        assert (code, out) == (1, "")
        assert f"{path}{REFUSED[text]}" in err, err
    assert parse(await shell.export(), "x.yaml").value == {}


BEFORE = (
    GOOD
    + """
monitors:
  Shop: {type: group}
  Front: {type: http, url: "http://127.0.0.1:1/", parent: Shop, active: false, tags: [{tag: team}]}
  Back: {type: group}
"""
)
# Two monitors with one address to push to: nobody knows before the second one is made.
MIDWAY = """
tags: {team: {color: "#ffffff"}, other: {color: "#000000"}}
proxies: {Office: {protocol: http, host: proxy.example, port: 3128}}
monitors:
  Shop: {type: group, parent: Back}
  Front: {type: port, hostname: 127.0.0.1, port: 1, active: false, tags: [{tag: other, value: x}]}
  Back: {type: group}
  One: {type: push, token: 0123456789abcdef0123456789abcdef, parent: Shop}
  Two: {type: push, token: 0123456789abcdef0123456789abcdef, parent: One}
"""


async def test_what_is_refused_midway_is_taken_back(shell: Shell) -> None:
    assert shell.server is not None
    files = shell.server.appliance.files
    made = shell.write(BEFORE, "made.yaml")
    assert (await shell.run("apply", made, "--yes"))[0] == 0
    await shell.run("apply", shell.write(BEFORE.replace("#112233", "#112234"), "made.yaml"), "--yes")
    exported = await shell.export()
    numbers = [one.id for one in await shell.server.appliance.resources["monitor"].list(OWNER)]
    path = shell.write(MIDWAY.replace("tags:", "name: made.yaml\ntags:", 1))
    code, out, err = await shell.run("apply", path, "--yes")
    assert code == 1
    assert "Done" not in out
    assert f"{path}:10:21: monitors “Two”: Another monitor uses this push token already." in err, err
    assert await shell.export() == exported
    assert [one.id for one in await shell.server.appliance.resources["monitor"].list(OWNER)] == numbers
    assert sorted(files.keys_of("monitor", "made.yaml")) == ["Back", "Front", "Shop"]
    assert (files.keys_of("proxy", "made.yaml"), files.keys_of("tag", "made.yaml")) == ([], ["team"])


async def test_groups_change_places_at_once(shell: Shell) -> None:
    await shell.apply(
        "monitors: {A: {type: group}, B: {type: group, parent: A}, C: {type: group, parent: B}}"
    )
    await shell.apply(
        "monitors: {A: {type: group, parent: C}, B: {type: group}, C: {type: group, parent: B}}"
    )


async def test_what_an_end_has_left_without_a_file_is_found_again(shell: Shell) -> None:
    """As if the process had ended between the making of a thing and the note whose it is."""
    assert shell.server is not None
    proxies = shell.server.appliance.resources["proxy"]
    await proxies.create(OWNER, {"protocol": "http", "host": "proxy.example", "port": 3128})
    text = "proxies: {Office: {protocol: http, host: proxy.example, port: 3128}}\n"
    text += "monitors: {Shop: {type: http, url: 'http://127.0.0.1:1/', proxy_id: Office, active: false}}\n"
    assert (await shell.apply(text)).endswith("Done: 1 created, 1 taken over as they are.\n")
    assert len(await proxies.list(OWNER)) == 1


async def eventually(found: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while not await found():
            await asyncio.sleep(0.02)


async def test_it_is_done_to_its_end_when_the_connection_dies(shell: Shell) -> None:
    assert shell.server is not None
    monitors, count = shell.server.appliance.resources["monitor"], 3 * AT_ONCE
    path = shell.write(text_of(count).replace("type: http", "type: http, active: false"))
    body = json.dumps({"file": "kuma.yaml", "documents": load(path).given.documents}).encode()
    where = urlsplit(shell.server.url)
    _, writer = await asyncio.open_connection(where.hostname, where.port)
    head = f"POST /api/v1/config/apply HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
    writer.write(f"{head}Authorization: Bearer {shell.token}\r\n\r\n".encode() + body)

    async def begun() -> bool:
        return len(await monitors.list(OWNER)) > 0

    await eventually(begun)
    writer.transport.abort()

    async def done() -> bool:
        return (await shell.run("diff", path))[0] == 0

    await eventually(done)


@pytest.mark.timeout(120)
async def test_the_next_one_completes_what_a_killed_server_has_begun(tmp_path: Path) -> None:
    file = tmp_path / "kuma.yaml"
    file.write_text(text_of(200).replace("type: http", "type: http, active: false"))
    with serving(tmp_path / "data") as server:
        async with connect(server.url) as client:
            await client.wait_for("loginRequired")
            await client.call("setup", USER, PASSWORD)

        async def run(*words: str) -> tuple[int, str]:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "kuma_lite", *words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                env={**server.env, "KUMA_LITE_URL": server.url, "KUMA_LITE_TOKEN": token},
            )  # fmt: skip
            out, _ = await process.communicate()
            return process.returncode or 0, out.decode()

        token = ""
        made = await run("token", "create", "--user", "--name", "x", "--data-dir", str(server.folder))
        token = made[1].strip()

        async def listed() -> dict[str, Any]:
            headers = {"Authorization": f"Bearer {token}"}
            answer = await http.get(f"{server.url}/api/v1/monitors?limit=1&fields=id", headers=headers)
            found: dict[str, Any] = answer.json()
            return found

        async def begun() -> bool:
            return bool((await listed())["total"] > 0)

        applying = asyncio.create_task(run("apply", str(file), "--yes"))
        await eventually(begun)
        server.kill()
        assert (await applying)[0] == 1
        server.start()
        there = (await listed())["total"]
        assert 0 < there < 204
        code, out = await run("apply", str(file), "--yes")
        assert code == 0, out
        assert (await listed())["total"] == 204
        assert await run("diff", str(file)) == (0, "Nothing to do: everything is as the file says.\n")
