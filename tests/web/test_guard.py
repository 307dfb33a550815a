"""Every door that is not declared public stays shut without a session."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kuma_lite.appliance.build import Appliance
from kuma_lite.core.access import Forbidden, Right
from kuma_lite.core.clock import SystemClock
from kuma_lite.core.config import Config
from kuma_lite.core.doors import Access, door
from kuma_lite.core.errors import NotLoggedIn
from kuma_lite.web.app import App
from kuma_lite.web.guard import access_of, bearer_token, let_in, needs_of
from tests.support.actors import MACHINE, OWNER, with_only, without
from tests.support.doors import assert_closed, public_events, routes
from tests.support.sio import connect

# Whoever adds to these has thought about what a stranger can do with it.
PUBLIC_EVENTS = {"needSetup", "setup", "login", "loginByToken", "logout", "getIncidentHistory"}
PUBLIC_EVENTS |= {"getWebpushVapidPublicKey"}
# Of a backup the address is the key: made for somebody who gave the password, good once and for a minute.
PUBLIC_ROUTES = re.compile(r"/api/v1/openapi\.json(/.*)?|/api/v1/docs(/.*)?|/api/v1/backup")


@pytest.fixture
async def appliance(tmp_path: Path) -> AsyncIterator[Appliance]:
    made = Appliance(Config(port=0, data_dir=tmp_path), SystemClock())
    await made.start()
    yield made
    await made.stop()


async def test_every_door_is_closed_to_guests(appliance: Appliance) -> None:
    web = appliance.web
    assert web is not None
    assert isinstance(web.app, App)
    async with connect(web.url) as client:
        await client.call("setup", "admin", "a-Good-1")
    assert await assert_closed(web.url, web.app) > 50


async def test_what_is_public_is_meant_to_be(appliance: Appliance) -> None:
    assert appliance.web is not None
    app = appliance.web.app
    assert isinstance(app, App)
    assert public_events(app) <= PUBLIC_EVENTS
    open_routes = {path for _method, path, access in await routes(app) if access is Access.PUBLIC}
    assert [path for path in open_routes if not PUBLIC_ROUTES.fullmatch(path)] == []


@pytest.mark.parametrize("right", Right)
def test_the_rule(right: Right) -> None:
    for actor in (None, OWNER, without(right), MACHINE):
        let_in(Access.PUBLIC, right, actor)
    for access in (Access.USER, Access.PROJECT):
        let_in(access, right, OWNER)
        let_in(access, right, with_only(right))
        with pytest.raises(NotLoggedIn):
            let_in(access, right, None)
        with pytest.raises(Forbidden) as refused:
            let_in(access, right, without(right))
        assert (str(refused.value), refused.value.status) == ("Permission denied.", 403)


def test_routes_are_closed_unless_they_say_otherwise() -> None:
    assert (access_of({}), needs_of({})) == (Access.USER, Right.OWNER)
    assert door(Access.PROJECT) == {"access": Access.PROJECT, "needs": Right.OWNER}
    assert access_of({"access": "public"}) is Access.PUBLIC
    assert needs_of(door(Access.USER, Right.TAGS_VIEW)) is Right.TAGS_VIEW
    with pytest.raises(ValueError, match="anybody"):
        access_of({"access": "anybody"})
    with pytest.raises(ValueError, match="anything"):
        needs_of({"needs": "anything"})


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer abc", "abc"),
        ("bearer  abc ", "abc"),
        ("Bearer ", None),
        ("Basic abc", None),
        ("abc", None),
        ("", None),
        (None, None),
    ],
)
def test_bearer(header: str | None, token: str | None) -> None:
    assert bearer_token(header) == token
