"""The tunnel's events; the program is played by a script."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.support.appliance import running
from tests.support.served import PASSWORD
from tests.support.sio import NO_ANSWER, connect


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder programs are found in before all others."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def program(folder: Path, text: str) -> None:
    script = folder / "cloudflared"
    script.write_text(f"#!/bin/sh\n{text}\n")
    script.chmod(0o755)


RUNS = 'echo "$TUNNEL_TOKEN $*"; exec sleep 60'
COMMAND = "tunnel --no-autoupdate --protocol http2 run"


async def test_start_and_stop(path: Path, tmp_path: Path) -> None:
    program(path, RUNS)
    async with running(tmp_path / "data") as server, server.logged_in() as client:
        await client.emit("cloudflared_join")
        assert await client.wait_for("cloudflared_token") == [None]
        assert client.pushed("cloudflared_installed") == [[True]]
        assert client.pushed("cloudflared_running") == [[False]]
        client.forget()
        await client.emit("cloudflared_start", "sudo cloudflared service install tok-1")
        assert await client.wait_for("cloudflared_running") == [True]
        assert await client.wait_for("cloudflared_message") == [f"tok-1 {COMMAND}"]
        wrong = await client.call("cloudflared_stop", "wrong")
        assert wrong == {"ok": False, "msg": "Incorrect current password"}
        assert await client.call_in_vain("cloudflared_stop", PASSWORD) is NO_ANSWER
        assert await client.wait_for("cloudflared_running") == [False]
        assert client.pushed("cloudflared_errorMessage") == []
        await client.emit("cloudflared_removeToken")
        async with asyncio.timeout(20):  # it has no answer, so a join may overtake it
            shown = [None]
            while shown != [""]:
                client.forget()
                await client.emit("cloudflared_join")
                shown = await client.wait_for("cloudflared_token")


async def test_a_tunnel_is_opened_again_at_the_next_start_and_closed_at_the_end(
    path: Path, tmp_path: Path
) -> None:
    written = tmp_path / "pid"
    program(path, f'echo $$ > "{written}.new"; mv "{written}.new" "{written}"; exec sleep 60')
    async with running(tmp_path / "data", cloudflared_token="tok-2") as server, server.logged_in() as client:
        await client.emit("cloudflared_join")
        while await client.wait_for("cloudflared_running") != [True]:
            pass  # it is being started
        assert await client.wait_for("cloudflared_token") == ["tok-2"]
    written.unlink(missing_ok=True)
    async with running(tmp_path / "data") as server:
        tunnel = server.appliance._helpers.cloudflared.tunnel
        async with asyncio.timeout(20):
            while not tunnel.running or not written.exists():
                await asyncio.sleep(0.02)
    assert not tunnel.running
    pid = int(written.read_text())
    assert not Path(f"/proc/{pid}").exists()


async def test_it_says_when_it_dies(path: Path, tmp_path: Path) -> None:
    program(path, "exit 7")
    async with running(tmp_path / "data") as server, server.logged_in() as client:
        await client.emit("cloudflared_join")
        await client.emit("cloudflared_start", "tok")
        assert await client.wait_for("cloudflared_errorMessage") == ["cloudflared ended with exit status 7."]
        client.forget()
        await client.emit("cloudflared_start", "")
        assert await client.wait_for("cloudflared_errorMessage") == ["The tunnel needs a token."]
        await client.emit("cloudflared_leave")
        (path / "cloudflared").unlink()
        client.forget()
        await client.emit("cloudflared_start", "tok")
        await client.call("getTags")
        assert client.pushed("cloudflared_errorMessage") == [], "nobody looks any more"


async def test_no_program(path: Path, tmp_path: Path) -> None:
    async with running(tmp_path / "data") as server, server.logged_in() as client:
        await client.emit("cloudflared_join")
        assert await client.wait_for("cloudflared_installed") == [False]
        await client.emit("cloudflared_start", "tok")
        (text,) = await client.wait_for("cloudflared_errorMessage")
        assert text == "cloudflared cannot be started: No such file or directory."


async def test_guests_are_told_nothing(path: Path, tmp_path: Path) -> None:
    program(path, RUNS)
    async with running(tmp_path / "data") as server, connect(server.url) as guest:
        for event in ("join", "leave", "removeToken"):
            await guest.emit(f"cloudflared_{event}")
        await guest.emit("cloudflared_start", "tok")
        refused = await guest.call("cloudflared_stop", "x")
        assert refused == {"ok": False, "msg": "You are not logged in."}
        assert not [name for name in guest.names() if name.startswith("cloudflared")]


async def test_our_page_sees_no_token_and_can_start_with_it(path: Path, tmp_path: Path) -> None:
    program(path, 'echo "${#TUNNEL_TOKEN}"; exec sleep 60')
    async with running(tmp_path / "data") as server, server.logged_in("/page") as page:
        await page.emit("cloudflared_join")
        assert await page.wait_for("cloudflared_token") == [None]
        await page.emit("cloudflared_start", "abcdef")
        assert await page.wait_for("cloudflared_message") == ["6"]
        assert await page.call_in_vain("cloudflared_stop", PASSWORD) is NO_ANSWER
        async with server.logged_in("/page") as again:
            await again.emit("cloudflared_join")
            assert await again.wait_for("cloudflared_token") == ["\u0000keep"]
            await again.emit("cloudflared_start", "\u0000keep")
            assert await again.wait_for("cloudflared_message") == ["6"]
