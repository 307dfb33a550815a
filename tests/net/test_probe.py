from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from kuma_lite.core.clock import ManualClock
from kuma_lite.net import certificates, verdicts
from kuma_lite.net.connect import Connector
from kuma_lite.net.contexts import ContextCache, TlsOptions
from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.probe import TlsProbe
from kuma_lite.net.tls import CertificateReport
from kuma_lite.net.verdicts import VERDICT_LIFETIME, Verdicts
from tests.net.authority import Authority, issue
from tests.net.servers import answer, serve
from tests.support.ports import closed_port


@pytest.fixture
async def probe() -> AsyncIterator[TlsProbe]:
    connector = Connector()
    yield TlsProbe(connector, ContextCache())
    connector.resolver.close()


async def test_valid(probe: TlsProbe, authority: Authority) -> None:
    options = TlsOptions(ca_pem=authority.root_pem)
    async with serve(answer(), tls=authority.server("virtual.test").server_context()) as server:
        report = await probe.check("127.0.0.1", server.port, name="virtual.test", options=options)
    assert report.valid
    assert report.hostname_matches
    assert len(report.chain) == 3


async def test_invalid_comes_with_its_certificate(probe: TlsProbe) -> None:
    issued = issue("localhost", names=("localhost",))
    async with serve(answer(), tls=issued.server_context()) as server:
        with pytest.raises(NetworkError, match="self-signed certificate") as caught:
            await probe.check("127.0.0.1", server.port, name="localhost")
        fetched = await probe.fetch("127.0.0.1", server.port)
    assert caught.value.certificate is not None
    assert caught.value.certificate.chain == (issued.der,)
    assert fetched == CertificateReport(False, (issued.der,), False)


async def test_no_server_no_certificate(probe: TlsProbe) -> None:
    port = closed_port()
    assert await probe.fetch("127.0.0.1", port) is None
    with pytest.raises(NetworkError) as caught:
        await probe.check("127.0.0.1", port)
    assert caught.value.kind is ErrorKind.REFUSED


async def test_silent_server(probe: TlsProbe) -> None:
    async def silent(reader: object, writer: object) -> None:
        await reader.read()  # type: ignore[attr-defined]
        await reader.read()  # type: ignore[attr-defined]

    async with serve(silent) as server:
        with pytest.raises(NetworkError, match="timeout of 200ms exceeded"):
            await probe.check("127.0.0.1", server.port, timeout=0.2)


async def test_plain_server(probe: TlsProbe) -> None:
    async def plain(reader: object, writer: object) -> None:
        await reader.read(10)  # type: ignore[attr-defined]
        writer.write(b"220 mail.test ESMTP\r\n")  # type: ignore[attr-defined]

    async with serve(plain) as server:
        with pytest.raises(NetworkError, match="wrong version number"):
            await probe.check("127.0.0.1", server.port)


class Asked(TlsProbe):
    """Counts questions and answers as told."""

    def __init__(self, answer: CertificateReport | NetworkError) -> None:
        self.answer = answer
        self.count = 0

    async def check(self, *_args: object, **_options: object) -> CertificateReport:  # type: ignore[override]
        self.count += 1
        if isinstance(self.answer, NetworkError):
            raise self.answer
        return self.answer


async def test_verdict_is_asked_once_for_a_while(authority: Authority) -> None:
    issued = authority.server("a.test", days=1)
    clock = ManualClock(certificates.parse(issued.der).not_after - 7200)
    seen = CertificateReport(False, (issued.der,), True)
    accepted = CertificateReport(True, (issued.der, authority.root.der), True)
    asked = Asked(accepted)
    judge = Verdicts(asked, clock)
    for _ in range(3):
        assert await judge.judge(seen, "a.test", 443, name="a.test", options=TlsOptions(False)) == accepted
    assert asked.count == 1
    await judge.judge(seen, "a.test", 443, name="b.test", options=TlsOptions(False))
    assert asked.count == 2
    clock.advance(7201)  # the certificate has expired while the verdict is still believed
    late = await judge.judge(seen, "a.test", 443, name="a.test", options=TlsOptions(False))
    assert not late.valid
    assert asked.count == 2
    clock.advance(VERDICT_LIFETIME)
    await judge.judge(seen, "a.test", 443, name="a.test", options=TlsOptions(False))
    assert asked.count == 3


async def test_verdict_of_a_bad_moment_is_not_kept(authority: Authority) -> None:
    seen = CertificateReport(False, (authority.server("a.test").der,), True)
    asked = Asked(NetworkError("connect ECONNREFUSED", "ECONNREFUSED", ErrorKind.REFUSED))
    judge = Verdicts(asked, ManualClock())
    for _ in range(2):
        assert await judge.judge(seen, "a.test", 443, name="a.test", options=TlsOptions(False)) is seen
    assert asked.count == 2
    asked.answer = NetworkError("self-signed certificate", "X", ErrorKind.TLS)
    for _ in range(2):
        assert not (await judge.judge(seen, "a.test", 443, name="a.test", options=TlsOptions(False))).valid
    assert asked.count == 3


async def test_verdicts_are_not_hoarded(monkeypatch: pytest.MonkeyPatch, authority: Authority) -> None:
    monkeypatch.setattr(verdicts, "VERDICTS_KEPT", 3)
    seen = CertificateReport(False, (authority.server("a.test").der,), True)
    judge = Verdicts(Asked(seen), ManualClock())
    for number in range(10):
        await judge.judge(seen, "a.test", 443, name=f"{number}.test", options=TlsOptions(False))
    assert len(judge._known) == 3
