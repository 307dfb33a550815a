"""Monitors come with containers, change with their labels, and go with them: on a stand-in of a daemon."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.core.clock import ManualClock
from kuma_lite.docker_hosts import watching
from kuma_lite.docker_hosts.watching import GRACE_S, HostWatch
from tests.docker_hosts.daemon import Daemon, daemon
from tests.support import http
from tests.support.actors import OWNER
from tests.support.appliance import Running, running
from tests.support.served import PASSWORD, USER

SHOP = {"kuma.sites.group.name": "Sites", "kuma.shop.http.parent_name": "sites",
        "kuma.shop.http.url": "http://127.0.0.1:1/", "kuma.shop.http.interval": "3600",
        "kuma-lite.shop.http.tags": "team=blue"}  # fmt: skip
BOX = {"kuma.box.docker.interval": "3600"}


class Docker:
    """A server with a Docker host whose containers make monitors."""

    def __init__(self, server: Running, docker: Daemon, path: Path) -> None:
        self.server = server
        self.docker = docker
        self.path = path
        self.clock = ManualClock()
        self.host: Any = None

    async def set_up(self) -> None:
        async with self.server.logged_in():
            pass
        document = {"name": "Box", "dockerType": "socket", "dockerDaemon": str(self.path), "labels": True}
        self.host = await self.server.appliance.resources["docker_host"].create(OWNER, document)

    @property
    def watch(self) -> HostWatch:
        labels = self.server.appliance.labels
        return labels._watch._watches[self.host.id]

    async def round(self) -> dict[str, Any]:
        """After one look; name → monitor."""
        self.watch._clock = self.clock
        await self.watch.round()
        return {one.name: one for one in await self.server.appliance.resources["monitor"].list(OWNER)}


@pytest.fixture
async def docker(tmp_path: Path) -> AsyncIterator[Docker]:
    async with daemon(tmp_path / "docker.sock") as stand_in, running(tmp_path / "data") as server:
        found = Docker(server, stand_in, tmp_path / "docker.sock")
        await found.set_up()
        yield found


async def test_monitors_follow_labels(docker: Docker) -> None:
    docker.docker.run("web", SHOP)
    docker.docker.run("db", BOX)
    docker.docker.run("silent", {"com.example": "x"})
    monitors = await docker.round()
    assert sorted(monitors) == ["Sites", "box", "shop"]
    shop, box = monitors["shop"], monitors["box"]
    assert shop.document["parent"] == monitors["Sites"].id
    assert (box.document["docker_host"], box.document["docker_container"]) == (docker.host.id, "db")
    tags = docker.server.appliance.resources["tag"]
    assert [tag.name for tag in await tags.list(OWNER)] == ["team"]
    files = docker.server.appliance.files
    assert files.file_of("monitor", shop.id) == f"Docker host {docker.host.id}"
    # Nothing changes while labels stay.
    assert {name: one.id for name, one in (await docker.round()).items()} == {
        name: one.id for name, one in monitors.items()
    }
    docker.docker.run("web", {**SHOP, "kuma.shop.http.interval": "1800"})
    changed = (await docker.round())["shop"]
    assert (changed.id, changed.document["interval"]) == (shop.id, 1800)


async def test_a_container_that_comes_again_keeps_its_history(docker: Docker) -> None:
    docker.docker.run("web", SHOP)
    first = (await docker.round())["shop"].id
    del docker.docker.containers["web"]
    assert "shop" in await docker.round()
    docker.clock.advance(GRACE_S - 1)
    assert "shop" in await docker.round()
    docker.docker.run("web-2", SHOP)
    assert (await docker.round())["shop"].id == first
    docker.clock.advance(GRACE_S)
    assert (await docker.round())["shop"].id == first
    docker.docker.containers.clear()
    await docker.round()
    docker.clock.advance(GRACE_S + 1)
    assert await docker.round() == {}


async def test_what_people_made_is_never_touched(docker: Docker) -> None:
    monitors = docker.server.appliance.resources["monitor"]
    mine = await monitors.create(OWNER, {"name": "shop", "type": "manual"})
    docker.docker.run("web", SHOP)
    await docker.round()
    kept = await monitors.get(OWNER, mine.id)
    assert (kept.type, len(await monitors.list(OWNER))) == ("manual", 3)


async def test_a_daemon_that_does_not_answer_removes_nothing(docker: Docker) -> None:
    docker.docker.run("web", SHOP)
    await docker.round()
    docker.docker.answers = False
    docker.clock.advance(10 * GRACE_S)
    assert "shop" in await docker.round()
    labels = docker.server.appliance.labels
    assert [problem.sentence for problem in labels.problems()] == [
        "The labels of containers on Docker host Box cannot be followed: the daemon answers with status 500."
    ]


async def test_wrong_labels_are_told_and_the_others_go_on(docker: Docker) -> None:
    docker.docker.run("web", SHOP)
    await docker.round()
    wrong = {**SHOP, "kuma.shop.http.intervall": "5"}
    docker.docker.run("web", wrong)
    docker.docker.run("db", {**BOX, "kuma.other.moon.x": "1"})
    monitors = await docker.round()
    docker.clock.advance(10 * GRACE_S)
    assert sorted(await docker.round()) == sorted(monitors) == ["Sites", "box", "shop"]
    assert monitors["shop"].document["interval"] == 3600
    found = {problem.item: problem.sentence for problem in docker.server.appliance.labels.problems()}
    number = docker.host.id
    assert found == {
        f"{number} web": "Labels of the container web on Docker host Box do not fit: "
        "shop: A monitor has no field “intervall”.",
        f"{number} db": "Labels of the container db on Docker host Box do not fit: "
        "other: there is no type moon.",
    }
    docker.docker.run("web", SHOP)
    docker.docker.run("db", BOX)
    await docker.round()
    assert list(docker.server.appliance.labels.problems()) == []


async def test_an_event_is_enough(docker: Docker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Long before the next look."""
    monkeypatch.setattr(watching, "SETTLE_S", 0.0)
    for _ in range(200):
        if docker.docker.listeners:
            break
        await asyncio.sleep(0.05)
    docker.docker.run("web", SHOP)
    docker.docker.tell()
    monitors = docker.server.appliance.resources["monitor"]
    for _ in range(200):
        if len(await monitors.list(OWNER)) == 2:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(docker.watch.problems)


async def test_the_switch(docker: Docker) -> None:
    """Off: nothing is followed, and what was made stays; clients that do not know of it leave it as it is."""
    hosts = docker.server.appliance.resources["docker_host"]
    docker.docker.run("web", SHOP)
    await docker.round()
    document = {"name": "Box 2", "dockerType": "socket", "dockerDaemon": str(docker.path)}
    assert (await hosts.replace(OWNER, docker.host.id, document)).labels is True
    assert (await hosts.replace(OWNER, docker.host.id, {**document, "labels": False})).labels is False
    assert docker.server.appliance.labels._watch._watches == {}
    assert len(await docker.server.appliance.resources["monitor"].list(OWNER)) == 2
    assert "labels" not in docker.host.as_wire()


@pytest.mark.timeout(240)
async def test_from_a_label_to_the_api_and_away_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As people see it: the host is set up over the API, the daemon tells, and monitors come and go."""
    monkeypatch.setattr(watching, "SETTLE_S", 0.0)
    path = tmp_path / "docker.sock"
    async with daemon(path) as stand_in, running(tmp_path / "data") as server:
        async with server.logged_in():
            pass
        accounts = server.appliance._ground.accounts
        session = accounts.token_for(await accounts.log_in(USER, PASSWORD, None))

        async def ask(method: str, where: str, body: Any = None) -> Any:
            headers = {"Authorization": f"Bearer {session}"}
            url = f"{server.url}/api/v1/{where}"
            answer = await http.request(method, url, json=body, headers=headers, timeout=60)
            assert answer.status < 300, answer.text
            return answer.json()

        host = {"name": "Box", "connection": "socket", "daemon": str(path), "labels": True}
        number = (await ask("POST", "docker-hosts", host))["id"]
        watch = server.appliance.labels._watch._watches[number]
        watch._clock = clock = ManualClock()

        async def seen(*names: str, gone: int = 0) -> dict[str, Any]:
            """The monitors, once the daemon has told of something and these are there."""
            async with asyncio.timeout(200):
                while True:
                    stand_in.tell()
                    found = {one["name"]: one for one in (await ask("GET", "monitors"))["data"]}
                    if found.keys() == set(names) and len(watch._gone) == gone:
                        return found
                    await asyncio.sleep(0.05)

        await ask("POST", "monitors", {"name": "mine", "type": "manual"})
        assert (await seen("mine")).keys() == {"mine"}
        stand_in.run("web", SHOP)
        stand_in.run("db", BOX)
        made = await seen("mine", "Sites", "shop", "box")
        assert made["shop"]["parent"] == made["Sites"]["id"]
        assert (made["box"]["type"], made["box"]["host"]) == ("docker", number)
        async with server.logged_in("/page") as page:
            owner = await page.call("managedBy", "monitor", made["shop"]["id"])
        assert owner["file"] == f"Docker host {number}"
        del stand_in.containers["web"]
        # They wait for a container that takes its place.
        assert (await seen("mine", "Sites", "shop", "box", gone=2))["shop"]["id"] == made["shop"]["id"]
        clock.advance(GRACE_S + 1)
        left = await seen("mine", "box")
        assert left["box"]["id"] == made["box"]["id"]
        assert (await ask("GET", "docker-hosts"))["total"] == 1
