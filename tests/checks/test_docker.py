from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.checks._saved_response import read_saved
from kuma_lite.checks.docker import DockerMonitor, judge_state
from kuma_lite.core.declarations import CheckFailed, CheckResult, Status
from kuma_lite.docker_hosts.model import DockerHost, daemon_request
from kuma_lite.net.network import Network
from tests.checks.peers import Answer, web_server
from tests.checks.support import Context, failure, run
from tests.support.ports import closed_port

DOCKER = DockerMonitor()
HEALTHY = {"Status": "running", "Running": True, "Health": {"Status": "healthy"}}


def host(network: Network, kind: str, daemon: str, folder: Path) -> None:
    known = DockerHost(7, 1, 1, daemon, kind, "host")
    network.find_docker_host = lambda host_id: (
        (lambda path, timeout: daemon_request(known, path, timeout, folder)) if host_id == 7 else None
    )


def document(container: str = "web", docker_host: int | None = 7, **options: Any) -> dict[str, Any]:
    return {"docker_container": container, "docker_host": docker_host, **options}


def inspected(state: Any) -> Answer:
    return Answer(body=json.dumps({"Id": "x", "State": state}).encode())


async def test_a_healthy_container_is_up(network: Network, tmp_path: Path) -> None:
    async with web_server({"/containers/web/json": inspected(HEALTHY)}) as web:
        host(network, "tcp", web.url("").replace("http://", "tcp://"), tmp_path)
        result = await run(DOCKER, document(), Context(network))
    assert result == CheckResult("healthy")


async def test_a_daemon_on_a_unix_socket_is_asked(network: Network, tmp_path: Path) -> None:
    asked: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(inspected(HEALTHY).as_bytes())
        await writer.drain()
        writer.close()

    socket = str(tmp_path / "docker.sock")
    host(network, "socket", socket, tmp_path)
    failed = await failure(DOCKER, document(), Context(network))
    assert failed.message == f"connect ENOENT {socket}"
    async with await asyncio.start_unix_server(talk, socket):
        assert await run(DOCKER, document("a/../b c"), Context(network)) == CheckResult("healthy")
    assert asked[0].startswith(b"GET /containers/a%2F..%2Fb%20c/json HTTP/1.1")


@pytest.mark.parametrize(
    ("state", "status", "message"),
    [
        (
            {"Status": "running", "Running": True},
            Status.UP,
            "Container has not reported health and is currently running. As it is running, it is considered "
            "UP. Consider adding a health check for better service visibility",
        ),
        ({**HEALTHY, "Health": {"Status": "starting"}}, Status.PENDING, "starting"),
        (
            {"Status": "restarting", "Running": True, "Restarting": True},
            Status.PENDING,
            "Container is reporting it is currently restarting",
        ),
    ],
)
def test_states_that_are_no_failure(state: dict[str, Any], status: Status, message: str) -> None:
    assert judge_state(state) == CheckResult(message, status=status)


def test_no_health_check_is_said_in_two_ways() -> None:
    assert judge_state({**HEALTHY, "Health": {"Status": "none"}}) == judge_state({**HEALTHY, "Health": None})


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"Status": "exited", "Running": False}, "Container State is exited"),
        ({"Status": "paused", "Running": True, "Paused": True}, "Container is in a paused state"),
        (
            {**HEALTHY, "Health": {"Status": "unhealthy"}},
            "Container State is unhealthy according to its healthcheck",
        ),
    ],
)
def test_states_that_are_a_failure(state: dict[str, Any], message: str) -> None:
    with pytest.raises(CheckFailed) as failed:
        judge_state(state)
    assert failed.value.message == message


@pytest.mark.parametrize(
    "answer", [inspected(None), inspected({}), Answer(body=b"[]"), Answer(body=b"<html>")]
)
async def test_an_answer_without_a_state(network: Network, tmp_path: Path, answer: Answer) -> None:
    async with web_server({"/containers/web/json": answer}) as web:
        host(network, "tcp", web.url(""), tmp_path)
        failed = await failure(DOCKER, document(), Context(network))
    assert failed.message == "Container state is not available"


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ({}, '{"message":"No such container"}'),
        ({"responseMaxLength": 5}, '{"mes... (truncated)'),
        ({"saveErrorResponse": False}, None),
    ],
)
async def test_a_refusal_is_kept(
    network: Network, tmp_path: Path, options: dict[str, Any], kept: str | None
) -> None:
    gone = Answer("404 Not Found", b'{"message": "No such container"}')
    async with web_server({"/containers/web/json": gone}) as web:
        host(network, "tcp", web.url(""), tmp_path)
        failed = await failure(DOCKER, document(**options), Context(network))
    assert failed.message == "Request failed with status code 404"
    assert (read_saved(failed.response) if failed.response else None) == kept


@pytest.mark.parametrize("docker_host", [None, 8])
async def test_a_host_that_is_gone(network: Network, tmp_path: Path, docker_host: int | None) -> None:
    host(network, "tcp", "http://127.0.0.1:1", tmp_path)
    failed = await failure(DOCKER, document(docker_host=docker_host), Context(network))
    assert failed.message == "Failed to load docker host config"


async def test_without_docker_hosts_there_is_none(network: Network) -> None:
    failed = await failure(DOCKER, document(), Context(network))
    assert failed.message == "Failed to load docker host config"


async def test_a_silent_daemon_may_be_our_own_fault(network: Network, tmp_path: Path) -> None:
    async with web_server({"/containers/web/json": Answer(delay=2)}) as web:
        host(network, "tcp", web.url(""), tmp_path)
        failed = await failure(DOCKER, document(), Context(network, interval=0.25))
        assert (failed.message, failed.local) == ("timeout of 200ms exceeded", True)
    port = closed_port()
    host(network, "tcp", f"http://127.0.0.1:{port}", tmp_path)
    failed = await failure(DOCKER, document(), Context(network))
    assert failed.message == f"connect ECONNREFUSED 127.0.0.1:{port}"
