"""When the registration of a domain ends, as its registry says (RDAP: RFC 9082, 9083, 9224).

Registries are asked once a day for a domain, by whomever, and few at a time. Which server knows a top-level
domain is read from IANA's list; a vendored copy (`rdap_servers.txt`) serves until that has been fetched.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from msgspec import Struct

from kuma_lite.core.clock import Clock
from kuma_lite.core.iso_time import parse_iso
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http import HttpClient, Request, Response
from kuma_lite.net.public_suffix import registration_of

log = logging.getLogger(__name__)

BOOTSTRAP_URL: Final = "https://data.iana.org/rdap/dns.json"
DAY_S: Final = 86_400.0
WEEK_S: Final = 7 * DAY_S  # between two looks at IANA's list
RETRY_S: Final = 3600.0  # after a registry, or IANA, has not answered; doubled each time, up to a day
TIMEOUT_S: Final = 10.0  # for an answer to begin
TOTAL_S: Final = 20.0  # for one with all of its redirects
MAX_ANSWER_BYTES: Final = 1024 * 1024
AT_ONCE: Final = 2  # registries refuse those who ask for many at a time
_FOUND, _NOT_FOUND = 200, 404
_ACCEPT: Final = "application/rdap+json, application/json"


class Looked(Struct, frozen=True):
    """What is known of a domain. `trouble` is why the latest look-up told nothing; the rest is then older."""

    asked: float  # seconds since 1970
    expiry: float | None = None  # seconds since 1970; None: the registry gives none
    registered: bool = True
    trouble: str = ""
    failures: int = 0  # in a row

    def is_due(self, now: float) -> bool:
        """Whether it is time to ask again. A clock that was set back makes nobody wait."""
        wait = min(DAY_S, RETRY_S * 2 ** (self.failures - 1)) if self.trouble else DAY_S
        return not 0 <= now - self.asked < wait


class Rdap:
    """Asks registries. Belongs to one event loop."""

    def __init__(self, http: HttpClient, clock: Clock, user_agent: str) -> None:
        self.bootstrap_url = BOOTSTRAP_URL
        self._http = http
        self._clock = clock
        self._headers = [("Accept", _ACCEPT), ("User-Agent", user_agent)]
        self._servers: dict[str, str] | None = None  # of IANA's list, once it has been fetched
        self._next_bootstrap = 0.0
        self._bootstrap_failures = 0
        self._bootstrap_lock = asyncio.Lock()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._known: dict[str, Looked] = {}
        self._asking: dict[str, asyncio.Task[Looked]] = {}

    def server_of(self, tld: str) -> str | None:
        """The address of the registry's server, with a slash at its end; None where there is none."""
        return (self._servers if self._servers is not None else _vendored()).get(tld)

    @property
    def knows_any(self) -> bool:
        """Whether there is a domain of which something is known: asked before its name is worked out."""
        return bool(self._known)

    def known(self, domain: str) -> Looked | None:
        """What the latest look-up has told; None before the first."""
        return self._known.get(domain)

    def remember(self, domain: str, looked: Looked) -> None:
        """Take over what an earlier run has learned."""
        self._known.setdefault(domain, looked)

    async def look_up(self, domain: str) -> Looked:
        """What is known of a domain, asked for if that is a day old. Never raises for trouble."""
        known = self._known.get(domain)
        if known is not None and not known.is_due(self._clock.now()):
            return known
        task = self._asking.get(domain)
        if task is None:
            task = self._asking[domain] = asyncio.create_task(self._look_up(domain, known))
            task.add_done_callback(lambda _: self._asking.pop(domain, None))
        return await asyncio.shield(task)

    def close(self) -> None:
        """End what is under way."""
        for task in self._asking.values():
            task.cancel()

    async def _look_up(self, domain: str, before: Looked | None) -> Looked:
        async with self._slots:
            try:
                async with asyncio.timeout(2 * TOTAL_S):
                    await self._refresh()
                    found = await self._ask(domain)
            except (NetworkError, OSError, TimeoutError, ValueError) as error:
                found = _troubled(self._clock.now(), before, str(error) or "It did not answer in time.")
        self._known[domain] = found
        return found

    async def _ask(self, domain: str) -> Looked:
        server = self.server_of(registration_of(domain).tld)
        if server is None:
            raise ValueError("Its registry has no RDAP server.")
        response = await self._get(f"{server}domain/{domain}")
        now = self._clock.now()
        if response.status == _NOT_FOUND:
            return Looked(now, registered=False)
        if response.status != _FOUND:
            raise ValueError(f"Its registry answered with status {response.status}.")
        return Looked(now, expiry_of(response.body))

    async def _refresh(self) -> None:
        """Fetch IANA's list when it is a week old; what was known before stays where that fails."""
        async with self._bootstrap_lock:
            now = self._clock.monotonic()
            if self._next_bootstrap and now < self._next_bootstrap:
                return
            try:
                response = await self._get(self.bootstrap_url)
                if response.status != _FOUND:
                    raise ValueError(f"status {response.status}")
                self._servers = servers_of(response.body)
            except (NetworkError, OSError, ValueError) as error:
                log.info("The list of RDAP servers could not be fetched: %s", error)
                wait = min(DAY_S, RETRY_S * 2**self._bootstrap_failures)
                self._bootstrap_failures += 1
            else:
                wait, self._bootstrap_failures = WEEK_S, 0
            self._next_bootstrap = now + wait

    async def _get(self, url: str) -> Response:
        return await self._http.send(
            Request(
                "GET",
                url,
                headers=list(self._headers),
                timeout=TIMEOUT_S,
                total_timeout=TOTAL_S,
                max_redirects=5,
                body_limit=MAX_ANSWER_BYTES,
            )
        )


def expiry_of(body: bytes) -> float | None:
    """The event `expiration` of a domain's answer, in seconds since 1970. Raises ValueError."""
    document = _object(body)
    events = document.get("events")
    for event in events if isinstance(events, list) else ():
        if isinstance(event, dict) and event.get("eventAction") == "expiration":
            moment = parse_iso(event.get("eventDate"))
            if moment is not None:
                return moment / 1000
    return None


def servers_of(body: bytes) -> dict[str, str]:
    """IANA's list: top-level domain → address. Raises ValueError for what is none."""
    services = _object(body).get("services")
    found = dict(_services(services if isinstance(services, list) else []))
    if not found:
        raise ValueError("no services in it")
    return found


def _services(services: list[Any]) -> Iterator[tuple[str, str]]:
    for service in services:
        if not isinstance(service, list) or len(service) != 2:
            continue
        tlds, addresses = service
        if not isinstance(tlds, list) or not isinstance(addresses, list):
            continue
        usable = [each for each in addresses if isinstance(each, str) and each.startswith("http")]
        # The safe one of two that are equal (RFC 9224, section 3).
        address = next((each for each in usable if each.startswith("https://")), usable[0] if usable else "")
        if address:
            yield from ((tld.lower(), address.rstrip("/") + "/") for tld in tlds if isinstance(tld, str))


def _object(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError("The answer is no JSON.") from None
    if not isinstance(document, dict):
        raise ValueError("The answer is no JSON object.")
    return document


def _troubled(now: float, before: Looked | None, trouble: str) -> Looked:
    if before is None:
        return Looked(now, trouble=trouble, failures=1)
    return Looked(now, before.expiry, before.registered, trouble, before.failures + 1)


@lru_cache(1)
def _vendored() -> dict[str, str]:
    text = files("kuma_lite.net").joinpath("rdap_servers.txt").read_text("utf-8")
    lines = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return {tld: address for address, *tlds in lines for tld in tlds}
