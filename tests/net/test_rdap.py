from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.clock import ManualClock
from kuma_lite.net.network import Network
from kuma_lite.net.rdap import DAY_S, RETRY_S, WEEK_S, Looked, Rdap, expiry_of, servers_of
from tests.checks.peers import Answer
from tests.peers.registry import Registry, running

END = 1_893_456_000.0  # 2030-01-01


@pytest.fixture
async def clock() -> ManualClock:
    return ManualClock(1_800_000_000.0)


@pytest.fixture
async def registry(tmp_path: Path) -> AsyncIterator[Registry]:
    async with running(tmp_path) as found:
        yield found


@pytest.fixture
async def rdap(clock: ManualClock, registry: Registry) -> AsyncIterator[Rdap]:
    network = Network(clock)
    network.rdap.bootstrap_url = registry.bootstrap_url
    yield network.rdap
    network.close()


async def test_a_domain_is_asked_for_once_a_day_by_whomever(
    rdap: Rdap, registry: Registry, clock: ManualClock
) -> None:
    found = await asyncio.gather(*(rdap.look_up("example.com") for _ in range(5)))
    assert {each.expiry for each in found} == {END}
    clock.advance(DAY_S - 1)
    await rdap.look_up("example.com")
    assert registry.asked == ["/rdap/domain/example.com"]
    registry.knows("example.com", "2031-01-01T00:00:00.5Z")
    clock.advance(1)
    assert (await rdap.look_up("example.com")).expiry == pytest.approx(END + 365 * DAY_S + 0.5)
    assert len(registry.asked) == 2


async def test_the_list_of_servers_is_fetched_once_a_week(
    rdap: Rdap, registry: Registry, clock: ManualClock
) -> None:
    assert rdap.server_of("com") == "https://rdap.verisign.com/com/v1/"  # vendored
    await rdap.look_up("example.com")
    assert rdap.server_of("com") == registry.web.url("/rdap/")
    clock.advance(DAY_S)
    await rdap.look_up("example.com")
    assert registry.bootstraps == 1
    clock.advance(WEEK_S)
    await rdap.look_up("example.com")
    assert registry.bootstraps == 2


@pytest.mark.parametrize("instead", [Answer("500 Oops"), Answer(body=b"[]"), Answer(body=b'{"services": 5}')])
async def test_without_the_list_the_vendored_one_serves(
    rdap: Rdap, registry: Registry, clock: ManualClock, instead: Answer
) -> None:
    registry.bootstrap = instead
    looked = await rdap.look_up("example.nowhere-at-all")
    assert looked.trouble == "Its registry has no RDAP server."
    assert rdap.server_of("com") == "https://rdap.verisign.com/com/v1/"
    clock.advance(RETRY_S)
    registry.bootstrap = None
    await rdap.look_up("example.nowhere-at-all")
    assert rdap.server_of("com") == registry.web.url("/rdap/")


async def test_a_domain_that_nobody_has(rdap: Rdap) -> None:
    looked = await rdap.look_up("free.com")
    assert (looked.registered, looked.expiry, looked.trouble) == (False, None, "")


async def test_a_registry_that_gives_no_end(rdap: Rdap, registry: Registry) -> None:
    registry.knows("example.org", None)
    looked = await rdap.look_up("example.org")
    assert (looked.registered, looked.expiry, looked.trouble) == (True, None, "")


@pytest.mark.parametrize(
    ("instead", "trouble"),
    [
        (Answer("429 Too Many Requests"), "Its registry answered with status 429."),
        (Answer("503 Unavailable"), "Its registry answered with status 503."),
        (Answer(body=b"<html>"), "The answer is no JSON."),
        (Answer(body=b"[]"), "The answer is no JSON object."),
        (Answer(body=b"[" * 100_000), "The answer is no JSON."),
    ],
)
async def test_trouble_leaves_what_was_known_and_waits_longer_each_time(
    rdap: Rdap, registry: Registry, clock: ManualClock, instead: Answer, trouble: str
) -> None:
    await rdap.look_up("example.com")
    clock.advance(DAY_S)
    registry.instead = instead
    for failures, wait in enumerate([RETRY_S, 2 * RETRY_S, 4 * RETRY_S], 1):
        looked = await rdap.look_up("example.com")
        assert (looked.expiry, looked.trouble, looked.failures) == (END, trouble, failures)
        clock.advance(wait - 1)
        await rdap.look_up("example.com")
        assert len(registry.asked) == 1 + failures
        clock.advance(1)
    registry.instead = None
    assert (await rdap.look_up("example.com")).trouble == ""


async def test_nobody_listens(rdap: Rdap, registry: Registry) -> None:
    await rdap.look_up("example.com")
    rdap._servers = {"net": "http://127.0.0.1:1/"}
    assert "ECONNREFUSED" in (await rdap.look_up("example.net")).trouble


async def test_who_waits_may_leave_and_the_answer_is_kept(rdap: Rdap, registry: Registry) -> None:
    registry.web.answers["/dns.json"] = Answer("500 Oops", delay=0.2)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await rdap.look_up("example.nowhere-at-all")
    assert (await rdap.look_up("example.nowhere-at-all")).failures == 1
    assert registry.bootstraps == 1


async def test_the_end_of_the_program_ends_what_is_under_way(rdap: Rdap, registry: Registry) -> None:
    registry.web.answers["/dns.json"] = Answer("500 Oops", delay=60)
    asking = asyncio.create_task(rdap.look_up("example.com"))
    await asyncio.sleep(0.05)
    rdap.close()
    with pytest.raises(asyncio.CancelledError):
        await asking


def test_when_to_ask_again() -> None:
    assert not Looked(100.0).is_due(100.0)
    assert Looked(100.0).is_due(99.0)  # the clock was set back
    assert Looked(0.0, trouble="x", failures=50).is_due(DAY_S)


@pytest.mark.parametrize(
    ("events", "expiry"),
    [
        ([{"eventAction": "expiration", "eventDate": "2030-01-01T01:00:00+01:00"}], END),
        ([{"eventAction": "expiration", "eventDate": "2030-01-01"}], END),
        ([5, {}, {"eventAction": "expiration"}, {"eventAction": "expiration", "eventDate": "soon"}], None),
        ({}, None),
        (None, None),
    ],
)
def test_ends(events: Any, expiry: float | None) -> None:
    assert expiry_of(json.dumps({"events": events}).encode()) == expiry


@given(
    st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3))
)
def test_no_list_of_servers_breaks_the_reading(services: Any) -> None:
    with contextlib.suppress(ValueError):
        assert servers_of(json.dumps({"services": services}).encode())


def test_of_two_addresses_the_safe_one_is_taken() -> None:
    services = [[["COM"], ["http://a.example", "https://b.example/x"]]]
    assert servers_of(json.dumps({"services": services}).encode()) == {"com": "https://b.example/x/"}
