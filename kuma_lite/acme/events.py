"""The events of our own page about the server's own certificate; for owners."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from kuma_lite.core.doors import PAGE, Answer, Caller, Doors, Event
from kuma_lite.core.errors import UserError

if TYPE_CHECKING:
    from kuma_lite.acme.service import CertificateKeeper


class CertificateDoors:
    """How HTTPS stands, and another attempt.

    Args:
        keeper: where a certificate is got by ACME; None elsewhere.
        chain: the chain that is served (PEM); None: plain HTTP.
        spawn: runs what nobody waits for.
    """

    def __init__(
        self,
        keeper: CertificateKeeper | None,
        chain: Callable[[], bytes | None],
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._keeper = keeper
        self._chain = chain
        self._spawn = spawn

    def doors(self) -> Doors:
        """Both events."""
        return Doors(
            events=[
                Event("certificate", self.show, namespaces=(PAGE,)),
                Event("retryCertificate", self.retry, namespaces=(PAGE,)),
            ]
        )

    async def show(self, caller: Caller) -> Answer:
        """What is served, where it is from, and what is wrong."""
        del caller
        chain = self._chain()
        if chain is None:
            return {"ok": True, "source": "none"}
        from kuma_lite.acme.certificates import seen  # most servers speak plain HTTP

        served = seen(chain)
        shown = {
            "ok": True,
            "names": [{"name": name, "covered": True} for name in sorted(served.names)],
            "ends": round(served.ends * 1000),
            "issuer": served.issuer,
            "standIn": served.is_stand_in,
        }
        if self._keeper is None:
            return {**shown, "source": "files"}
        return {**shown, "source": "acme", **self._keeper.document()}

    async def retry(self, caller: Caller) -> Answer:
        """Try again now what has failed."""
        if self._keeper is None:
            raise UserError("This server gets no certificate by itself.", status=404)
        self._keeper.ask_again()
        self._spawn(self._keeper.look())
        return await self.show(caller)
