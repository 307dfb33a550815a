from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.checks.domain import DomainMonitor
from kuma_lite.core.clock import ManualClock
from kuma_lite.core.declarations import CannotCheck, CheckResult
from kuma_lite.core.errors import UserError
from kuma_lite.net.network import Network
from kuma_lite.net.rdap import DAY_S
from tests.checks.peers import Answer
from tests.checks.support import Context, failure, run
from tests.peers.registry import Registry, running

DOMAIN = DomainMonitor()
NOW = 1_800_000_000.0  # 2027-01-15 08:00 UTC


@pytest.fixture
async def registry(tmp_path: Path) -> AsyncIterator[Registry]:
    async with running(tmp_path) as found:
        found.knows("example.com", "2027-02-04T09:00:00Z")  # 20 days later
        yield found


@pytest.fixture
async def context(registry: Registry) -> AsyncIterator[Context]:
    network = Network(ManualClock(NOW))
    network.rdap.bootstrap_url = registry.bootstrap_url
    yield Context(network, now=NOW)
    network.close()


async def reason(document: dict[str, Any], context: Context) -> str:
    with pytest.raises(CannotCheck) as caught:
        await run(DOMAIN, document, context)
    return caught.value.message


@pytest.mark.parametrize(
    "host", ["example.com", "www.example.com", "https://a.b.EXAMPLE.com./x", "example.com:1"]
)
@pytest.mark.parametrize("options", [{}, {"domainExpiryDays": 20}, {"domainExpiryDays": None}])
async def test_enough_days_are_up(context: Context, host: str, options: dict[str, Any]) -> None:
    result = await run(DOMAIN, {"hostname": host, **options}, context)
    assert result == CheckResult("example.com is registered for 20 more days")


async def test_too_few_days_are_down(context: Context) -> None:
    failed = await failure(DOMAIN, {"hostname": "example.com", "domainExpiryDays": 21}, context)
    assert failed.message == "example.com is registered for 20 more days, fewer than 21"
    assert not failed.local


async def test_one_that_has_ended_is_down_without_a_minimum_too(context: Context, registry: Registry) -> None:
    registry.knows("example.com", "2027-01-15T07:59:59Z")
    failed = await failure(DOMAIN, {"hostname": "example.com", "domainExpiryDays": 0}, context)
    assert failed.message == "The registration of example.com has ended"


async def test_one_that_nobody_has_is_down(context: Context) -> None:
    assert (await failure(DOMAIN, {"hostname": "free.com"}, context)).message == "free.com is not registered"


async def test_the_registry_is_asked_once_for_all_checks(context: Context, registry: Registry) -> None:
    for _ in range(3):
        await run(DOMAIN, {"hostname": "example.com"}, context)
    assert registry.asked == ["/rdap/domain/example.com"]


@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        ("", "The domain is no domain that can be registered."),
        ("localhost", "localhost is no domain that can be registered."),
        ("127.0.0.1", "127.0.0.1 is no domain that can be registered."),
        ("co.uk", "co.uk is no domain that can be registered."),
        ("example.io", "The registry of .io does not tell when registrations end."),
    ],
)
async def test_what_cannot_be_asked(context: Context, host: str, sentence: str) -> None:
    assert await reason({"hostname": host}, context) == sentence


@pytest.mark.parametrize(
    ("instead", "why"),
    [
        (Answer("503 Unavailable"), "Its registry answered with status 503."),
        (Answer("429 Slow Down"), "Its registry answered with status 429."),
        (Answer(body=b"\x00garbage"), "The answer is no JSON."),
        (Answer(body=b"{}"), "It gives no date."),
    ],
)
async def test_trouble_of_the_registry_is_no_down(
    context: Context, registry: Registry, instead: Answer, why: str
) -> None:
    registry.instead = instead
    told = await reason({"hostname": "example.com"}, context)
    assert told == f"The registry of .com did not tell when the registration ends: {why}"


async def test_what_was_known_counts_on_while_the_registry_is_in_trouble(
    context: Context, registry: Registry
) -> None:
    await run(DOMAIN, {"hostname": "example.com"}, context)
    registry.instead = Answer("503 Unavailable")
    clock = ManualClock(NOW + 2 * DAY_S)
    context.network.rdap._clock = clock
    context.now = clock.now()
    result = await run(DOMAIN, {"hostname": "example.com"}, context)
    assert result == CheckResult("example.com is registered for 18 more days")
    assert len(registry.asked) == 2


async def test_a_silent_registry_ends_with_the_check(context: Context, registry: Registry) -> None:
    registry.web.answers["/dns.json"] = Answer(delay=60)
    context.timeout = 0.1
    assert await reason({"hostname": "example.com"}, context) == (
        "The registry of .com has not answered in time."
    )


async def test_nobody_listens(context: Context, registry: Registry) -> None:
    await run(DOMAIN, {"hostname": "example.com"}, context)
    context.network.rdap._servers = {"net": "http://127.0.0.1:1/"}
    assert "ECONNREFUSED" in await reason({"hostname": "example.net"}, context)


@pytest.mark.parametrize("host", ["localhost", "192.0.2.1", "co.uk"])
def test_a_form_refuses_what_cannot_be_registered(host: str) -> None:
    with pytest.raises(UserError, match="is no domain that can be registered"):
        DOMAIN.validate(DOMAIN.options.read({"hostname": host}), {})


def test_a_domain_is_accepted() -> None:
    assert DOMAIN.validate(DOMAIN.options.read({"hostname": "www.bücher.de"}), {}) == {}
