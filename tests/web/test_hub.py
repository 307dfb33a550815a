from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from kuma_lite.core.doors import PAGE, Caller, Doors
from kuma_lite.web.hub import Connection, Hub


class Transport:
    """Records what is queued, per session."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, list[str]]] = []

    def deliver(self, sid: str, texts: list[str]) -> None:
        self.sent.append((sid, texts))

    async def deliver_patiently(self, sid: str, texts: list[str]) -> None:
        self.deliver(sid, texts)

    def texts(self, sid: str) -> list[str]:
        return [text for to, texts in self.sent if to == sid for text in texts]


@pytest.fixture
def hub() -> Hub:
    hub = Hub()
    hub.transport = Transport()
    hub.forget = lambda connection: None
    return hub


def sent(hub: Hub, sid: str) -> list[str]:
    assert isinstance(hub.transport, Transport)
    return hub.transport.texts("engine-" + sid)


async def connection(hub: Hub, sid: str, user: int | None = None, namespace: str = "/") -> Connection:
    made = Connection(hub, sid, namespace, "engine-" + sid, "127.0.0.1")
    hub.add(made)
    if user is not None:
        await made.log_in(user, f"user {user}")
    return made


async def test_pushes_reach_the_user_on_that_namespace_only(hub: Hub) -> None:
    await connection(hub, "a", 1)
    await connection(hub, "b", 1)
    await connection(hub, "page", 1, PAGE)
    await connection(hub, "other", 2)
    await connection(hub, "guest")
    await hub.to_user(1, "beat", {"id": 1})
    assert sent(hub, "a") == sent(hub, "b") == ['42["beat",{"id":1}]']
    assert sent(hub, "page") == sent(hub, "other") == sent(hub, "guest") == []


async def test_to_all_users_spares_guests(hub: Hub) -> None:
    await connection(hub, "a", 1)
    await connection(hub, "b", 2)
    await connection(hub, "guest")
    await hub.to_all_users("x")
    assert (sent(hub, "a"), sent(hub, "b"), sent(hub, "guest")) == (['42["x"]'], ['42["x"]'], [])


async def test_many_to_user_keeps_the_order(hub: Hub) -> None:
    await connection(hub, "a", 1, PAGE)
    await hub.many_to_user(1, [("one", 1), ("two",), ("three", [3])], PAGE)
    assert sent(hub, "a") == ['42/page,["one",1]', '42/page,["two"]', '42/page,["three",[3]]']


async def test_emit_many_takes_any_number(hub: Hub) -> None:
    client = await connection(hub, "a", 1)
    await client.emit_many([("n", number) for number in range(501)])
    assert sent(hub, "a") == [f'42["n",{number}]' for number in range(501)]


async def test_has_listeners(hub: Hub) -> None:
    assert not hub.has_listeners(1)
    client = await connection(hub, "a", 1)
    assert hub.has_listeners(1)
    assert not hub.has_listeners(1, PAGE)
    await client.log_out()
    assert not hub.has_listeners(1)


async def test_logging_out_leaves_the_room(hub: Hub) -> None:
    client = await connection(hub, "a", 1)
    await client.log_out()
    await hub.to_user(1, "x")
    assert sent(hub, "a") == []
    assert (client.user_id, client.username) == (None, None)


async def test_logging_in_as_somebody_else_changes_rooms(hub: Hub) -> None:
    client = await connection(hub, "a", 1)
    await client.log_in(2, "two")
    await hub.to_user(1, "one")
    await hub.to_user(2, "two")
    assert sent(hub, "a") == ['42["two"]']


async def test_a_connection_that_went_away_while_logging_in_stays_out(hub: Hub) -> None:
    client = await connection(hub, "a")
    hub.remove("a")
    await client.log_in(1, "admin")
    assert client.user_id is None
    assert not hub.has_listeners(1)


async def test_guests_become_users_and_guests_again(hub: Hub) -> None:
    client = await connection(hub, "a")
    assert hub.is_guest("engine-a")
    await client.log_in(1, "admin")
    await client.log_in(1, "admin")
    assert not hub.is_guest("engine-a")
    hub.remove("a")
    assert hub.is_guest("engine-a")


async def test_disconnect_user_spares_one_and_all_others(hub: Hub) -> None:
    forgotten: list[str] = []
    hub.forget = lambda connection: forgotten.append(connection.sid)
    mine = await connection(hub, "mine", 1)
    tab = await connection(hub, "tab", 1)
    page = await connection(hub, "page", 1, PAGE)
    await connection(hub, "other", 2)
    await hub.disconnect_user(1, except_sid="mine")
    assert sent(hub, "tab") == ['42["refresh"]', "41"]
    assert sent(hub, "page") == ['42/page,["refresh"]', "41/page,"]
    assert sent(hub, "mine") == sent(hub, "other") == []
    assert (mine.user_id, tab.user_id, page.user_id) == (1, None, None)
    assert forgotten == ["tab", "page"]


async def test_login_hooks_run_in_order_and_those_of_one_number_together(hub: Hub) -> None:
    steps: list[str] = []
    both = asyncio.Barrier(2)

    def hook(name: str, together: bool = False) -> Any:
        async def run(caller: Caller) -> None:
            assert caller.user_id == 1
            if together:
                await asyncio.wait_for(both.wait(), 10)
            steps.append(name)

        return run

    hub.use_hooks(
        [
            Doors(on_login=hook("late"), login_order=90),
            Doors(on_login=hook("middle", True), login_order=30),
            Doors(on_login=hook("early"), login_order=10),
            Doors(on_login=hook("middle", True), login_order=30),
            Doors(on_login=hook("page"), login_order=1, namespace=PAGE),
        ]
    )
    await connection(hub, "a", 1)
    assert steps == ["early", "middle", "middle", "late"]


async def test_a_list_that_fails_does_not_stop_the_others(hub: Hub, caplog: pytest.LogCaptureFixture) -> None:
    async def fails(caller: Caller) -> None:
        raise RuntimeError("broken")

    async def works(caller: Caller) -> None:
        await caller.emit("works")

    hub.use_hooks([Doors(on_login=fails, login_order=1), Doors(on_login=works, login_order=2)])
    with caplog.at_level(logging.ERROR):
        await connection(hub, "a", 1)
    assert sent(hub, "a") == ['42["works"]']
    assert "broken" in caplog.text


async def test_connect_hooks_are_those_of_the_namespace(hub: Hub) -> None:
    async def greet(caller: Caller) -> None:
        await caller.emit("hello")

    hub.use_hooks([Doors(on_connect=greet, namespace=PAGE)])
    for sid, namespace in (("a", "/"), ("b", PAGE)):
        await hub.run_connect_hooks(await connection(hub, sid, None, namespace))
    assert (sent(hub, "a"), sent(hub, "b")) == ([], ['42/page,["hello"]'])
