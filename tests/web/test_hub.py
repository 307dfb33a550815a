from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from kuma_lite.core.access import Actor, Right
from kuma_lite.core.doors import PAGE, Caller, Doors, this_one
from kuma_lite.core.records import replace
from kuma_lite.web.hub import Connection, Hub
from tests.support.actors import COLLEAGUE, OWNER, STRANGER, VIEWER, with_only, without


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


async def connection(hub: Hub, sid: str, actor: Actor | None = None, namespace: str = "/") -> Connection:
    made = Connection(hub, sid, namespace, "engine-" + sid, "127.0.0.1")
    hub.add(made)
    if actor is not None:
        await made.log_in(actor)
    return made


SEE = Right.MONITORS_VIEW
EVERYBODY = OWNER.everybody(SEE)


async def test_pushes_reach_the_organisation_on_that_namespace_only(hub: Hub) -> None:
    await connection(hub, "a", OWNER)
    await connection(hub, "b", OWNER)
    await connection(hub, "colleague", COLLEAGUE)
    await connection(hub, "page", OWNER, PAGE)
    await connection(hub, "stranger", STRANGER)
    await connection(hub, "guest")
    await hub.to_audience(EVERYBODY, "beat", {"id": 1})
    assert sent(hub, "a") == sent(hub, "b") == sent(hub, "colleague") == ['42["beat",{"id":1}]']
    assert sent(hub, "page") == sent(hub, "stranger") == sent(hub, "guest") == []


async def test_pushes_to_one_person_reach_all_connections_of_that_person(hub: Hub) -> None:
    await connection(hub, "a", OWNER)
    await connection(hub, "b", OWNER)
    await connection(hub, "colleague", COLLEAGUE)
    await connection(hub, "namesake", replace(STRANGER, user_id=OWNER.user_id))
    await hub.to_audience(OWNER.myself(SEE), "x")
    assert sent(hub, "a") == sent(hub, "b") == ['42["x"]']
    assert sent(hub, "colleague") == sent(hub, "namesake") == []


async def test_pushes_reach_those_with_the_right(hub: Hub) -> None:
    await connection(hub, "may", with_only(SEE))
    await connection(hub, "may-not", without(SEE))
    await hub.to_audience(EVERYBODY, "all")
    await hub.to_audience(OWNER.myself(SEE), "mine")
    assert sent(hub, "may") == ['42["all"]', '42["mine"]']
    assert sent(hub, "may-not") == []


async def test_a_parted_audience_is_told_once(hub: Hub) -> None:
    await connection(hub, "editor", OWNER)
    await connection(hub, "viewer", VIEWER)
    await connection(hub, "blind", with_only(Right.TAGS_VIEW))
    editors, viewers = EVERYBODY.parted(Right.MONITORS_EDIT)
    await hub.to_audience(editors, "everything")
    await hub.to_audience(viewers, "no secrets")
    assert sent(hub, "editor") == ['42["everything"]']
    assert sent(hub, "viewer") == ['42["no secrets"]']
    assert sent(hub, "blind") == []


async def test_many_to_an_audience_keep_the_order(hub: Hub) -> None:
    await connection(hub, "a", OWNER, PAGE)
    await connection(hub, "b", without(SEE), PAGE)
    await hub.many_to_audience(EVERYBODY, [("one", 1), ("two",), ("three", [3])], PAGE)
    assert sent(hub, "b") == []
    assert sent(hub, "a") == ['42/page,["one",1]', '42/page,["two"]', '42/page,["three",[3]]']


async def test_emit_many_takes_any_number(hub: Hub) -> None:
    client = await connection(hub, "a", OWNER)
    await client.emit_many([("n", number) for number in range(501)])
    assert sent(hub, "a") == [f'42["n",{number}]' for number in range(501)]


async def test_has_listeners(hub: Hub) -> None:
    assert not hub.has_listeners(EVERYBODY)
    client = await connection(hub, "a", OWNER)
    assert hub.has_listeners(EVERYBODY)
    assert hub.has_listeners(OWNER.myself(SEE))
    assert not hub.has_listeners(EVERYBODY, PAGE)
    assert not hub.has_listeners(COLLEAGUE.myself(SEE))
    assert not hub.has_listeners(STRANGER.everybody(SEE))
    editors, viewers = EVERYBODY.parted(Right.MONITORS_EDIT)
    assert (hub.has_listeners(editors), hub.has_listeners(viewers)) == (True, False)
    await client.log_in(VIEWER)
    assert (hub.has_listeners(editors), hub.has_listeners(viewers)) == (False, True)
    await client.log_in(without(SEE))
    assert not hub.has_listeners(EVERYBODY)
    await client.log_in(OWNER)
    await client.log_out()
    assert not hub.has_listeners(EVERYBODY)


async def test_logging_out_leaves_the_room(hub: Hub) -> None:
    client = await connection(hub, "a", OWNER)
    await client.log_out()
    await hub.to_audience(EVERYBODY, "x")
    assert sent(hub, "a") == []
    assert client.actor is None


async def test_logging_in_as_somebody_else_changes_rooms(hub: Hub) -> None:
    client = await connection(hub, "a", OWNER)
    await client.log_in(STRANGER)
    await hub.to_audience(EVERYBODY, "one")
    await hub.to_audience(STRANGER.everybody(SEE), "two")
    await client.log_in(COLLEAGUE)
    await hub.to_audience(OWNER.myself(SEE), "three")
    await hub.to_audience(COLLEAGUE.myself(SEE), "four")
    assert sent(hub, "a") == ['42["two"]', '42["four"]']


async def test_a_connection_that_went_away_while_logging_in_stays_out(hub: Hub) -> None:
    client = await connection(hub, "a")
    hub.remove("a")
    await client.log_in(OWNER)
    assert client.actor is None
    assert not hub.has_listeners(EVERYBODY)


async def test_guests_become_users_and_guests_again(hub: Hub) -> None:
    client = await connection(hub, "a")
    assert hub.is_guest("engine-a")
    await client.log_in(OWNER)
    await client.log_in(OWNER)
    assert not hub.is_guest("engine-a")
    hub.remove("a")
    assert hub.is_guest("engine-a")


async def test_disconnect_user_spares_one_and_all_others(hub: Hub) -> None:
    forgotten: list[str] = []
    hub.forget = lambda connection: forgotten.append(connection.sid)
    mine = await connection(hub, "mine", OWNER)
    tab = await connection(hub, "tab", OWNER)
    page = await connection(hub, "page", OWNER, PAGE)
    await connection(hub, "other", COLLEAGUE)
    await hub.disconnect_user(1, except_sid="mine")
    assert sent(hub, "tab") == ['42["refresh"]', "41"]
    assert sent(hub, "page") == ['42/page,["refresh"]', "41/page,"]
    assert sent(hub, "mine") == sent(hub, "other") == []
    assert (mine.actor, tab.actor, page.actor) == (OWNER, None, None)
    assert forgotten == ["tab", "page"]


async def test_login_hooks_run_in_order_and_those_of_one_number_together(hub: Hub) -> None:
    steps: list[str] = []
    both = asyncio.Barrier(2)

    def hook(name: str, together: bool = False) -> Any:
        async def run(caller: Caller) -> None:
            assert caller.actor == OWNER
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
    await connection(hub, "a", OWNER)
    assert steps == ["early", "middle", "middle", "late"]


async def test_a_login_hook_is_left_out_without_its_right(hub: Hub) -> None:
    def hook(name: str) -> Any:
        async def run(caller: Caller) -> None:
            await caller.emit(name)

        return run

    hub.use_hooks(
        [
            Doors(on_login=hook("tags"), needs=Right.TAGS_VIEW, login_order=1),
            Doors(on_login=hook("monitors"), needs=SEE, login_order=2),
            Doors(on_login=hook("names none"), login_order=3),
        ]
    )
    for sid, actor in (("all", OWNER), ("tags", with_only(Right.TAGS_VIEW)), ("viewer", VIEWER)):
        await connection(hub, sid, actor)
    assert sent(hub, "all") == ['42["tags"]', '42["monitors"]', '42["names none"]']
    assert sent(hub, "tags") == ['42["tags"]']
    assert sent(hub, "viewer") == ['42["tags"]', '42["monitors"]']


async def test_login_hooks_come_to_nothing_once_the_connection_has_gone(hub: Hub) -> None:
    ran: list[Caller] = []

    async def remember(caller: Caller) -> None:
        ran.append(caller)

    hub.use_hooks([Doors(on_login=remember)])
    client = await connection(hub, "a")
    hub.remove("a")
    await client.log_in(OWNER)
    assert ran == []


async def test_a_client_cut_while_its_lists_are_made_leaves_no_trace(
    hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    async def slow(caller: Caller) -> None:
        hub.remove(caller.sid)  # meanwhile
        await hub.to_audience(this_one(caller, SEE), "list")

    async def next_one(caller: Caller) -> None:
        await hub.to_audience(this_one(caller, SEE), "next")

    hub.use_hooks([Doors(on_login=slow, login_order=1), Doors(on_login=next_one, login_order=2)])
    await connection(hub, "a", OWNER)
    assert sent(hub, "a") == []
    assert caplog.records == []


async def test_one_connection_may_be_told_alone(hub: Hub) -> None:
    mine, *_others = [await connection(hub, sid, OWNER) for sid in ("a", "b")]
    await hub.to_audience(this_one(mine, SEE), "list")
    assert (sent(hub, "a"), sent(hub, "b")) == (['42["list"]'], [])
    assert hub.has_listeners(this_one(mine, SEE))
    alone = this_one(mine, SEE)
    hub.remove("a")
    assert not hub.has_listeners(alone)


async def test_a_list_that_fails_does_not_stop_the_others(hub: Hub, caplog: pytest.LogCaptureFixture) -> None:
    async def fails(caller: Caller) -> None:
        raise RuntimeError("broken")

    async def works(caller: Caller) -> None:
        await caller.emit("works")

    hub.use_hooks([Doors(on_login=fails, login_order=1), Doors(on_login=works, login_order=2)])
    with caplog.at_level(logging.ERROR):
        await connection(hub, "a", OWNER)
    assert sent(hub, "a") == ['42["works"]']
    assert "broken" in caplog.text


async def test_connect_hooks_are_those_of_the_namespace(hub: Hub) -> None:
    async def greet(caller: Caller) -> None:
        await caller.emit("hello")

    hub.use_hooks([Doors(on_connect=greet, namespace=PAGE)])
    for sid, namespace in (("a", "/"), ("b", PAGE)):
        await hub.run_connect_hooks(await connection(hub, sid, None, namespace))
    assert (sent(hub, "a"), sent(hub, "b")) == ([], ['42/page,["hello"]'])
