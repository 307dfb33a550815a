"""HTTP: small addresses, hot routes, the API's guard and its errors."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from litestar import Request, get, post
from litestar.params import JSONBody
from msgspec import Struct

from kuma_lite.core.doors import Access, Doors, Push, RawRoute
from kuma_lite.core.errors import INTERNAL_ERROR, UserError
from kuma_lite.web.document import referring
from kuma_lite.web.respond import respond_json
from tests.support import http
from tests.support.frame import Server, frame

PUBLIC = {"access": Access.PUBLIC}


class Body(Struct):
    name: str


@get("/api/v1/public", opt=PUBLIC)
async def public() -> dict[str, bool]:
    return {"ok": True}


@get("/api/v1/mine", opt={"access": Access.USER})
async def mine(request: Request[Any, Any, Any]) -> dict[str, Any]:
    return {"user": request.user.username, "id": request.user.user_id}


@get("/api/v1/forgotten")
async def forgotten() -> dict[str, bool]:
    return {"ok": True}


@post("/api/v1/body", opt=PUBLIC)
async def body(data: JSONBody[Body]) -> dict[str, str]:
    return {"name": data.name}


@get("/api/v1/refusal", opt=PUBLIC)
async def refusal() -> None:
    raise UserError("There is none.", status=404, extra={"meta": 1})


@get("/api/v1/bug", opt=PUBLIC)
async def bug() -> None:
    raise RuntimeError("secret detail")


def features(push: Push) -> Sequence[Doors]:
    async def hot(scope: Any, receive: Any, send: Any) -> None:
        await respond_json(scope, send, {"path": scope["path"]})

    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError("hot bug")

    return [
        Doors(
            routes=lambda: [public, mine, forgotten, body, refusal, bug],
            raw=[
                RawRoute("/api/push/", hot, ignore_case=True),
                RawRoute("/metrics", hot),
                RawRoute("/broken", broken),
            ],
        )
    ]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with frame(tmp_path, features, probes={"database": lambda: None}) as running:
        yield running


# --- Hot routes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "served"),
    [
        ("GET", "/api/push/TOKEN", "/api/push/TOKEN"),
        ("POST", "/API/Push/Token?status=up", "/API/Push/Token"),
        ("GET", "/metrics", "/metrics"),
    ],
)
async def test_hot_routes(server: Server, method: str, path: str, served: str) -> None:
    answer = await http.request(method, server.url + path)
    assert answer.json() == {"path": served}
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"


@pytest.mark.parametrize("path", ["/Metrics", "/metrics/x", "/api/pushy"])
async def test_what_only_looks_like_a_hot_route_is_the_page(server: Server, path: str) -> None:
    answer = await http.get(server.url + path)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


async def test_a_bug_in_a_hot_route_is_answered(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = await http.get(server.url + "/broken")
    assert answer.status == 500
    assert "hot bug" not in answer.text
    assert "hot bug" in caplog.text


# --- Small addresses ---------------------------------------------------------------------------------------


async def test_entry_page_of_a_fresh_server(server: Server) -> None:
    answer = await http.get(server.url + "/api/entry-page", headers={"Origin": "https://elsewhere.example"})
    assert answer.json() == {"type": "entryPage", "entryPage": None}
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    ("saved", "answered", "location"),
    [
        ({"entryPage": "dashboard"}, {"entryPage": "dashboard"}, "/dashboard"),
        ({"entryPage": "statusPage-main"}, {"entryPage": "statusPage-main"}, "/status/main"),
        ({}, {}, "/dashboard"),
    ],
)
async def test_entry_page(server: Server, saved: Any, answered: Any, location: str) -> None:
    await server.settings.save_general(saved)
    assert (await http.get(server.url + "/api/entry-page")).json() == {"type": "entryPage", **answered}
    answer = await http.get(server.url + "/")
    assert (answer.status, answer.headers["location"]) == (302, location)
    assert answer.text == f"Found. Redirecting to {location}"


@pytest.mark.parametrize(("allowed", "text"), [(False, "Disallow: /"), (True, "Disallow:")])
async def test_robots(server: Server, allowed: bool, text: str) -> None:
    await server.settings.save_general({"searchEngineIndex": allowed})
    answer = await http.get(server.url + "/robots.txt")
    assert answer.text == f"User-agent: *\n{text}"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


async def test_small_answers(server: Server) -> None:
    info = await http.get(server.url + "/setup-database-info")
    assert info.json() == {"runningSetup": False, "needSetup": False}
    assert info.headers["content-type"] == "application/json; charset=utf-8"
    changing = await http.get(server.url + "/.well-known/change-password")
    assert (changing.status, changing.headers["location"]) == (302, "/settings/security")
    options = await http.request("OPTIONS", server.url + "/api/entry-page")
    assert (options.status, options.text) == (200, "GET,HEAD")
    assert (await http.request("POST", server.url + "/api/entry-page")).status == 404


async def test_frames_of_other_sites_can_be_allowed(tmp_path: Path) -> None:
    async with frame(tmp_path, same_origin_frames=False) as server:
        answer = await http.get(server.url + "/dashboard")
    assert "x-frame-options" not in answer.headers
    assert "frame-ancestors" not in answer.headers["content-security-policy"]


# --- Health ------------------------------------------------------------------------------------------------


async def test_health(server: Server) -> None:
    assert (await http.get(server.url + "/healthz")).json() == {"status": "ok"}
    ready = await http.get(server.url + "/readyz")
    assert (ready.status, ready.json()) == (200, {"status": "ready", "problems": {}, "notes": {}})


async def test_readiness_names_what_is_wrong(tmp_path: Path) -> None:
    def breaks() -> str:
        raise RuntimeError("secret detail")

    probes = {"database": lambda: "The disk is full.", "scheduler": lambda: None, "other": breaks}
    async with frame(tmp_path, probes=probes) as server:
        answer = await http.get(server.url + "/readyz")
        assert (await http.get(server.url + "/healthz")).status == 200
    assert answer.status == 503
    problems = answer.json()["problems"]
    assert problems["database"] == "The disk is full."
    assert set(problems) == {"database", "other"}
    assert "secret detail" not in answer.text


# --- The API -----------------------------------------------------------------------------------------------


async def test_public_routes_are_open(server: Server) -> None:
    assert (await http.get(server.url + "/api/v1/public")).json() == {"ok": True}


@pytest.mark.parametrize(
    "path", ["/api/v1/public/", "//api/v1/public", "/api/v1//public?a=/", "//api/v1/public//"]
)
async def test_a_slash_too_many_leads_to_the_same_route(server: Server, path: str) -> None:
    assert (await http.get(server.url + path)).json() == {"ok": True}


@pytest.mark.parametrize("path", ["/api/v1/mine", "/api/v1/mine/", "//api/v1/mine", "/api/v1/forgotten"])
@pytest.mark.parametrize("token", [None, "Bearer nonsense", "Bearer ", "Basic YTpi", "mine"])
async def test_routes_are_closed_without_a_session(server: Server, path: str, token: str | None) -> None:
    await server.set_up()
    answer = await http.get(server.url + path, headers={"Authorization": token} if token else {})
    assert (answer.status, answer.json()) == (401, {"error": "Unauthorized"})


async def test_a_session_token_opens_routes(server: Server) -> None:
    await server.set_up()
    token = await server.token()
    for scheme in ("Bearer", "bearer"):
        answer = await http.get(server.url + "/api/v1/mine", headers={"Authorization": f"{scheme} {token}"})
        assert answer.json() == {"user": "admin", "id": 1}


async def test_with_authentication_off_everybody_is_the_first_user(server: Server) -> None:
    await server.settings.save_general({"disableAuth": True})
    assert (await http.get(server.url + "/api/v1/mine")).status == 401, "there is no user yet"
    await server.set_up()
    assert (await http.get(server.url + "/api/v1/mine")).json() == {"user": "admin", "id": 1}


async def test_refusals_and_bugs(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    answer = await http.get(server.url + "/api/v1/refusal")
    assert (answer.status, answer.json()) == (404, {"error": "Not Found"})
    with caplog.at_level(logging.ERROR):
        answer = await http.get(server.url + "/api/v1/bug")
    assert (answer.status, answer.json()) == (500, {"error": INTERNAL_ERROR})
    assert "secret detail" not in answer.text
    assert caplog.text.count("RuntimeError: secret detail") == 1


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/none", 404),
        ("OPTIONS", "/api/v1/none", 404),
        ("GET", "/api/v1/openapi.json/none", 404),
        ("GET", "/api/v1/none/", 404),
        ("DELETE", "/api/v1/public", 405),
        ("DELETE", "/api/v1/public/", 405),
        ("GET", "/api/v1", 404),
        ("GET", "/api/v1/", 404),
    ],
)
async def test_unknown_api_addresses_are_json(server: Server, method: str, path: str, status: int) -> None:
    answer = await http.request(method, server.url + path)
    sentence = {404: "Not Found", 405: "Method not allowed"}[status]
    assert (answer.status, answer.json()) == (status, {"error": sentence})
    assert answer.headers.get("allow") == ("GET, OPTIONS" if status == 405 else None)


@pytest.mark.parametrize("path", ["/api/v1/public", "/api/v1/mine", "/api/v1/openapi.json"])
async def test_everybody_may_ask_for_the_methods_of_a_route(server: Server, path: str) -> None:
    await server.set_up()
    for token in (None, "nonsense", await server.token()):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = await http.request("OPTIONS", server.url + path, headers=headers)
        assert (answer.status, answer.body, answer.headers["allow"]) == (204, b"", "GET, OPTIONS")


@pytest.mark.parametrize(
    ("content", "status"),
    [(b'{"name":"x"}', 201), (b'{"name":', 400), (b"{}", 400), (b"", 400), (b"x" * 1_000_001, 413)],
)
async def test_bodies(server: Server, content: bytes, status: int) -> None:
    answer = await http.request(
        "POST", server.url + "/api/v1/body", body=content, headers={"Content-Type": "application/json"}
    )
    assert answer.status == status
    if status != 201:
        assert answer.json().keys() == {"error"}


async def test_many_first_requests_make_one_framework(server: Server) -> None:
    """(The fixture's server has not been asked for a route yet.)"""
    answers = await asyncio.gather(*(http.get(server.url + "/api/v1/public") for _ in range(20)))
    assert {answer.status for answer in answers} == {200}


def test_an_idle_server_imports_no_library_that_it_does_not_use() -> None:
    """No framework before the first route, no pydantic before the first monitor."""
    unused = ("litestar", "yaml", "anyio", "pydantic", "cryptography", "dns", "email", "tomllib")
    program = (
        "import sys, kuma_lite.cli.serve, kuma_lite.appliance.build; "
        f"print([name for name in {unused} if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_framework_brings_no_pydantic_along() -> None:
    """Version 1, which nobody uses, would cost a quarter of a second besides."""
    program = (
        "import sys; from kuma_lite.web.rest import build_rest; build_rest([], None); "
        "print([name for name in ('pydantic', 'litestar.plugins.pydantic') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


async def test_openapi_describes_the_api_and_nothing_else(server: Server) -> None:
    answer = await http.get(server.url + "/api/v1/openapi.json")
    document = answer.json()
    assert document["info"]["title"] == "Kuma Lite"
    assert "/api/v1/body" in document["paths"]
    assert [path for path in document["paths"] if not path.startswith("/api/v1/")] == []
    assert document["components"]["schemas"]["Body"]["required"] == ["name"]
    assert document["paths"]["/api/v1/mine"]["get"]["security"] == [{"session": []}]
    for name in ("token", "session"):
        scheme = document["components"]["securitySchemes"][name]
        assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")


def test_a_schema_with_a_title_is_told_once() -> None:
    inner = {"title": "Inner", "type": "object", "properties": {"title": {"type": "string"}}}
    outer = {"title": "Outer", "type": "object", "properties": {"one": inner, "all": {"items": inner}}}
    told: dict[str, Any] = {}
    document = {"info": {"title": "Not a schema"}, "paths": [{"schema": outer}, {"schema": inner}]}
    reference = {"$ref": "#/components/schemas/Inner"}
    assert referring(document, told) == {
        "info": {"title": "Not a schema"},
        "paths": [{"schema": {"$ref": "#/components/schemas/Outer"}}, {"schema": reference}],
    }
    assert told["Inner"] == inner and told["Outer"]["properties"] == {
        "one": reference,
        "all": {"items": reference},
    }
    with pytest.raises(ValueError, match="two schemas are called 'Inner'"):
        referring({**inner, "type": "string"}, told)
