"""What the network says, as a check says it."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from msgspec import Struct

from kuma_lite.core.declarations import CertificateFigures, CheckContext, CheckFailed
from kuma_lite.net.errors import ErrorKind, NetworkError

if TYPE_CHECKING:
    from kuma_lite.net.network import Network
    from kuma_lite.net.tls import CertificateReport

_DAY_S: Final = 86_400
_SOON_S: Final = 1.0  # that figures may be old, where days change this very moment
NO_PROXY: Final = "cannot be checked: Its proxy is gone or switched off."
# Silence, no way to get there, a broken connection, no name: as likely our own fault as the target's.
_MAYBE_OURS = frozenset({ErrorKind.TIMEOUT, ErrorKind.UNREACHABLE, ErrorKind.RESET, ErrorKind.DNS})


def network_of(context: CheckContext) -> Network:
    """The shared clients: the ground cannot name their type, so all checks have it from here."""
    return cast("Network", context.network)


class SeenCertificate(Struct, frozen=True):
    """A certificate as the wire of Uptime Kuma 2.5 shows it.

    `for_url`: also say whether it fits the URL's host.
    """

    report: CertificateReport
    for_url: bool

    def as_wire(self, now: float) -> dict[str, Any]:
        """`{valid, certInfo[, hostnameMatchMonitorUrl]}`."""
        shown: dict[str, Any] = {"valid": self.report.valid, "certInfo": self.report.info(now)}
        if self.for_url:
            shown["hostnameMatchMonitorUrl"] = self.report.hostname_matches
        return shown

    def days_left(self, now: float) -> int | None:
        """Whole days until the server's own certificate ends; None when it cannot be read."""
        from kuma_lite.net.certificates import days_remaining, parse

        try:
            return days_remaining(parse(self.report.chain[0]).not_after, now)
        except (IndexError, ValueError):
            return None

    def figures(self, now: float) -> CertificateFigures | None:
        """Its days are cut."""
        from kuma_lite.net.certificates import parse

        try:
            left = parse(self.report.chain[0]).not_after - now
        except (IndexError, ValueError):
            return None
        return CertificateFigures(self.report.valid, int(left / _DAY_S), now + max(left % _DAY_S, _SOON_S))

    def as_plain(self) -> dict[str, Any]:
        """`{valid, chain: [base64 of DER, …], hostnameMatches, forUrl}`."""
        return {
            "valid": self.report.valid,
            "chain": [b64encode(der).decode("ascii") for der in self.report.chain],
            "hostnameMatches": self.report.hostname_matches,
            "forUrl": self.for_url,
        }


class ToldCertificate(Struct, frozen=True):
    """A certificate that somebody else has seen and tells about, in part.

    Args:
        expires_at: seconds since 1970.
    """

    valid: bool
    subject: Mapping[str, Any]
    issuer: Mapping[str, Any]
    expires_at: float
    fingerprint256: str

    def as_wire(self, now: float) -> dict[str, Any]:
        """`{valid, certInfo}` with the few parts that Uptime Kuma 2.5 keeps of one; days are rounded."""
        from kuma_lite.net.certificates import iso_time

        return {
            "valid": self.valid,
            "certInfo": {
                "subject": dict(self.subject),
                "issuer": dict(self.issuer),
                "validTo": iso_time(self.expires_at),
                "daysRemaining": round((self.expires_at - now) / _DAY_S),
                "fingerprint": self.fingerprint256,
                "fingerprint256": self.fingerprint256,
                "certType": "",
            },
        }

    def days_left(self, now: float) -> int | None:
        """Whole days until it ends."""
        return int((self.expires_at - now) / _DAY_S)

    def figures(self, now: float) -> CertificateFigures:
        """Its days are rounded."""
        left = self.expires_at - now
        until = now + max((left + _DAY_S / 2) % _DAY_S, _SOON_S)
        return CertificateFigures(self.valid, round(left / _DAY_S), until)

    def as_plain(self) -> dict[str, Any]:
        """`{valid, subject, issuer, expiresAt, fingerprint256}`."""
        return {
            "valid": self.valid,
            "subject": dict(self.subject),
            "issuer": dict(self.issuer),
            "expiresAt": self.expires_at,
            "fingerprint256": self.fingerprint256,
        }


def read_certificate(plain: Mapping[str, Any]) -> SeenCertificate | ToldCertificate:
    """What `as_plain` of either gave. Raises KeyError, TypeError, ValueError."""
    from kuma_lite.net.tls import CertificateReport

    if "chain" not in plain:
        return ToldCertificate(
            bool(plain["valid"]),
            dict(plain["subject"]),
            dict(plain["issuer"]),
            float(plain["expiresAt"]),
            str(plain["fingerprint256"]),
        )
    chain = tuple(b64decode(der, validate=True) for der in plain["chain"])
    report = CertificateReport(bool(plain["valid"]), chain, bool(plain["hostnameMatches"]))
    return SeenCertificate(report, bool(plain["forUrl"]))


def seen(report: CertificateReport | None, *, for_url: bool) -> SeenCertificate | None:
    """The certificate of a handshake, if one was presented."""
    return SeenCertificate(report, for_url) if report is not None and report.chain else None


def is_maybe_ours(error: NetworkError) -> bool:
    """Whether our own network may be the cause, so that the engine looks at itself first."""
    return error.may_be_own_network or error.kind in _MAYBE_OURS


def failed(
    error: NetworkError,
    *,
    prefix: str = "",
    for_url: bool = True,
    ping: float | None = None,
    shared: str = "",
) -> CheckFailed:
    """The failure of a check by the network, in the network's words; `shared` as in `CheckFailed`."""
    return CheckFailed(
        prefix + error.message,
        ping=ping,
        local=is_maybe_ours(error),
        certificate=seen(error.certificate, for_url=for_url),
        shared=shared or ("proxyId" if error.by_proxy else ""),
    )
