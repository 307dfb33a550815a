"""Against Pebble: certificates are got, renewed, and whatever goes wrong leaves what there is in use."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from kuma_lite.acme import certificates
from kuma_lite.acme.rules import DAY, HOUR, State
from kuma_lite.core.records import replace
from kuma_lite.net.http import Headers, Request, Response, Timings
from tests.acme.harness import OWN, Kept, ShiftedClock, kept
from tests.peers import pebble
from tests.peers.pebble import Authority, missing
from tests.support import http

pytestmark = pytest.mark.skipif(
    bool(missing()), reason=f"not installed: {', '.join(missing())} (make clients)"
)


@pytest.fixture
async def authority(tmp_path: Path) -> AsyncIterator[Authority]:
    async with pebble.running(tmp_path / "pebble") as running:
        yield running


async def test_one_certificate_for_all_names(tmp_path: Path, authority: Authority) -> None:
    async with kept(tmp_path / "data", authority, "status.test", "Zustände.test") as it:
        assert it.keeper.served.is_stand_in
        assert certificates.STAND_IN in (await it.served()).subject.rfc4514_string()
        await it.keeper.look()
        assert it.keeper.state.failure == ""
        assert await it.names() == {OWN, "status.test", "xn--zustnde-8wa.test"}
        assert it.keeper.renews_at > it.clock.now() + 30 * DAY
        await it.keeper.look()
        assert it.http.orders == 1, "nothing is due"
        assert any("renewal" in address.lower() for address in it.http.asked)
        for path in (it.folder / "acme").iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
        assert stat.S_IMODE((it.folder / "acme").stat().st_mode) == 0o700
    async with kept(tmp_path / "data", authority, "status.test") as again:
        assert await again.names() >= {OWN, "status.test"}, "it is there after a restart"
        await again.keeper.look()
        assert again.http.orders == 0


async def test_the_plain_port_answers_the_authority_and_sends_others_to_https(
    tmp_path: Path, authority: Authority
) -> None:
    async with kept(tmp_path, authority) as it:
        url = f"http://127.0.0.1:{authority.http_port}"
        it.challenges.put(OWN, "abc", "abc.def")
        found = await http.get(f"{url}/.well-known/acme-challenge/abc")
        assert (found.status, found.text) == (200, "abc.def")
        assert (await http.get(f"{url}/.well-known/acme-challenge/other")).status == 404
        sent = await http.get(f"{url}/status/a%20b?x=1&y=%0d%0a", headers={"Host": "status.test:80"})
        assert (sent.status, sent.headers["location"]) == (
            301,
            "https://status.test/status/a%20b?x=1&y=%0d%0a",
        )
        posted = await http.request("POST", f"{url}/api/push/x", headers={"Host": "kuma.test"})
        assert (posted.status, posted.headers["location"]) == (308, "https://kuma.test/api/push/x")


async def test_a_name_that_fails_is_left_out_and_told(tmp_path: Path, authority: Authority) -> None:
    await authority.lead("gone.test", pebble.NOWHERE)
    async with kept(tmp_path, authority, "gone.test", "blocked.test", "good.test") as it:
        await it.keeper.look()
        assert await it.names() == {OWN, "good.test"}
        assert set(it.keeper.lacking()) == {"gone.test", "blocked.test"}
        assert pebble.NOWHERE in it.keeper.lacking()["gone.test"]
        asked = it.http.orders
        await it.keeper.look()
        assert it.http.orders == asked, "not at once again"
        before = await it.served()
        it.keeper.state = _issued_earlier(it, 11 * 60)
        await it.look_later(HOUR)
        assert await it.served() == before, "and a certificate without it is not made twice"
        assert it.keeper.state.refused["gone.test"].failures == 2
        await authority.lead("gone.test", "127.0.0.1")
        await it.look_later(2 * HOUR)
        assert await it.names() == {OWN, "good.test", "gone.test"}
        assert set(it.keeper.lacking()) == {"blocked.test"}


async def test_a_new_domain_gets_into_the_certificate(tmp_path: Path, authority: Authority) -> None:
    async with kept(tmp_path, authority) as it:
        await it.keeper.look()
        it.domains.append("later.test")
        await it.keeper.look()
        assert await it.names() == {OWN}, "ten minutes after the last one, at the soonest"
        it.keeper.state = _issued_earlier(it, 11 * 60)
        await it.keeper.look()
        assert await it.names() == {OWN, "later.test"}


def _issued_earlier(it: Kept, seconds: float) -> State:
    return replace(it.keeper.state, issued=tuple(moment - seconds for moment in it.keeper.state.issued))


async def test_renewal_in_time_while_pages_are_read(tmp_path: Path) -> None:
    async with pebble.running(tmp_path / "pebble", lasts_s=9) as authority, kept(tmp_path, authority) as it:
        await it.keeper.look()
        before, failed = await it.served(), []

        async def read() -> None:
            while True:
                try:
                    await it.served()
                except OSError as error:
                    failed.append(error)
                await asyncio.sleep(0.02)

        reading = asyncio.create_task(read())
        async with asyncio.timeout(20):
            while (now := await it.served()) == before:
                await it.keeper.look()
                await asyncio.sleep(0.2)
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading
        assert failed == []
        assert now.not_valid_after_utc > before.not_valid_after_utc
        assert it.keeper.state.failures == 0


async def test_refused_nonces_are_got_over(tmp_path: Path) -> None:
    async with (
        pebble.running(tmp_path / "pebble", {"PEBBLE_WFE_NONCEREJECT": "40"}) as authority,
        kept(tmp_path, authority, "a.test", "b.test") as it,
    ):
        await it.keeper.look()
        assert await it.names() == {OWN, "a.test", "b.test"}


async def test_an_authority_that_is_away_changes_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with pebble.running(tmp_path / "pebble", lasts_s=6) as authority, kept(data, authority) as it:
        await it.keeper.look()
        before = await it.served()
    await asyncio.sleep(4.5)
    async with kept(data, authority) as it:
        await it.keeper.look()
        assert await it.served() == before
        assert "cannot be reached" in it.keeper.state.failure
        assert it.keeper.state.again - it.clock.now() == pytest.approx(60, abs=2)
        asked = len(it.http.asked)
        for _ in range(3):
            await it.keeper.look()
        assert len(it.http.asked) == asked, "no loop"
        waits = []
        for _ in range(7):
            await it.look_later(DAY)
            waits.append(round((it.keeper.state.again - it.clock.now()) / 60))
        assert waits == [5, 15, 60, 240, 720, 720, 720]


async def test_an_authority_that_wants_to_be_left_alone_is(tmp_path: Path, authority: Authority) -> None:
    limited = (
        b'{"type": "urn:ietf:params:acme:error:rateLimited", "detail": "too many new orders recently",'
        b' "status": 429}'
    )

    def instead(request: Request) -> Response | None:
        if not request.url.endswith("/order-plz"):
            return None
        headers = Headers([("Retry-After", "7200"), ("Replay-Nonce", "none")])
        return Response(429, "", headers, limited, False, request.url, Timings(), None, "1.1", "")

    async with kept(tmp_path, authority, "a.test") as it:
        it.http.instead = instead
        await it.keeper.look()
        assert it.keeper.served.is_stand_in
        assert "too many new orders recently" in it.keeper.state.failure
        assert it.keeper.state.again - it.clock.now() == pytest.approx(7200, abs=5)
        it.http.instead = lambda request: None
        it.keeper.ask_again()
        await it.keeper.look()
        assert await it.names() == {OWN, "a.test"}


@pytest.mark.parametrize("shift", [-400 * DAY, 400 * DAY, 8 * HOUR])
async def test_a_wrong_clock_asks_for_nothing(tmp_path: Path, authority: Authority, shift: float) -> None:
    clock = ShiftedClock()
    async with kept(tmp_path, authority, clock=clock) as it:
        await it.keeper.look()
        before = await it.served()
        it.domains.append("a.test")
        clock.shift = shift
        await it.keeper.look()
        assert await it.served() == before
        assert not it.keeper.state.failure or "clock of this machine" in it.keeper.state.failure
        clock.shift = 0.0
        it.keeper.state = _issued_earlier(it, 11 * 60)
        await it.look_later(500 * DAY)
        assert await it.names() == {OWN, "a.test"}, "the right time heals it"


async def test_what_breaks_off_in_the_middle_goes_on_later(tmp_path: Path, authority: Authority) -> None:
    async with kept(tmp_path / "data", authority, "a.test") as it:
        looking = asyncio.create_task(it.keeper.look())
        async with asyncio.timeout(10):
            while not any("authZ" in address for address in it.http.asked):
                await asyncio.sleep(0.005)
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
        assert it.keeper.served.is_stand_in
    async with kept(tmp_path / "data", authority, "a.test") as it:
        await it.keeper.look()
        assert it.http.asked == [], "a crash that comes again and again must not ask again and again"
        await it.look_later(60)
        assert await it.names() == {OWN, "a.test"}


async def test_files_that_make_no_sense_are_put_aside(tmp_path: Path, authority: Authority) -> None:
    folder = tmp_path / "acme"
    folder.mkdir()
    for name in ("certificate.pem", "account.pem", "state.json"):
        (folder / name).write_bytes(b"\x00nonsense")
    async with kept(tmp_path, authority) as it:
        await it.keeper.look()
        assert await it.names() == {OWN}
    assert {path.name for path in folder.iterdir()} >= {"certificate.pem.unusable", "account.pem.unusable"}


async def test_what_cannot_be_written_is_not_asked_for(tmp_path: Path, authority: Authority) -> None:
    async with kept(tmp_path, authority) as it:
        (tmp_path / "acme" / "state.json.new").mkdir()
        await it.keeper.look()
        assert "cannot be stored" in it.keeper.state.failure
        assert it.http.asked == []
