"""Docker hosts over the wire."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.docker_hosts import service
from kuma_lite.docker_hosts.model import daemon_request, read_host
from tests.net.authority import Authority
from tests.net.servers import answer, serve
from tests.support.appliance import add_monitor, running
from tests.support.ports import closed_port

CONTAINERS = answer(json.dumps([{"Id": "a"}, {"Id": "b"}]).encode())


def host(daemon: str, kind: str = "tcp") -> dict[str, str]:
    return {"name": "d", "dockerType": kind, "dockerDaemon": daemon}


async def test_hosts_are_kept(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        saved = await client.call("addDockerHost", host("/var/run/docker.sock", "socket"), None)
        assert saved == {"ok": True, "msg": "Saved.", "msgi18n": True, "id": 1}
        await client.call("addDockerHost", {**host("tcp://h:2375"), "name": "new"}, 1)
        monitor = await add_monitor(client, active=False, docker_host=1, type="push", pushToken="x" * 32)
    async with running(tmp_path) as server, server.logged_in() as client:
        ((listed,),) = client.pushed("dockerHostList")
        assert listed == [
            {"id": 1, "userID": 1, "dockerDaemon": "tcp://h:2375", "dockerType": "tcp", "name": "new"}
        ]
        assert (await client.call("deleteDockerHost", 1))["ok"] is True
        assert (await client.call("getMonitor", monitor))["monitor"]["docker_host"] is None
        assert await client.call("deleteDockerHost", 1) == {"ok": False, "msg": "docker host not found"}


async def test_a_monitor_asks_the_host_it_names(tmp_path: Path) -> None:
    state = {"Status": "running", "Running": True, "Health": {"Status": "healthy"}}
    async with (
        serve(answer(json.dumps({"State": state}).encode())) as daemon,
        running(tmp_path) as server,
        server.logged_in() as client,
    ):
        saved = await client.call("addDockerHost", host(daemon.url().rstrip("/")), None)
        monitor = await add_monitor(client, type="docker", docker_container="web", docker_host=saved["id"])
        (beat,) = await client.wait_for("heartbeat")
        assert (beat["monitorID"], beat["status"], beat["msg"]) == (monitor, 1, "healthy")


async def test_what_a_test_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    socket = tmp_path / "docker.sock"
    unix = await asyncio.start_unix_server(_containers, socket)
    closed = closed_port()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with (
        serve(CONTAINERS) as daemon,
        serve(answer(b"[]")) as empty,
        serve(answer(b"{}")) as other,
        serve(answer(b"", "403 Forbidden")) as forbidding,
        serve(silent) as hanging,
        running(tmp_path / "data") as server,
        server.logged_in() as client,
    ):

        async def tested(*arguments: str) -> Any:
            return (await client.call("testDockerHost", host(*arguments)))["msg"]

        two = "Connected Successfully. Amount of containers: 2"
        assert await tested(daemon.url().rstrip("/")) == two
        assert await tested(f"tcp://127.0.0.1:{daemon.port}/") == two
        assert await tested(str(socket), "socket") == two
        assert await tested(empty.url()) == "Connected Successfully, but there are no containers?"
        assert await tested(other.url()) == "Invalid Docker response, is it Docker really a daemon?"
        assert await tested(forbidding.url()) == "Request failed with status code 403"
        assert await tested(f"http://127.0.0.1:{closed}") == f"connect ECONNREFUSED 127.0.0.1:{closed}"
        monkeypatch.setattr(service, "TEST_TIMEOUT_S", 0.1)
        assert await tested(hanging.url()) == "Connection to Docker daemon timed out."
        assert (await client.call("testDockerHost", None))["ok"] is False
    assert daemon.requests[0].startswith("GET /containers/json?all=true HTTP/1.1\r\n")
    unix.close()


async def _containers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(CONTAINERS)


async def test_daemons_behind_tls_are_shown_the_certificate_of_the_folder(tmp_path: Path) -> None:
    authority = Authority.create()
    issued = authority.server("localhost")
    folder = tmp_path / "data" / "docker-tls" / "localhost"
    folder.mkdir(parents=True)
    for name, text in (("ca", authority.root_pem), ("cert", issued.pem), ("key", issued.key_pem)):
        (folder / f"{name}.pem").write_text(text)
    tls = issued.server_context(client_ca=authority.root_pem)
    async with (
        serve(CONTAINERS, tls=tls) as daemon,
        running(tmp_path / "data") as server,
        server.logged_in() as client,
    ):
        answered = await client.call("testDockerHost", host(f"https://localhost:{daemon.port}"))
        assert answered["msg"] == "Connected Successfully. Amount of containers: 2"
        (folder / "key.pem").unlink()
        assert (await client.call("testDockerHost", host(f"https://localhost:{daemon.port}")))["ok"] is False


@pytest.mark.parametrize("daemon", ["https://../x", "https://nothing.invalid", "no url", ""])
def test_no_certificate_from_elsewhere(daemon: str, tmp_path: Path) -> None:
    for name in ("ca", "cert", "key"):
        (tmp_path / f"{name}.pem").write_text("secret")
    request = daemon_request(read_host(host(daemon)), "/x", 1, tmp_path / "data")
    assert (request.ca_pem, request.cert_pem, request.key_pem) == (None, None, None)
