"""Keeps a certificate for the names of this server: got, renewed in time, and never asked for too often."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

from kuma_lite.acme import certificates, rules
from kuma_lite.acme.account import AccountKey, Binding
from kuma_lite.acme.certificates import Served
from kuma_lite.acme.challenges import Proofs
from kuma_lite.acme.client import AcmeClient, Sender
from kuma_lite.acme.errors import AcmeError
from kuma_lite.acme.issuing import obtain
from kuma_lite.acme.renewal_info import Advice, advice
from kuma_lite.acme.rules import State
from kuma_lite.acme.store import ACCOUNT, Store
from kuma_lite.core.clock import Clock
from kuma_lite.core.config import ACME_CERTIFICATE
from kuma_lite.core.errors import StartupError, UserError
from kuma_lite.core.periodic_job import PeriodicJob

log = logging.getLogger(__name__)

LOOK_S: Final = 60.0  # between two looks at what is due
FIRST_S: Final = 1.0  # after the start
FEWEST_S: Final = 60.0  # between two attempts that people ask for

Serve = Callable[[bytes, bytes], Awaitable[object]]  # chain and key (PEM); raises StartupError


class CertificateKeeper:
    """One certificate for all names.

    Args:
        store: where it is kept.
        directory: the address of the authority.
        email: for the account; "" for none.
        own: the names of the server itself.
        domains: those of its status pages, as they are now.
        http: asks the authority.
        clock: says what time it is.
        proofs: how names are proven to the authority.
        binding: of the account, where the authority wants one.
        everywhere: the authority is one whose certificates count in the whole world.
    """

    def __init__(
        self,
        store: Store,
        directory: str,
        email: str,
        own: Iterable[str],
        domains: Callable[[], Iterable[str]],
        http: Sender,
        clock: Clock,
        *,
        proofs: Proofs,
        everywhere: bool,
        binding: Binding | None = None,
    ) -> None:
        self._proofs = proofs
        self._binding = binding
        self.directory = directory
        self._store = store
        self._email = email
        self._own = list(own)
        self._domains = domains
        self._http = http
        self._clock = clock
        self._everywhere = everywhere
        self._turn = asyncio.Lock()
        self._asked_at: float | None = None
        self._advice: Advice | None = None
        self._serve: Serve | None = None
        self.served = Served(frozenset(), 0.0, 0.0, "", is_stand_in=True)
        self.state = State()
        self._job = PeriodicJob(
            "certificate by ACME",
            self.look,
            every=LOOK_S,
            first=FIRST_S,
            failure="No certificate could be got",
        )

    def prepare(self) -> None:
        """Have something to serve, if only one that we sign ourselves. Raises StartupError."""
        try:
            self.state = self._store.state()
            content = self._store.read(ACME_CERTIFICATE)
            if content is not None:
                try:
                    self.served = certificates.seen(content)
                    return
                except ValueError:
                    log.warning("%s cannot be read; it is put aside", self._store.certificate)
                    self._store.put_aside(ACME_CERTIFICATE)
            content = certificates.stand_in(self.names()[0], self._clock.now())
            self._store.write(ACME_CERTIFICATE, content)
            self.served = certificates.seen(content)
        except OSError as error:
            reason = error.strerror or error
            raise StartupError(f"The folder of the certificate cannot be used: {reason}.") from None

    def start(self, serve: Serve) -> None:
        """Begin to look; `serve` puts another certificate in the place of the one that is served."""
        self._serve = serve
        self._job.start()

    async def stop(self) -> None:
        """Break off."""
        await self._job.stop()

    def names(self) -> tuple[list[str], dict[str, str]]:
        """The names the certificate should have, and why others cannot be in it."""
        return rules.choose(self._own, self._domains(), everywhere=self._everywhere)

    @property
    def working(self) -> bool:
        """An attempt is under way."""
        return self._turn.locked()

    async def look(self) -> None:
        """Get or renew the certificate if that is due."""
        async with self._turn:
            names, _ = self.names()
            await self._ask_when(self._clock.now())
            order = rules.due(
                names, self.served, self.state, self.directory, self.renews_at, self._clock.now()
            )
            if order is not None:
                await self._attempt(order)

    @property
    def renews_at(self) -> float:
        """When the certificate is to be renewed."""
        if self._advice is not None and self._advice.renewal_id == self.served.renewal_id:
            return self._advice.renew_at
        return rules.renewal_time(self.served)

    def ask_again(self) -> None:
        """Forget how long to wait: whoever looks after the server has changed something. Raises UserError."""
        now = self._clock.monotonic()
        if self.working or (self._asked_at is not None and now - self._asked_at < FEWEST_S):
            raise UserError("Wait a minute between two attempts.")
        self._asked_at = now
        self.state = rules.without_waiting(self.state)

    async def _ask_when(self, now: float) -> None:
        """What the authority says about the time of the renewal, every few hours."""
        if self.served.is_stand_in or self.state.directory != self.directory:
            return
        known = self._advice is not None and self._advice.renewal_id == self.served.renewal_id
        if known and self._advice is not None and rules.waits(self._advice.ask_again, now):
            return
        own = Advice(self.served.renewal_id, self.renews_at, now + rules.HOUR)
        client = self._client(AccountKey.new())
        try:
            await client.open()
            self._advice = await advice(client, self.served, self._advice, now)
        except AcmeError as error:
            log.info("Nobody says when the certificate is to be renewed: %s", error.message)
            self._advice = own

    async def _attempt(self, order: rules.Order) -> None:
        """Ask for a certificate; whatever comes of it is remembered."""
        try:
            self._keep(rules.begun(self.state, self._clock.now()))
            await self._obtain(order)
        except AcmeError as error:
            self._failed(error.message, error.retry_after)
        except StartupError as error:
            self._failed(error.message)
        except OSError as error:
            self._failed(f"The certificate cannot be stored ({error.strerror or error}).")

    async def _obtain(self, order: rules.Order) -> None:
        assert self._serve is not None
        client = self._client(self._account())
        log.info("Asking %s for a certificate for %s", self.directory, ", ".join(order.names))
        await client.open()
        await client.log_in(self._email, self._binding)
        before = self.served
        replaces = before.renewal_id if self.state.directory == self.directory else ""
        result = await obtain(client, order, self._proofs, self._clock.now(), replaces)
        now = self._clock.now()
        for name, reason in result.refused.items():
            log.warning("No certificate for %s: %s", name, reason)
        state = rules.refused(self.state, result.refused, now)
        if result.chain:
            await self._serve(result.chain, result.key)
            self._store.write(ACME_CERTIFICATE, result.key + result.chain)
            self.served = certificates.seen(result.chain)
            state = rules.issued(state, result.names, self.directory, now)
            log.info("There is a new certificate for %s", ", ".join(result.names))
        self._keep(state)

    def _client(self, key: AccountKey) -> AcmeClient:
        return AcmeClient(self._http, self.directory, key, self._clock)

    def _account(self) -> AccountKey:
        """The key of the account, or a new one."""
        content = self._store.read(ACCOUNT)
        if content is not None:
            try:
                return AccountKey.of_pem(content)
            except (ValueError, TypeError):
                log.warning("The key of the ACME account cannot be read; a new one is made")
                self._store.put_aside(ACCOUNT)
        key = AccountKey.new()
        self._store.write(ACCOUNT, key.pem())
        return key

    def _failed(self, reason: str, retry_after: float | None = None) -> None:
        log.warning("No certificate could be got: %s", reason)
        state = rules.failed(self.state, reason, retry_after, self._clock.now())
        try:
            self._keep(state)
        except OSError:
            self.state = state

    def _keep(self, state: State) -> None:
        self._store.keep(state)
        self.state = state

    def lacking(self) -> dict[str, str]:
        """Name → why: those that the certificate should have and cannot."""
        names, left_out = self.names()
        refused = {name: self.state.refused[name].reason for name in names if name in self.state.refused}
        return {**left_out, **refused}

    def document(self) -> dict[str, Any]:
        """How it stands, for the page; moments in milliseconds since 1970."""
        now = self._clock.now()
        names, _ = self.names()
        agains = [self.state.again, *(each.again for each in self.state.refused.values())]
        again = min((moment for moment in agains if moment > now), default=None)
        return {
            "names": [{"name": name, "covered": self.covers(name, now)} for name in names],
            "problems": [{"name": name, "reason": reason} for name, reason in self.lacking().items()],
            "directory": self.directory,
            "renews": None if self.served.is_stand_in else round(self.renews_at * 1000),
            "failure": self.state.failure,
            "again": None if again is None else round(again * 1000),
            "working": self.working,
        }

    def covers(self, name: str, now: float) -> bool:
        """Whether what is served is a certificate of an authority for that name."""
        return not self.served.is_stand_in and name in self.served.names and now < self.served.ends
