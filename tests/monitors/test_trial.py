"""One check of what stands in a form: what it shows, what it keeps to itself, and what it leaves as it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.checks import monitor_types
from kuma_lite.core.clock import SystemClock
from kuma_lite.core.declarations import CheckResult, Runs
from kuma_lite.core.errors import UserError
from kuma_lite.core.redaction import hide_secrets
from kuma_lite.monitors import trial
from kuma_lite.monitors.service import Monitors
from kuma_lite.monitors.trial import KEEP_SECRET, MAX_RUNNING, PER_MINUTE, Trials
from kuma_lite.net.network import Network
from tests.checks.peers import Answer, Asked, Web, web_server
from tests.monitors.test_service import monitors_on
from tests.net.authority import Authority
from tests.support.actors import OWNER, STRANGER, VIEWER
from tests.support.storage import opened

WORD = "very-secret-word"


class Bench:
    """Trials with monitors of a fresh database."""

    def __init__(self, monitors: Monitors, network: Network) -> None:
        self.monitors = monitors
        self.trials = Trials(monitors, network, SystemClock())

    async def test(self, **fields: Any) -> dict[str, Any]:
        return await self.trials.run(OWNER, {"type": "http", "name": "m", "timeout": 5, **fields})

    async def refusal(self, actor: Any = OWNER, **fields: Any) -> UserError:
        with pytest.raises(UserError) as refused:
            await self.trials.run(actor, {"type": "http", "name": "m", "timeout": 5, **fields})
        return refused.value


@asynccontextmanager
async def benched(folder: Path) -> AsyncIterator[Bench]:
    network = Network()
    try:
        async with opened(folder) as storage:
            yield Bench(monitors_on(storage), network)
    finally:
        network.close()


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with benched(tmp_path) as made:
        yield made


async def test_an_answer_is_shown_with_its_phases(bench: Bench) -> None:
    async with web_server({"/": Answer(body=b"hello", headers={"Content-Type": "text/plain"})}) as web:
        found = await bench.test(url=f"http://127.0.0.1:{web.port}/")
    assert (found["status"], found["msg"], found["cannot"]) == (1, "200 - OK", False)
    assert isinstance(found["ping"], int)
    assert found["address"] == "127.0.0.1"
    timings = found["timings"]
    assert timings["tls"] is None
    assert 0 <= timings["dns"] + timings["connect"] + timings["firstByte"] <= timings["total"]
    assert timings["firstByte"] <= timings["answer"] <= timings["total"]
    answer = found["answer"]
    assert (answer["httpVersion"], answer["status"], answer["reason"]) == ("1.1", 200, "OK")
    assert ["Content-Type", "text/plain"] in answer["headers"]
    assert (answer["body"], answer["bodyBytes"], answer["cut"]) == ("hello", 5, False)
    assert found["certificate"] is None


async def test_nothing_is_kept(bench: Bench) -> None:
    async with web_server({"/": Answer(body=WORD.encode())}) as web:
        await bench.test(url=f"http://127.0.0.1:{web.port}/", basic_auth_pass=WORD, authMethod="basic")
        kept = await bench.monitors.add(OWNER, {"type": "http", "name": "k", "url": web.url("/")})
        await bench.test(id=kept.id, name="other")
        last = bench.monitors.recorder.last(kept.id)
    assert [monitor.name for monitor in bench.monitors.roster] == ["k"]
    assert last is None
    assert hide_secrets(f"about {WORD}") == f"about {WORD}"


async def test_a_failure_is_shown_as_far_as_it_came(bench: Bench) -> None:
    async with web_server({"/": Answer("503 Service Unavailable", b"busy")}) as web:
        found = await bench.test(url=f"http://127.0.0.1:{web.port}/")
        assert (found["status"], found["msg"]) == (0, "Request failed with status code 503")
        assert found["answer"]["body"] == "busy"
        upside = await bench.test(url=f"http://127.0.0.1:{web.port}/", upsideDown=True)
        assert upside["status"] == 1
        port = web.port
    refused = await bench.test(url=f"http://127.0.0.1:{port}/")
    assert (refused["status"], refused["answer"], refused["address"]) == (0, None, None)
    assert refused["msg"] == f"connect ECONNREFUSED 127.0.0.1:{port}"
    assert refused["timings"]["connect"] is None
    assert refused["timings"]["dns"] is not None


async def test_success_upside_down_is_a_failure(bench: Bench) -> None:
    async with web_server({"/": Answer()}) as web:
        found = await bench.test(url=f"http://127.0.0.1:{web.port}/", upsideDown=True)
    assert (found["status"], found["msg"]) == (0, "Flip UP to DOWN")


async def test_secrets_of_an_answer_are_not_shown(bench: Bench) -> None:
    def echo(asked: Asked) -> Answer:
        headers = {
            "Set-Cookie": f"id={WORD}",
            "X-Auth-Token": WORD,
            "WWW-Authenticate": "Basic",
            "X-Echo": WORD,
        }
        return Answer(body=repr(asked.headers).encode() + WORD.encode(), headers=headers)

    async with web_server({"/": echo}) as web:
        found = await bench.test(
            url=f"http://127.0.0.1:{web.port}/", authMethod="basic", basic_auth_user="u", basic_auth_pass=WORD
        )
    assert WORD not in repr(found)
    headers = dict(found["answer"]["headers"])
    assert headers["Set-Cookie"] == headers["X-Auth-Token"] == headers["X-Echo"] == "***"
    assert headers["WWW-Authenticate"] == "Basic"


async def test_the_answer_to_a_token_request_is_not_shown(bench: Bench) -> None:
    token = Answer(body=b'{"access_token": "tok-123456"}', headers={"Content-Type": "application/json"})
    async with web_server({"/token": token}) as web:
        fields = {
            "authMethod": "oauth2-cc", "oauth_client_id": "c", "oauth_client_secret": WORD,
            "oauth_token_url": f"http://127.0.0.1:{web.port}/token",
        }  # fmt: skip
        found = await bench.test(url="http://127.0.0.1:1/", **fields)
    assert found["msg"] == "connect ECONNREFUSED 127.0.0.1:1"
    assert "tok-123456" not in repr(found)


@pytest.mark.parametrize(
    ("body", "content_type", "shown", "cut"),
    [
        (b"a" * 3000, "text/html; charset=utf-8", "a" * 2048, True),
        (b"a" * 20_000, "application/json", "a" * 2048, True),
        (b"\x89PNG", "image/png", None, False),
        (b"a\0b", "text/plain", None, False),
        (("ä" * 10).encode("latin-1"), "text/plain; charset=iso-8859-1", "ä" * 10, False),
        (b"x" * 2040 + WORD.encode(), "text/plain", "x" * 2040 + "***", False),
    ],
)  # fmt: skip
async def test_the_beginning_of_a_text(
    bench: Bench, body: bytes, content_type: str, shown: str | None, cut: bool
) -> None:
    async with web_server({"/": Answer(body=body, headers={"Content-Type": content_type})}) as web:
        found = await bench.test(
            url=f"http://127.0.0.1:{web.port}/", authMethod="basic", basic_auth_user="u", basic_auth_pass=WORD
        )
    assert (found["answer"]["body"], found["answer"]["cut"]) == (shown, cut)
    assert found["answer"]["bodyBytes"] == len(body)


async def test_what_cannot_be_tested_says_why(bench: Bench) -> None:
    for kind in monitor_types():
        assert bool(kind.untestable) == (kind.runs is Runs.SERVER or kind.name == "manual"), kind.name
        if kind.untestable:
            assert (await bench.refusal(type=kind.name)).message == kind.untestable
    assert "cannot be checked" in (await bench.refusal(type="no-such-type")).message


async def test_it_is_refused_as_saving_is(bench: Bench) -> None:
    assert (await bench.refusal(url="http://x/", headers="{")).message.startswith(
        "Headers must be valid JSON"
    )
    assert (await bench.refusal(url="http://x/", interval=0)).message.startswith("Interval cannot be less")
    assert (await bench.refusal(url="http://x/", proxyIdd=1)).message.startswith("A monitor has no field")
    assert (await bench.refusal(url="http://x/", parent=99)).message == "The monitor group does not exist."
    assert (await bench.refusal(id=99)).message == "The monitor does not exist."


async def test_only_whoever_may_edit_the_monitor_gets_its_secrets(bench: Bench) -> None:
    kept = await bench.monitors.add(OWNER, {"type": "http", "name": "k", "url": "http://127.0.0.1:1/"})
    for actor in (STRANGER, VIEWER):
        assert (await bench.refusal(actor, id=kept.id)).message in (
            "The monitor does not exist.",
            "Permission denied.",
        )


async def _stored(bench: Bench, web: Web) -> dict[str, Any]:
    fields = {
        "type": "http", "url": f"http://127.0.0.1:{web.port}/", "authMethod": "basic", "basic_auth_user": "u",
        "proxyId": None, "port": None,
    }  # fmt: skip
    kept = await bench.monitors.add(OWNER, {"name": "k", **fields, "basic_auth_pass": WORD})
    return {**fields, "id": kept.id}


async def test_a_stored_secret_goes_where_it_went_before(bench: Bench) -> None:
    async with web_server({"/": Answer(), "/deep": Answer()}) as web:
        form = await _stored(bench, web)
        await bench.test(**form)
        await bench.test(**form, basic_auth_pass=KEEP_SECRET)
        await bench.test(**{**form, "url": f"http://127.0.0.1:{web.port}/deep"})
        sent = {asked.header("Authorization") for asked in web.asked}
        assert len(web.asked) == 3 and len(sent) == 1 and None not in sent


async def test_a_stored_secret_goes_nowhere_else(bench: Bench) -> None:
    async with web_server({"/": Answer()}) as web, web_server({"/": Answer()}) as foreign:
        form = await _stored(bench, web)
        elsewhere = (
            {"url": f"http://127.0.0.1:{foreign.port}/"},
            {"url": f"http://localhost:{web.port}/"},
            {"url": f"https://127.0.0.1:{web.port}/"},
            {"ignoreTls": True},
            {"type": "keyword", "keyword": "x"},
            {"oauth_token_url": f"http://127.0.0.1:{foreign.port}/"},
        )
        for change in elsewhere:
            for kept in ({}, {"basic_auth_pass": KEEP_SECRET}):
                refused = await bench.refusal(**{**form, **change, **kept})
                assert refused.extra == {"field": "basic_auth_pass"}, change
        assert web.asked == foreign.asked == []
        await bench.test(**{**form, **elsewhere[0]}, basic_auth_pass="typed again")
        assert len(foreign.asked) == 1


async def test_nobody_has_the_secret_of_a_new_monitor(bench: Bench) -> None:
    refused = await bench.refusal(url="http://127.0.0.1:1/", basic_auth_pass=KEEP_SECRET)
    assert refused.message == "A secret is not given, and no monitor that has it."


async def test_a_test_ends_in_time(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "LIMIT_S", 0.05)
    hung = asyncio.Event()

    async def hang(*_: Any) -> CheckResult:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            hung.set()
        raise AssertionError

    monkeypatch.setattr(type(monitor_types().get("http")), "check", hang)
    found = await bench.test(url="http://127.0.0.1:1/", timeout=3600)
    assert (found["status"], found["timeout"]) == (0, 20)
    assert found["msg"] == "The test was ended after 0.05 seconds."
    assert hung.is_set()


async def test_only_so_many_run_at_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go = asyncio.Semaphore(0), asyncio.Event()

    async def wait(*_: Any) -> CheckResult:
        begun.release()
        await go.wait()
        return CheckResult("OK")

    monkeypatch.setattr(type(monitor_types().get("http")), "check", wait)
    running = [asyncio.create_task(bench.test(url="http://x/")) for _ in range(MAX_RUNNING)]
    for _ in running:
        await begun.acquire()
    assert (await bench.refusal(url="http://x/")).status == 429
    go.set()
    assert {found["msg"] for found in await asyncio.gather(*running)} == {"OK"}
    assert (await bench.test(url="http://x/"))["status"] == 1


async def test_only_so_many_a_minute(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    async def check(*_: Any) -> CheckResult:
        return CheckResult("OK")

    monkeypatch.setattr(type(monitor_types().get("http")), "check", check)
    for _ in range(PER_MINUTE):
        await bench.test(url="http://x/")
    assert (await bench.refusal(url="http://x/")).status == 429


async def test_a_fault_of_ours_says_nothing_about_the_target(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def check(*_: Any) -> CheckResult:
        raise ZeroDivisionError

    monkeypatch.setattr(type(monitor_types().get("http")), "check", check)
    found = await bench.test(url="http://x/")
    assert (found["status"], found["cannot"]) == (2, True)
    assert found["msg"] == "The check itself has a fault (ZeroDivisionError)."


async def test_a_handshake_is_shown_with_its_certificate(bench: Bench) -> None:
    tls = Authority.create().server("localhost").server_context()
    async with web_server({"/": Answer()}, tls) as web:
        found = await bench.test(url=f"https://127.0.0.1:{web.port}/", ignoreTls=True)
        assert (found["status"], found["certificate"]["valid"]) == (1, False)
        assert found["certificate"]["certInfo"]["daysRemaining"] > 0
        assert found["timings"]["tls"] > 0
        # The second look at the certificate is no part of the check.
        refused = await bench.test(url=f"https://127.0.0.1:{web.port}/")
        assert (refused["status"], refused["answer"]) == (0, None)
        assert refused["certificate"]["valid"] is False
        assert refused["timings"]["firstByte"] is None
