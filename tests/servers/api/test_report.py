"""A report is answered without the framework exactly as the framework would."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import pytest_asyncio

from kuma_lite.core.access import Right
from kuma_lite.core.clock import SystemClock, to_ms
from kuma_lite.core.doors import Doors, QuickRoute
from kuma_lite.core.errors import StorageTrouble
from kuma_lite.core.iso_time import iso
from kuma_lite.core.limits import MAX_BODY_BYTES
from kuma_lite.servers.api.report import PATH
from kuma_lite.servers.service import Servers
from kuma_lite.web.quick_routes import QuickRoutes
from tests.servers.api.test_servers import Api, api
from tests.servers.reports import report


class Answer(NamedTuple):
    """All that a client sees but the date."""

    line: bytes
    headers: frozenset[bytes]
    body: bytes


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    async with api(Path(tmp_path_factory.mktemp("report")) / "data") as found:
        await found.appliance._ground.settings.save_general({"apiCorsOrigins": ["https://ours.example"]})
        yield found


async def sent(running: Api, head: str, body: bytes, *, ends: bool = False) -> Answer:
    """What comes back for a request as it goes over the wire; `ends`: the client sends no more after it."""
    address = running.url.removeprefix("http://")
    reader, writer = await asyncio.open_connection(*address.split(":"))
    lines = head.format(host=address, token=running.token, length=len(body)).split("\n")
    writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + body)
    if ends:
        writer.write_eof()
    raw = await asyncio.wait_for(reader.read(), 30)
    writer.close()
    top, _, rest = raw.partition(b"\r\n\r\n")
    line, *headers = top.split(b"\r\n")
    return Answer(line, frozenset(one for one in headers if not one.lower().startswith(b"date:")), rest)


async def both(running: Api, head: str, body: bytes, *, ends: bool = False) -> tuple[Answer, Answer, int]:
    """Without the framework, with it, and how often the former was answered by the quick route."""
    assert running.appliance.web is not None
    app: Any = running.appliance.web.app
    quick, count = app._quick, 0

    class Counting:
        async def answers(self, *request: Any) -> bool:
            nonlocal count
            answered: bool = await quick.answers(*request)
            count += answered
            return answered

    try:
        app._quick = Counting()
        first = await sent(running, head, body, ends=ends)
        app._quick = QuickRoutes([])
        return first, await sent(running, head, body, ends=ends), count
    finally:
        app._quick = quick


NOW = to_ms(SystemClock().now())
GOOD = report(iso(NOW), cpu_used=1, mem_used_b=2)
USUAL = f"POST {PATH} HTTP/1.1\nHost: {{host}}\nAuthorization: Bearer {{token}}\nContent-Length: {{length}}"
BROKEN = {"attributes": {"motherboard_id": ""}, "agent_version": 1, "metrics": {}}
HALF = report("1970-01-01", cpu_used=1, load_1=-1, nonsense=5)
MANY = report(iso(NOW), **{f"nonsense_{number}_{'x' * 60}": 1 for number in range(30)})
BARE = USUAL.replace("Bearer {token}", "{token}")

QUICK = {
    "good": (USUAL, GOOD, b"201"),
    "a bare token": (BARE, GOOD, b"201"),
    "a slash at the end": (USUAL.replace(f"{PATH} ", f"{PATH}/ "), GOOD, b"201"),
    "a query": (USUAL.replace(f"{PATH} ", f"{PATH}?x=%ff "), GOOD, b"201"),
    "half of it does not fit": (USUAL, HALF, b"201"),
    "no JSON": (USUAL, b"{", b"422"),
    "no UTF-8": (USUAL, b"\xff\xfe{}", b"422"),
    "nothing": (USUAL, b"", b"422"),
    "a list": (USUAL, b"[]", b"422"),
    "nobody's": (USUAL, json.dumps(BROKEN).encode(), b"422"),
    "long and compressed": (f"{USUAL}\nAccept-Encoding: gzip", MANY, b"201"),
    "long and plain": (USUAL, MANY, b"201"),
    "a page that may": (f"{USUAL}\nOrigin: https://ours.example", GOOD, b"201"),
    "a kind of body": (f"{USUAL}\nContent-Type: text/plain", GOOD, b"201"),
}
ORDINARY = {
    "a page that may not": (f"{USUAL}\nOrigin: https://theirs.example", GOOD, b"403"),
    "no token": (USUAL.replace("Authorization", "X-Other"), GOOD, b"401"),
    "a wrong token": (USUAL.replace("{token}", "klp_" + "x" * 40), GOOD, b"401"),
    "two tokens": (f"{USUAL}\nAuthorization: Bearer x", GOOD, b"201"),
    "too large": (USUAL, b"x" * (MAX_BODY_BYTES + 1), b"413"),
    "in chunks": (
        USUAL.replace("Content-Length: {length}", "Transfer-Encoding: chunked"),
        b"%x\r\n%b\r\n0\r\n\r\n" % (len(GOOD), GOOD),
        b"201",
    ),
    "another method": (USUAL.replace("POST", "PUT"), GOOD, b"405"),
    "reading": (f"GET {PATH} HTTP/1.1\nHost: {{host}}\nAuthorization: Bearer {{token}}", b"", b"405"),
    "asking beforehand": (
        f"OPTIONS {PATH} HTTP/1.1\nHost: {{host}}\nOrigin: https://ours.example\n"
        "Access-Control-Request-Method: POST",
        b"",
        b"204",
    ),
}


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", [*QUICK, *ORDINARY])
async def test_the_answers_are_the_same(running: Api, name: str) -> None:
    head, body, status = (QUICK | ORDINARY)[name]
    quick, framework, count = await both(running, head, body)
    assert quick == framework
    assert quick.line.split(b" ")[1] == status
    assert count == (name in QUICK)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_body_that_breaks_off(running: Api) -> None:
    head = USUAL.replace("{length}", str(len(GOOD)))
    quick, framework, count = await both(running, head, GOOD[:-10], ends=True)
    assert quick == framework and count in (0, 1)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("error", "status"), [(StorageTrouble("The disk is full."), b"503"), (KeyError("secret"), b"500")]
)
async def test_trouble_is_told_the_same(
    running: Api,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    status: bytes,
) -> None:
    async def fails(*_: Any) -> None:
        raise error

    monkeypatch.setattr(Servers, "take_report", fails)
    quick, framework, count = await both(running, USUAL, GOOD)
    assert quick == framework and count == 1
    assert quick.line.split(b" ")[1] == status and b"secret" not in quick.body
    bugs = [one.getMessage() for one in caplog.records if one.levelname == "ERROR"]
    assert bugs == ([f"POST {PATH} failed"] * 2 if status == b"500" else [])


@pytest.mark.asyncio(loop_scope="module")
async def test_a_token_that_opens_less(running: Api) -> None:
    wishes = {"token": {"name": "reader", "kind": "user", "scopes": ["read"]}}
    made = await running.ask("POST", "tokens", running.session, json=wishes)
    assert made.status == 201, made.text
    reader = Api(running.url, running.session, made.json()["token"], running.appliance)
    quick, framework, count = await both(reader, USUAL, GOOD)
    assert quick == framework and count == 0
    assert quick.line.split(b" ")[1] == b"403"


@pytest.mark.asyncio(loop_scope="module")
async def test_the_same_key_stores_a_report_once(running: Api) -> None:
    found = [await sent(running, f"{USUAL}\nIdempotency-Key: k", GOOD) for _ in range(2)]
    assert found[0].body == found[1].body
    assert any(one.lower() == b"idempotent-replayed: true" for one in found[1].headers)


def test_no_route_whose_requests_are_counted_is_quick() -> None:
    async def handler(*_: Any) -> None:
        raise AssertionError

    with pytest.raises(ValueError, match="are counted"):
        QuickRoutes([Doors(quick=[QuickRoute("/api/v1/x", Right.SERVERS_EDIT, handler, 200)])])
