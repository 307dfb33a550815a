"""Every door that is not declared public stays shut without a session."""

from __future__ import annotations

from pathlib import Path

import pytest

from kuma_lite.core.doors import Access
from kuma_lite.core.errors import NotLoggedIn
from kuma_lite.web.guard import access_of, bearer_token, require
from tests.support.doors import assert_closed, public_events
from tests.support.frame import frame


async def test_every_door_of_the_frame_is_closed_to_guests(tmp_path: Path) -> None:
    async with frame(tmp_path) as server:
        await server.set_up()
        await assert_closed(server)


async def test_what_is_public_is_meant_to_be(tmp_path: Path) -> None:
    async with frame(tmp_path) as server:
        assert public_events(server) == {"needSetup", "setup", "login", "loginByToken", "logout"}


@pytest.mark.parametrize(
    ("access", "logged_in", "open_"),
    [
        (Access.PUBLIC, False, True),
        (Access.PUBLIC, True, True),
        (Access.USER, False, False),
        (Access.USER, True, True),
    ],
)
def test_the_rule(access: Access, logged_in: bool, open_: bool) -> None:
    if open_:
        require(access, logged_in)
    else:
        with pytest.raises(NotLoggedIn):
            require(access, logged_in)


def test_routes_are_closed_unless_they_say_otherwise() -> None:
    assert access_of({}) is Access.USER
    assert access_of({"access": "public"}) is Access.PUBLIC
    with pytest.raises(ValueError, match="anybody"):
        access_of({"access": "anybody"})


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
