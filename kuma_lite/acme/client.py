"""Asking a certificate authority: its directory, its nonces, signed requests, problems as errors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, Protocol

from msgspec import Struct

from kuma_lite import __version__
from kuma_lite.acme.account import AccountKey, Binding
from kuma_lite.acme.errors import BAD_NONCE, UNREACHABLE, AcmeError, problem_of
from kuma_lite.core.clock import Clock
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http import Request, Response

TIMEOUT_S: Final = 30.0  # for one answer
MOST_BYTES: Final = 1_000_000  # of one; a chain of certificates has some thousand
MOST_TRIES: Final = 12  # of one request whose nonce is refused: an authority may do so at random
WRONG_CLOCK_S: Final = 3_600.0  # between its clock and ours, from which on nothing is asked
NEEDS_BINDING: Final = (
    "The certificate authority serves customers alone: what it has given you belongs into acme_eab_kid and "
    "acme_eab_key."
)
_JOSE: Final = [
    ("Content-Type", "application/jose+json"),
    ("User-Agent", f"kuma-lite/{__version__}"),
    ("Accept", "application/json, application/pem-certificate-chain"),
]


class Sender(Protocol):
    """An HTTP client (`kuma_lite.net.http.HttpClient`)."""

    async def send(self, request: Request) -> Response:
        """The answer, whatever its status. Raises NetworkError."""


class Answer(Struct, frozen=True):
    """Of a request that was not refused.

    Attributes:
        document: its JSON; {} where there is none.
        body: as it came.
        location: what was made.
        retry_after: seconds until asking again makes sense; None: it does not say.
    """

    document: dict[str, Any]
    body: bytes
    location: str
    retry_after: float | None


class AcmeClient:
    """One authority, asked with one key.

    Args:
        http: sends.
        directory: the address of the authority's directory.
        key: of the account.
        clock: says what time it is.
    """

    def __init__(self, http: Sender, directory: str, key: AccountKey, clock: Clock) -> None:
        self.key = key
        self._http = http
        self._directory = directory
        self._clock = clock
        self._nonces: list[str] = []
        self._account: str | None = None
        self.addresses: dict[str, Any] = {}

    @property
    def terms(self) -> str:
        """Where its terms of service stand; "" when it names none."""
        meta = self.addresses.get("meta")
        found = meta.get("termsOfService") if isinstance(meta, dict) else None
        return found if isinstance(found, str) else ""

    @property
    def _wants_binding(self) -> bool:
        meta = self.addresses.get("meta")
        return isinstance(meta, dict) and meta.get("externalAccountRequired") is True

    async def open(self) -> None:
        """Read the directory. Raises AcmeError, also when one of both clocks is wrong."""
        response = await self._send(Request("GET", self._directory, headers=list(_JOSE[1:])))
        found = _json(response)
        if response.status != 200 or not all(
            isinstance(found.get(name), str) for name in ("newNonce", "newAccount", "newOrder")
        ):
            text = "{url} is no directory of a certificate authority (HTTP {code})."
            raise AcmeError(text, kind=UNREACHABLE, url=self._directory, code=response.status)
        self._refuse_wrong_clock(response)
        self.addresses = found

    async def log_in(self, email: str, binding: Binding | None = None) -> None:
        """Find the account of this key, or make one, with which the terms of service are accepted."""
        wanted: dict[str, Any] = {"termsOfServiceAgreed": True}
        if email:
            wanted["contact"] = [f"mailto:{email}"]
        if binding is not None:
            wanted["externalAccountBinding"] = self.key.bound(binding, self.addresses["newAccount"])
        elif self._wants_binding:
            raise AcmeError(NEEDS_BINDING)
        answer = await self.post("newAccount", wanted)
        self._account = answer.location

    async def post(self, url: str, payload: Mapping[str, Any] | None) -> Answer:
        """Ask, signed. Raises AcmeError.

        Args:
            url: an address, or what the directory calls one.
            payload: None reads (POST-as-GET).
        """
        url = self.addresses.get(url, url)
        account = None if url == self.addresses["newAccount"] else self._account
        for _ in range(MOST_TRIES):
            body = self.key.signed(url, await self._nonce(), payload, account)
            response = await self._send(Request("POST", url, headers=_JOSE, body=body))
            if response.status < 400:
                location = response.headers.get("location") or ""
                return Answer(_json(response), response.body, location, self._retry_after(response))
            problem = problem_of(_json(response), response.status, self._retry_after(response))
            if problem.kind != BAD_NONCE:
                raise problem
        raise problem

    async def read(self, url: str) -> Answer:
        """Something that everybody may read. Raises AcmeError."""
        response = await self._send(Request("GET", url, headers=list(_JOSE[1:])))
        if response.status != 200:
            raise problem_of(_json(response), response.status, self._retry_after(response))
        return Answer(_json(response), response.body, "", self._retry_after(response))

    async def _nonce(self) -> str:
        if not self._nonces:
            await self._send(Request("HEAD", self.addresses["newNonce"], headers=list(_JOSE[1:])))
        if not self._nonces:
            raise AcmeError("The certificate authority gives no nonce.", kind=UNREACHABLE)
        return self._nonces.pop()

    async def _send(self, request: Request) -> Response:
        request.timeout, request.max_redirects, request.body_limit = TIMEOUT_S, 0, MOST_BYTES
        try:
            response = await self._http.send(request)
        except (NetworkError, OSError) as error:
            text = "The certificate authority cannot be reached ({reason})."
            raise AcmeError(text, kind=UNREACHABLE, reason=str(error)) from None
        if nonce := response.headers.get("replay-nonce"):
            self._nonces = [*self._nonces[-9:], nonce]
        return response

    def _refuse_wrong_clock(self, response: Response) -> None:
        there = _moment(response.headers.get("date"))
        if there is not None and abs(ahead := self._clock.now() - there) > WRONG_CLOCK_S:
            raise AcmeError(
                "The clock of this machine is {hours} hours away from that of the certificate authority.",
                kind=UNREACHABLE,
                hours=round(abs(ahead) / 3600),
            )

    def _retry_after(self, response: Response) -> float | None:
        text = response.headers.get("retry-after") or ""
        if text.isascii() and text.isdigit():
            return float(text)
        moment = _moment(text)
        return None if moment is None else max(0.0, moment - self._clock.now())


def _moment(text: str | None) -> float | None:
    """A date of HTTP, in seconds since 1970."""
    try:
        found = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return (found if found.tzinfo is not None else found.replace(tzinfo=UTC)).timestamp()


def moment_of(text: Any) -> float | None:
    """A time of a document (RFC 3339), in seconds since 1970; None for what is none."""
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return (found if found.tzinfo is not None else found.replace(tzinfo=UTC)).timestamp()


def _json(response: Response) -> dict[str, Any]:
    try:
        found = json.loads(response.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
