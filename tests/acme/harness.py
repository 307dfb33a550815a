"""A keeper with real servers around it: HTTPS, and the plain port that an authority looks at."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from cryptography import x509

from kuma_lite.acme.account import Binding
from kuma_lite.acme.alpn import AlpnProofs
from kuma_lite.acme.challenges import Challenges, PlainApp
from kuma_lite.acme.rules import without_waiting
from kuma_lite.acme.service import CertificateKeeper
from kuma_lite.acme.store import Store
from kuma_lite.core.clock import SystemClock
from kuma_lite.core.config import Tls
from kuma_lite.net.http import HttpClient, Request, Response
from kuma_lite.web.certificate import Certificate
from kuma_lite.web.server import WebServer
from tests.peers.pebble import Authority
from tests.web.test_server import App

OWN = "kuma.test"


class ShiftedClock(SystemClock):
    """The machine's, some seconds away."""

    shift = 0.0

    def now(self) -> float:
        return super().now() + self.shift


class Trusting:
    """Our HTTP client, which trusts one more certificate, and can be interfered with."""

    def __init__(self, ca_pem: str) -> None:
        self.http = HttpClient()
        self.ca_pem = ca_pem
        self.asked: list[str] = []
        self.instead: Callable[[Request], Response | None] = lambda request: None

    @property
    def orders(self) -> int:
        """How many were made."""
        return sum(address.endswith("/order-plz") for address in self.asked)

    async def send(self, request: Request) -> Response:
        self.asked.append(f"{request.method} {request.url}")
        request.ca_pem = self.ca_pem
        answer = self.instead(request)
        return answer if answer is not None else await self.http.send(request)


class Kept:
    """A keeper and what is around it."""

    def __init__(
        self,
        folder: Path,
        authority: Authority,
        clock: ShiftedClock,
        domains: list[str],
        proofs: AlpnProofs | None,
        binding: Binding | None,
    ) -> None:
        self.folder = folder
        self.clock = clock
        self.domains = domains
        self.http = Trusting(authority.ca_pem)
        self.authority = authority
        self.store = Store(folder)
        self.challenges = Challenges()
        self.proofs = proofs
        self.keeper = CertificateKeeper(
            self.store,
            authority.directory,
            "admin@kuma.test",
            [OWN],
            lambda: self.domains,
            self.http,
            clock,
            proofs=proofs or self.challenges,
            everywhere=False,
            binding=binding,
        )
        self.keeper.prepare()
        both = self.store.certificate
        port = authority.tls_port if proofs else 0
        self.web = WebServer(App(), "127.0.0.1", port, Tls(both, both), proofs=proofs)
        self.plain = WebServer(PlainApp(self.challenges, lambda: 443), "127.0.0.1", authority.http_port)

    async def serve(self, chain: bytes, key: bytes) -> None:
        await self.web.serve_certificate(Certificate(chain, key))

    async def served(self) -> x509.Certificate:
        """What HTTPS shows now."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        _, writer = await asyncio.open_connection("127.0.0.1", self.web.port, ssl=context)
        try:
            der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        finally:
            writer.close()
        return x509.load_der_x509_certificate(der)

    async def names(self) -> set[str]:
        """Those of what HTTPS shows now."""
        found = (await self.served()).extensions.get_extension_for_class(x509.SubjectAlternativeName)
        return set(found.value.get_values_for_type(x509.DNSName))

    async def look_later(self, seconds: float) -> None:
        """A look after a wait that nobody has to sit through."""
        state = self.keeper.state
        agains = [state.again, *(each.again for each in state.refused.values())]
        assert all(again <= self.clock.now() + seconds for again in agains), "it would wait longer"
        self.keeper.state = without_waiting(state)
        await self.keeper.look()


@asynccontextmanager
async def kept(
    folder: Path,
    authority: Authority,
    *domains: str,
    clock: ShiftedClock | None = None,
    proofs: AlpnProofs | None = None,
    binding: Binding | None = None,
) -> AsyncIterator[Kept]:
    """A keeper that looks when it is told to; with `proofs`, nothing answers on the plain port."""
    made = Kept(folder, authority, clock or ShiftedClock(), list(domains), proofs, binding)
    await made.web.start()
    if proofs is None:
        await made.plain.start()
    made.keeper._serve = made.serve
    try:
        yield made
    finally:
        await made.plain.stop()
        await made.web.stop()
        made.http.http.close()
