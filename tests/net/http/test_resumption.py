"""TLS sessions from check to check: when a whole handshake is made, and what is seen of a certificate."""

from __future__ import annotations

import asyncio
import ssl
import tempfile
from pathlib import Path

import pytest

from kuma_lite.core.clock import ManualClock
from kuma_lite.core.records import replace
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http import HttpClient, Request, Response
from kuma_lite.net.http.resumption import RESUMED_AT_MOST, RESUMED_FOR_S, Resumption
from kuma_lite.net.trace import recording
from tests.net.authority import Authority, Issued
from tests.net.servers import Server, answer, serve


class Asker:
    """Asks as a monitor does, check by check."""

    def __init__(self, client: HttpClient, server: Server, authority: Authority) -> None:
        self.client = client
        self.server = server
        self.authority = authority
        self.resumption = Resumption()

    async def ask(self, *, fails: bool = False) -> Response:
        self.resumption.begin()
        request = Request(
            "GET",
            f"https://localhost:{self.server.port}/",
            timeout=5,
            ip_family="ipv4",
            ca_pem=self.authority.root_pem,
            resumption=self.resumption,
        )
        response = await self.client.send(request)
        if not fails:
            self.resumption.well()
        return response

    async def resumed(self, checks: int) -> list[bool]:
        return [(await self.ask()).resumed for _ in range(checks)]


def fingerprint_of(response: Response) -> str:
    assert response.certificate is not None
    return response.certificate.fingerprint256


def present(context: ssl.SSLContext, issued: Issued) -> None:
    """Another certificate for a server that goes on with the keys of its tickets."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "server.pem"
        path.write_text(issued.pem + issued.key_pem)
        context.load_cert_chain(path)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2])
async def test_every_tenth_handshake_is_a_whole_one(
    client: HttpClient, authority: Authority, version: ssl.TLSVersion
) -> None:
    context = authority.server("localhost").server_context()
    context.maximum_version = version
    async with serve(answer(), tls=context) as server:
        asker = Asker(client, server, authority)
        first = await asker.ask()
        again = await asker.ask()
        rest = await asker.resumed(RESUMED_AT_MOST)
    if version is ssl.TLSVersion.TLSv1_3:
        assert (first.resumed, again.resumed) == (False, True)
        assert rest == [True] * (RESUMED_AT_MOST - 1) + [False]
    assert again.certificate == first.certificate
    assert first.certificate is not None
    assert first.certificate.valid


async def test_a_changed_certificate_is_seen_by_the_tenth_check(
    client: HttpClient, authority: Authority
) -> None:
    old, new = authority.server("localhost"), authority.server("localhost", common_name="new")
    context = old.server_context()
    async with serve(answer(), tls=context) as server:
        asker = Asker(client, server, authority)
        seen = [fingerprint_of(await asker.ask())]
        present(context, new)
        seen += [fingerprint_of(await asker.ask()) for _ in range(RESUMED_AT_MOST + 1)]
    assert len(set(seen)) == 2
    assert seen[-1] != seen[0]


async def test_a_changed_certificate_is_seen_at_once_after_a_failure(
    client: HttpClient, authority: Authority
) -> None:
    context = authority.server("localhost").server_context()
    async with serve(answer(), tls=context) as server:
        asker = Asker(client, server, authority)
        await asker.ask()
        present(context, authority.server("localhost", common_name="new"))
        failed = await asker.ask(fails=True)
        after = await asker.ask()
        assert failed.resumed
        assert not after.resumed
        assert fingerprint_of(after) != fingerprint_of(failed)
        present(context, authority.server("elsewhere"))
        asker.resumption.begin()  # a check that came to nothing
        with pytest.raises(NetworkError, match="altnames"):
            await asker.ask()


async def test_a_server_without_its_sessions_shows_its_certificate_at_once(
    client: HttpClient, authority: Authority
) -> None:
    async with serve(answer(), tls=authority.server("localhost").server_context()) as server:
        asker = Asker(client, server, authority)
        before = await asker.ask()
    other = authority.server("localhost", common_name="new").server_context()
    async with serve(answer(), tls=other) as server:
        where, kept = asker.resumption._kept.popitem()
        asker.resumption._kept[replace(where, port=server.port)] = kept
        asker.server = server
        after = await asker.ask()
    assert not after.resumed
    assert fingerprint_of(after) != fingerprint_of(before)


async def test_time_ends_what_is_resumed(client: HttpClient, authority: Authority) -> None:
    clock = client.clock = ManualClock(client.clock.now())
    async with serve(answer(), tls=authority.server("localhost").server_context()) as server:
        asker = Asker(client, server, authority)
        await asker.ask()
        (kept,) = asker.resumption._kept.values()
        kept.since -= RESUMED_FOR_S
        assert await asker.resumed(2) == [False, True]
        (kept,) = asker.resumption._kept.values()
        clock.jump(kept.ends - clock.now())  # the certificate has ended
        assert await asker.resumed(1) == [False]


async def test_whoever_looks_closely_sees_a_whole_handshake(client: HttpClient, authority: Authority) -> None:
    async with serve(answer(), tls=authority.server("localhost").server_context()) as server:
        asker = Asker(client, server, authority)
        await asker.ask()
        with recording():
            assert not (await asker.ask()).resumed
        assert (await asker.ask()).resumed


async def test_edits_and_others_share_no_sessions(client: HttpClient, authority: Authority) -> None:
    async with serve(answer(), tls=authority.server("localhost").server_context()) as server:
        one, other = Asker(client, server, authority), Asker(client, server, authority)
        assert await one.resumed(2) == [False, True]
        assert await other.resumed(2) == [False, True]
    await asyncio.sleep(0)
