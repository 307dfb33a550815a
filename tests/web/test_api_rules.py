"""What the API does for every route: limits, idempotency keys, pages of other sites, compression."""

from __future__ import annotations

import asyncio
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.core.clock import ManualClock
from kuma_lite.core.database import Database
from kuma_lite.core.records import replace
from kuma_lite.web import answers_store
from kuma_lite.web.answers_store import KEPT_MS, Answer
from kuma_lite.web.api_rates import ApiRates
from kuma_lite.web.compression import accepts_gzip
from tests.management.test_api import Api, api
from tests.support import http

__all__ = ["api"]
TAG = {"name": "a", "color": "#000000"}


async def tags(api: Api) -> int:
    found: int = (await api.ask("GET", "tags")).json()["total"]
    return found


async def test_the_same_key_does_nothing_twice(api: Api) -> None:
    key = {"Idempotency-Key": "k-1"}
    first = await api.ask("POST", "tags", TAG, **key)
    again = await api.ask("POST", "tags", TAG, **key)
    assert (first.status, again.status, again.body) == (201, 201, first.body)
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    other = await api.ask("POST", "tags", {**TAG, "name": "b"}, **key)
    assert (other.status, other.headers["content-type"]) == (422, "application/problem+json")
    elsewhere = await api.ask("POST", "monitors", TAG, **key)
    assert elsewhere.status == 422
    assert await tags(api) == 1
    assert (await api.ask("POST", "tags", TAG, **{"Idempotency-Key": "k-2"})).status == 201
    assert await tags(api) == 2


async def test_what_was_refused_is_tried_again(api: Api) -> None:
    key = {"Idempotency-Key": "k"}
    plan = {"name": "x", "type": "push", "tags": [{"tag": 1}]}
    assert (await api.ask("POST", "monitors", plan, **key)).status == 422
    await api.made("tags", TAG)
    assert (await api.ask("POST", "monitors", plan, **key)).status == 201


async def test_two_at_once_are_one(api: Api) -> None:
    key = {"Idempotency-Key": "k"}
    found = await asyncio.gather(*(api.ask("POST", "tags", TAG, **key) for _ in range(8)))
    assert {answer.status for answer in found} <= {201, 409}
    assert len({answer.body for answer in found if answer.status == 201}) == 1
    assert await tags(api) == 1


async def test_of_another_token_the_same_key_is_another(api: Api) -> None:
    key = {"Idempotency-Key": "k"}
    made = await api.ask("POST", "tokens", {"token": {"name": "t", "kind": "user"}}, **key)
    other = Api(api.server, made.json()["token"])
    assert (await other.ask("POST", "tags", TAG, **key)).status == 201
    # A token is shown again to whom it was shown, and stands in no file.
    again = await api.ask("POST", "tokens", {"token": {"name": "t", "kind": "user"}}, **key)
    assert again.json()["token"] == made.json()["token"]
    rows: Any = await api.server.appliance._ground.database.read(
        lambda db: db.execute("SELECT body FROM api_answer").fetchall()
    )
    assert len(rows) == 1
    assert made.json()["token"] not in str(rows)
    uuid = made.json()["uuid"]
    assert (await api.ask("DELETE", f"tokens/{uuid}")).status == 204
    assert (await other.ask("POST", "tags", TAG, **key)).status == 401


@pytest.mark.parametrize("key", ["", "a b", "x" * 256])
async def test_what_is_no_key(api: Api, key: str) -> None:
    answer = await api.ask("POST", "tags", TAG, **{"Idempotency-Key": key})
    assert answer.status == 422
    assert await tags(api) == 0


async def test_answers_are_kept_for_a_day_and_not_without_end(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "x.db", clock=ManualClock())
    answer = Answer("r", 1_000, 201, {"etag": "x"}, b"{}")
    try:
        await database.write(lambda db: answers_store.keep(db, "a", answer))
        assert await database.read(lambda db: answers_store.find(db, "a", KEPT_MS + 999)) == answer
        assert await database.read(lambda db: answers_store.find(db, "a", KEPT_MS + 1_000)) is None
        later = replace(answer, created=KEPT_MS + 1_000)
        await database.write(lambda db: answers_store.keep(db, "b", later))
        rows: Any = await database.read(lambda db: db.execute("SELECT id FROM api_answer").fetchall())
        assert rows == [("b",)]
    finally:
        await database.close()


def test_how_many_requests_a_minute() -> None:
    clock = ManualClock()
    rates = ApiRates(clock, 2)
    names = ("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "retry-after")

    def take(token: str) -> tuple[Any, ...]:
        allowed, headers = rates.take(token)
        return (allowed, *(headers.get(name) for name in names))

    assert take("a") == (True, "2", "1", "60", None)
    clock.advance(10)
    assert take("a") == (True, "2", "0", "50", None)
    assert take("b") == (True, "2", "1", "60", None)
    assert take("a") == (False, "2", "0", "50", "50")
    clock.advance(50)
    assert take("a") == (True, "2", "1", "60", None)


async def test_who_asks_too_often_is_told_when_to_come_back(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await api.ask("GET", "tags")
    assert first.headers["ratelimit-limit"] == "3000"
    assert int(first.headers["ratelimit-remaining"]) < 3000
    monkeypatch.setattr(
        ApiRates, "take", lambda *_: (False, {"ratelimit-remaining": "0", "retry-after": "7"})
    )
    for path in ("tags", "servers"):
        refused = await api.ask("GET", path)
        assert (refused.status, refused.headers["retry-after"]) == (429, "7")
    report = await api.ask("POST", "server_metrics", {})
    assert report.status == 422
    assert "ratelimit-limit" not in (await http.get(f"{api.server.url}/api/v1/openapi.json")).headers


SHOP = "https://shop.example"


async def allow(api: Api, value: Any, **more: Any) -> None:
    await api.server.appliance._ground.settings.save_general({"apiCorsOrigins": value, **more})


async def asked(api: Api, method: str = "GET", **headers: str) -> http.Response:
    given = {"Authorization": f"Bearer {api.token}", "Content-Type": "application/json", **headers}
    body = json.dumps(TAG).encode() if method == "POST" else b""
    return await http.request(method, f"{api.server.url}/api/v1/tags", headers=given, body=body)


async def test_other_sites_use_the_api_only_when_they_are_named(api: Api) -> None:
    for value, allowed in ((None, False), ([], False), ([SHOP + "/"], True), (f"https://a.b, {SHOP}", True),
                           (["*"], True), ("https://other.example", False)):  # fmt: skip
        await allow(api, value)
        preflight = await asked(api, "OPTIONS", Origin=SHOP, **{"Access-Control-Request-Method": "POST"})
        answer = await asked(api, Origin=SHOP)
        written = await asked(api, "POST", Origin=SHOP)
        assert written.status == (201 if allowed else 403)
        for one in (preflight, answer, written):
            assert one.headers.get("access-control-allow-origin") == (SHOP if allowed else None)
            assert "access-control-allow-credentials" not in one.headers
        if allowed:
            assert "Idempotency-Key" in preflight.headers["access-control-allow-headers"]
            assert "PATCH" in preflight.headers["access-control-allow-methods"]
            assert "ETag" in answer.headers["access-control-expose-headers"]


async def test_where_nobody_logs_in_not_every_site_may(api: Api) -> None:
    await allow(api, ["*"], disableAuth=True)
    assert (await asked(api, "POST", Origin=SHOP)).status == 403
    await allow(api, [SHOP], disableAuth=True)
    assert (await asked(api, "POST", Origin=SHOP)).status == 201


async def test_long_answers_are_compressed(api: Api) -> None:
    for number in range(40):
        await api.made("tags", {**TAG, "name": f"tag {number}"})
    plain = await asked(api)
    packed = await asked(api, **{"Accept-Encoding": "br, gzip;q=0.8"})
    assert (packed.headers["content-encoding"], packed.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 4
    assert "content-encoding" not in (await asked(api, **{"Accept-Encoding": "gzip;q=0"})).headers
    short = await http.get(f"{api.server.url}/api/v1/nothing", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in short.headers


@pytest.mark.parametrize(
    ("value", "yes"),
    [
        (None, False),
        ("", False),
        ("gzip", True),
        ("br,GZIP", True),
        ("*", True),
        ("gzip; q=0", False),
        ("x-gzip", False),
    ],
)
def test_who_reads_gzip(value: str | None, yes: bool) -> None:
    assert accepts_gzip(value) is yes
