"""Would this certificate have been accepted? Asked where a monitor ignores TLS errors.

OpenSSL's verdict cannot be had from a handshake without verification, so a second handshake asks for it: once
per certificate, and again when the answer is old.
"""

from __future__ import annotations

from collections import OrderedDict

from msgspec import Struct

from kuma_lite.core.clock import Clock
from kuma_lite.core.records import replace
from kuma_lite.net.contexts import TlsOptions
from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.probe import TlsProbe
from kuma_lite.net.resolve import IpFamily
from kuma_lite.net.tls import CertificateReport

# Seconds a verdict is believed: trust changes with the machine's CA bundle or an intermediate, rarely.
VERDICT_LIFETIME = 6 * 3600.0
# Verdicts kept; one per certificate, name and private CA.
VERDICTS_KEPT = 1024


class _Key(Struct, frozen=True):
    fingerprint: str
    name: str
    ca_pem: str | None


class Verdicts:
    """The verdicts of one event loop."""

    def __init__(self, probe: TlsProbe, clock: Clock) -> None:
        self._probe = probe
        self._clock = clock
        self._known: OrderedDict[_Key, tuple[float, CertificateReport]] = OrderedDict()

    async def judge(
        self,
        report: CertificateReport,
        host: str,
        port: int,
        *,
        name: str,
        options: TlsOptions,
        family: IpFamily | None = None,
    ) -> CertificateReport:
        """`report` with the verdict of a verifying handshake; still invalid when there was none."""
        key = _Key(report.fingerprint256, name, options.ca_pem)
        until, verdict = self._known.get(key, (0.0, report))
        if until > self._clock.monotonic():
            return verdict if not _outdated(verdict, self._clock.now()) else replace(verdict, valid=False)
        verifying = replace(options, verify=True)
        try:
            judged = await self._probe.check(host, port, name=name, options=verifying, family=family)
        except NetworkError as error:
            if error.kind is not ErrorKind.TLS:
                return report
            judged = report
        self._known[key] = (self._clock.monotonic() + VERDICT_LIFETIME, judged)
        self._known.move_to_end(key)
        while len(self._known) > VERDICTS_KEPT:
            self._known.popitem(last=False)
        return judged


def _outdated(report: CertificateReport, now: float) -> bool:
    chain = report.certificates
    return report.valid and bool(chain) and chain[0].not_after < now
