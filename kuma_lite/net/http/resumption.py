"""TLS sessions that are kept from one check to the next, so that most need no whole handshake.

A handshake with signatures and a chain that is verified costs more than everything else in a check. One that
resumes a session shows no certificate, so a changed one is seen by the next whole handshake: that is every
tenth check, at least once an hour, whenever the check before has failed, and as soon as a certificate of the
chain has ended. Servers that forget their sessions when they get a new certificate show it at once.
"""

from __future__ import annotations

import ssl
from typing import Any, Final

from msgspec import Struct

from kuma_lite.net.tls import CertificateReport

RESUMED_AT_MOST: Final = 9  # checks after a whole handshake
RESUMED_FOR_S: Final = 3600.0
SERVERS_KEPT: Final = 4  # of one monitor: redirects may lead from one to the next


class Whereto(Struct, frozen=True):
    """A server, and the way to it."""

    host: str
    port: int
    name: str  # for which its certificate has to be
    way: Any  # the transport


class Kept(Struct):
    """What a whole handshake has left."""

    context: ssl.SSLContext
    session: ssl.SSLSession
    report: CertificateReport
    since: float  # monotonic seconds
    ends: float  # when the first certificate of the chain does, seconds since 1970
    resumed: int = 0


class Resumption:
    """The sessions of one monitor. One check at a time."""

    __slots__ = ("_kept", "_offers", "_well")

    def __init__(self) -> None:
        self._kept: dict[Whereto, Kept] = {}
        self._well = self._offers = False

    def begin(self) -> None:
        """A check begins; sessions are offered if the one before was well."""
        self._offers, self._well = self._well, False

    def well(self) -> None:
        """The check that has begun was well."""
        self._well = True

    def offer(self, where: Whereto, context: ssl.SSLContext, now: float, wall: float) -> Kept | None:
        """What may be resumed now; `now`: monotonic seconds, `wall`: seconds since 1970."""
        kept = self._kept.get(where)
        if kept is None:
            return None
        usable = kept.resumed < RESUMED_AT_MOST and now - kept.since < RESUMED_FOR_S and wall < kept.ends
        if not self._offers or not usable or kept.context is not context:
            del self._kept[where]
            return None
        kept.resumed += 1
        return kept

    def keep(
        self,
        where: Whereto,
        context: ssl.SSLContext,
        ssl_object: ssl.SSLObject,
        report: CertificateReport,
        now: float,
    ) -> None:
        """A whole handshake was made, and its connection read to the end of the answer."""
        session = ssl_object.session
        if session is None or not (session.has_ticket or session.id):
            return
        ends = min((certificate.not_after for certificate in report.certificates), default=0.0)
        while len(self._kept) >= SERVERS_KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[where] = Kept(context, session, report, now, ends)
