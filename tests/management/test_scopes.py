"""What keys and tokens open: every route × every scope, and no monitor beyond a limit."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from kuma_lite.core.access import PROJECT_TOKEN_RIGHTS, Right
from kuma_lite.core.doors import Access
from kuma_lite.core.scopes import LIMITED_RIGHTS, RIGHTS, Scope
from kuma_lite.web.app import App
from kuma_lite.web.guard import needs_of
from tests.management.test_api import Api, api
from tests.support import http

__all__ = ["api"]
MONITOR = {"name": "x", "type": "push", "interval": 3600}
SCOPES = [[Scope.READ], [Scope.PUSH], [Scope.READ, Scope.PUSH], [Scope.WRITE]]
EXPECTED: dict[str, frozenset[Right]] = {
    "read": frozenset(right for right in Right if right.endswith(".view")),
    "push": frozenset({Right.MONITORS_PUSH, Right.SERVERS_REPORT}),
}


async def key(api: Api, **wishes: Any) -> Api:
    """Somebody with a new API key."""
    async with api.server.logged_in("/page") as page:
        made = await page.call("addAPIKey", {"name": "k", "active": True, "expires": None, **wishes})
    assert made["ok"] is True, made
    return Api(api.server, made["key"])


async def token(api: Api, **wishes: Any) -> Api:
    """Somebody with a new token."""
    answer = await api.ask("POST", "tokens", {"token": {"name": "t", **wishes}})
    assert answer.status == 200 or answer.status == 201, answer.text
    return Api(api.server, answer.json()["token"])


async def routes(api: Api) -> list[tuple[str, str, Right]]:
    """Method, path and right of every route that tokens open."""
    assert api.server.appliance.web is not None
    app = api.server.appliance.web.app
    assert isinstance(app, App)
    return sorted(
        (str(method), route.path, needs_of(handler.opt))
        for route in (await app.rest.app()).routes
        for handler in getattr(route, "route_handlers", ())
        if handler.opt.get("access") is Access.PROJECT
        for method in handler.http_methods - {"OPTIONS"}
    )


@pytest.mark.timeout(120)
async def test_every_route_with_every_scope(api: Api) -> None:
    """Whoever may not is refused; whoever may is told something else, whatever that is."""
    await api.made("monitors", MONITOR)
    await api.made("tags", {"name": "a", "color": "#000000"})
    found = await routes(api)
    assert len(found) > 80
    everything = frozenset(Right) - {Right.API_KEYS_EDIT, Right.TOKENS_EDIT, Right.ACCOUNT, Right.OWNER}
    for scopes in SCOPES:
        rights: frozenset[Right] = frozenset().union(*(EXPECTED.get(one, everything) for one in scopes))
        assert rights == frozenset().union(*(RIGHTS[one] for one in scopes))
        askers = [
            (await key(api, scopes=scopes), rights),
            (await token(api, kind="user", scopes=scopes), rights),
            (await token(api, kind="project", scopes=scopes), rights & PROJECT_TOKEN_RIGHTS),
            (await key(api, scopes=scopes, tag=1), rights & LIMITED_RIGHTS),
        ]
        for number, (asker, opened) in enumerate(askers):
            for method, path, needs in found:
                if needs in opened and (method == "DELETE" or path == "/api/v1/events"):
                    continue  # they would go on for ever, or remove what others ask for
                target = re.sub(r"\{[^}]*\}", "nothing", path).removeprefix("/api/v1/")
                answer = await asker.ask(method, target, {"minutes": 5})
                refused = answer.status == 403
                where = (scopes, number, method, path, needs, answer.text)
                if needs not in opened:
                    assert refused, where
                elif number != 2:  # a machine is refused what is for people
                    assert not refused and answer.status not in (401, 500), where


async def test_what_was_made_before_there_were_scopes_opens_what_it_did(api: Api) -> None:
    for owner in (await token(api, kind="user"), api):
        assert (await owner.ask("GET", "monitors")).status == 200
        assert (await owner.ask("GET", "config/schema")).status == 200
        assert (await owner.ask("GET", "tokens")).status == 200
    machine = await token(api)
    assert (await machine.ask("GET", "servers")).status == 200
    assert (await machine.ask("GET", "monitors")).status == 403
    old = await key(api)
    assert (await old.ask("GET", "monitors")).status == 401
    assert await metrics(old) == 200


async def metrics(asker: Api) -> int:
    """The status with which the metrics are answered."""
    import base64

    login = base64.b64encode(f":{asker.token}".encode()).decode()
    answer = await http.get(f"{asker.server.url}/metrics", headers={"Authorization": f"Basic {login}"})
    return answer.status


async def test_which_keys_open_the_metrics(api: Api) -> None:
    tag = await api.made("tags", {"name": "a", "color": "#000000"})
    assert await metrics(await key(api, scopes=["read"])) == 200
    assert await metrics(await key(api, scopes=["write"])) == 200
    assert await metrics(await key(api, scopes=["push"])) == 401
    assert await metrics(await key(api, scopes=["read"], tag=tag["id"])) == 401


@pytest.fixture
async def limited(api: Api) -> tuple[Api, Api, Api, dict[str, int]]:
    """The owner; somebody limited to a tag; somebody limited to a group; the numbers of things."""
    tag = (await api.made("tags", {"name": "a", "color": "#000000"}))["id"]
    group = (await api.made("monitors", {"name": "g", "type": "group"}))["id"]
    inner = (await api.made("monitors", {"name": "i", "type": "group", "parent": group}))["id"]
    inside = (await api.made("monitors", {**MONITOR, "parent": inner}))["id"]
    tagged = (await api.made("monitors", {**MONITOR, "tags": [{"tag": tag}]}))["id"]
    other = (await api.made("monitors", MONITOR))["id"]
    numbers = {"tag": tag, "group": group, "inner": inner, "inside": inside, "tagged": tagged, "other": other}
    by_tag = await key(api, scopes=["write"], tag=tag)
    by_group = await token(api, kind="user", scopes=["write"], group=group)
    return api, by_tag, by_group, numbers


async def test_nobody_reaches_beyond_a_limit(limited: tuple[Api, Api, Api, dict[str, int]]) -> None:
    owner, by_tag, by_group, n = limited
    for asker, mine in ((by_tag, {n["tagged"]}), (by_group, {n["group"], n["inner"], n["inside"]})):
        listed = (await asker.ask("GET", "monitors")).json()
        assert {monitor["id"] for monitor in listed["data"]} == mine
        assert listed["total"] == len(mine)
        for number in set(n.values()) - {n["tag"]}:
            one, expected = f"monitors/{number}", 200 if number in mine else 404
            for method, path, body in (
                ("GET", one, None), ("GET", f"{one}/beats", None), ("GET", f"{one}/uptime", None),
                ("PATCH", one, {"name": "y"}),
            ):  # fmt: skip
                assert (await asker.ask(method, path, body)).status == expected, (method, path)
            if number not in mine:
                for method, path in (("DELETE", one), ("POST", f"{one}/pause"), ("POST", f"{one}/push")):
                    assert (await asker.ask(method, path, {})).status == 404
                bulk = await asker.ask("POST", "monitors/bulk", {"monitors": [number], "action": "pause"})
                assert bulk.status == 422
                trial = await asker.ask("POST", "monitors/test", {"id": number})
                assert trial.status == 422, trial.text
    assert (await owner.ask("GET", "monitors?active=true")).json()["total"] == 5


async def test_what_somebody_limited_makes_stays_within(
    limited: tuple[Api, Api, Api, dict[str, int]],
) -> None:
    _owner, by_tag, by_group, n = limited
    tags = [{"tag": n["tag"]}]
    for asker, fitting, others in (
        (by_tag, {"tags": tags}, [{}, {"tags": []}, {"parent": n["group"]}, {"tags": "x"}]),
        (by_group, {"parent": n["inner"]}, [{}, {"parent": None}, {"tags": tags}, {"parent": n["other"]}]),
    ):
        made = await asker.made("monitors", {**MONITOR, **fitting})
        one = f"monitors/{made['id']}"
        assert (await asker.ask("PATCH", one, {"interval": 90})).status == 200
        for place in others:
            refused = await asker.ask("POST", "monitors", {**MONITOR, **place})
            assert (refused.status, "limited" in refused.text) == (403, True), refused.text
            escape = await asker.ask("PUT", one, {**MONITOR, **place})
            assert escape.status == 403, escape.text
        assert (await asker.ask("PATCH", one, {"tags": None, "parent": None})).status == 403
        assert (await asker.ask("DELETE", one)).status == 204


async def test_a_limit_that_is_gone_leaves_nothing(limited: tuple[Api, Api, Api, dict[str, int]]) -> None:
    owner, by_tag, by_group, n = limited
    await owner.ask("DELETE", f"tags/{n['tag']}")
    await owner.ask("DELETE", f"monitors/{n['group']}")
    for asker in (by_tag, by_group):
        assert (await asker.ask("GET", "monitors")).json()["data"] == []


@pytest.mark.parametrize(
    ("wishes", "sentence"),
    [
        ({"scopes": ["all"]}, "The scopes are read, push and write."),
        ({"scopes": "read"}, "The scopes must be a list."),
        ({"scopes": [1]}, "The scopes must be a list."),
        ({"tag": 1}, "A limit needs a scope."),
        ({"scopes": ["read"], "tag": 1, "group": 1}, "Choose a tag or a group, not both."),
        ({"scopes": ["read"], "tag": 9}, "There is no such tag."),
        ({"scopes": ["read"], "group": 1}, "There is no such group."),
        ({"scopes": ["read"], "group": "x"}, "There is no such group."),
    ],
)
async def test_what_does_not_fit_is_refused(api: Api, wishes: dict[str, Any], sentence: str) -> None:
    await api.made("monitors", MONITOR)
    answer = await api.ask("POST", "tokens", {"token": {"name": "t", "kind": "user", **wishes}})
    assert (answer.status, answer.json()["errors"]) == (422, [sentence])
    async with api.server.logged_in("/page") as page:
        refused = await page.call("addAPIKey", {"name": "k", **wishes})
        assert (refused["ok"], refused["msg"]) == (False, sentence)
        rows = (await page.call("resources", "api_key"))["resources"]
    assert rows == []


async def test_a_token_with_a_field_of_another_name_is_not_made(api: Api) -> None:
    """It would open more, or for longer, than was meant."""
    before = (await api.ask("GET", "tokens")).json()
    for wishes in ({"expires_in_days": 3}, {"scope": ["read"]}, {"expires": "2030-12-31T23:59:59Z"}):
        answer = await api.ask("POST", "tokens", {"token": {"name": "t", "kind": "user", **wishes}})
        (name,) = wishes
        assert (answer.status, answer.json()["errors"]) == (422, [f"A token has no field “{name}”."])
    assert (await api.ask("GET", "tokens")).json() == before


async def test_keys_tell_their_scopes_when_they_were_used_and_never_themselves(api: Api) -> None:
    reader = await key(api, scopes=["push", "read"])
    assert (await reader.ask("GET", "monitors")).status == 200
    for changed in (reader.token[:-1] + "?", reader.token + "x", "uk9_x", "uk1_"):
        assert (await Api(api.server, changed).ask("GET", "monitors")).status == 401
    async with api.server.logged_in("/page") as page:
        (row,) = (await page.call("resources", "api_key"))["resources"]
        assert row["values"]["scopes"] == ["push", "read"]
        assert row["lastUsed"] is not None
        assert reader.token.partition("_")[2] not in json.dumps(row)
        assert (await page.call("disableAPIKey", 1))["ok"] is True
        assert (await reader.ask("GET", "monitors")).status == 401
        assert (await page.call("enableAPIKey", 1))["ok"] is True
    assert (await reader.ask("GET", "monitors")).status == 200


async def test_pushing_by_the_number_of_a_monitor(api: Api) -> None:
    body = await api.made("monitors", MONITOR)
    one = f"monitors/{body['id']}"
    pusher = await key(api, scopes=["push"])
    pushed = await pusher.ask("POST", f"{one}/push", {"status": "down", "message": "late", "ping": 12})
    assert pushed.status == 204
    assert (await pusher.ask("GET", one)).status == 403
    state = (await api.ask("GET", one)).json()["state"]
    assert (state["status"], state["message"], state["ping"]) == ("down", "late", 12)
    assert (await pusher.ask("POST", f"{one}/push", {})).status == 204
    assert (await api.ask("GET", one)).json()["state"]["message"] == "OK"
    for wrong, pointer in (({"status": 1}, "/status"), ({"message": 1}, "/message"), ({"ping": -1}, "/ping")):
        answer = await pusher.ask("POST", f"{one}/push", wrong)
        assert (answer.status, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    await api.ask("POST", f"{one}/pause")
    assert (await pusher.ask("POST", f"{one}/push", {})).status == 422
    other = await api.made("monitors", {"name": "h", "type": "http", "url": "https://shop.example/"})
    assert (await pusher.ask("POST", f"monitors/{other['id']}/push", {})).status == 422
