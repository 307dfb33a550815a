"""The client: connect, shake hands, ask, follow, answer."""

from __future__ import annotations

import asyncio
import ssl
from functools import lru_cache
from time import perf_counter

from kuma_lite.core.clock import Clock, SystemClock
from kuma_lite.core.records import replace
from kuma_lite.core.time_limit import TimeLimit
from kuma_lite.net import certificates
from kuma_lite.net.connect import MS, Connected, Connector, open_unix
from kuma_lite.net.contexts import ContextCache, TlsOptions
from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.http.cookies import CookieJar
from kuma_lite.net.http.exchange import Deadlines, Exchange
from kuma_lite.net.http.message import BODY_GRACE, Headers, LogIn, Request, Response, Timings
from kuma_lite.net.http.redirects import (
    Hop,
    is_redirect,
    keeps_credentials,
    next_hop,
    too_many_redirects,
)
from kuma_lite.net.http.request_bytes import Field, authorise, check_headers, check_method, serialise
from kuma_lite.net.http.resting import Rested, Resting, Route
from kuma_lite.net.http.resumption import Resumption, Whereto
from kuma_lite.net.http.transports import Transport, Transports
from kuma_lite.net.http.url import URLS_REMEMBERED, Url, parse_url
from kuma_lite.net.probe import sni, unverified_report, verified_report
from kuma_lite.net.proxy import ProxyRule
from kuma_lite.net.proxy_connector import ProxyConnector
from kuma_lite.net.proxy_handshake import proxy_authorization
from kuma_lite.net.tls import CertificateReport, verification_error
from kuma_lite.net.trace import Answered, current

_ALPN = ("http/1.1",)
_UNAUTHORIZED = 401


class HttpClient:
    """Sends requests, each on a connection of its own but for those that say otherwise (`Request.keeps`).

    Belongs to one event loop. Share one client: it holds the TLS contexts and the resolver's threads.
    """

    def __init__(
        self,
        connector: Connector | None = None,
        contexts: ContextCache | None = None,
        clock: Clock | None = None,
        proxy: ProxyRule | None = None,
    ) -> None:
        self.connector = connector or Connector()
        self.contexts = contexts or ContextCache()
        self.clock = clock or SystemClock()
        self.proxy = proxy  # for requests that name none
        self.transports = Transports(self.connector, self.contexts, self.clock)
        self.probe = self.transports.direct.probe
        self.resting = Resting()
        self._warm = False

    async def send(self, request: Request) -> Response:
        """The answer, whatever its status.

        Raises NetworkError; OSError only when this process is out of descriptors or memory.
        """
        first = _kept_hop if request.recurs else _first_hop
        hop = first(request.method, request.url, tuple(request.headers), request.body, request.auth)
        return await _Call(self, request).run(hop)

    async def context(self, options: TlsOptions) -> ssl.SSLContext:
        """The TLS settings for `options`; the first call also loads what reads certificates, off the loop."""
        if not self._warm:
            await asyncio.to_thread(certificates.warm_up)
            self._warm = True
        return await self.contexts.get(options)

    def close(self) -> None:
        """Let go of the resolver's threads, and of connections that wait."""
        self.resting.close()
        self.connector.resolver.close()


class _Call:
    """One call of `send`: the chain of requests and what they share."""

    __slots__ = ("begun", "client", "deadlines", "first", "jar", "loop", "request")

    def __init__(self, client: HttpClient, request: Request) -> None:
        self.client = client
        self.request = request
        self.loop = asyncio.get_running_loop()
        self.jar: CookieJar | None = None
        self.first: Url | None = None
        total = request.timeout + BODY_GRACE if request.total_timeout is None else request.total_timeout
        self.begun = perf_counter()
        self.deadlines = Deadlines(self.loop.time(), request.timeout, total)

    async def run(self, hop: Hop) -> Response:
        """Ask, and follow as far as allowed."""
        followed = 0
        self.first = hop.url
        while True:
            opened, report = await self._ask(hop, self._log_in(hop))
            answer = opened.protocol.answer
            if not self._leads_on(answer.status, answer.headers):
                return await self._response(hop, opened, report)
            if followed == self.request.max_redirects:
                raise too_many_redirects()
            followed += 1
            self._keep_cookies(hop.url, answer.headers)
            hop = next_hop(hop, answer.status, answer.headers.get("location") or "")

    def _leads_on(self, status: int, headers: Headers) -> bool:
        return self.request.max_redirects > 0 and is_redirect(status, headers)

    def _log_in(self, hop: Hop) -> LogIn | None:
        begin = self.request.log_in
        assert self.first is not None
        return begin() if begin is not None and keeps_credentials(self.first, hop.url) else None

    async def _ask(
        self, hop: Hop, log_in: LogIn | None
    ) -> tuple[Connected[Exchange], CertificateReport | None]:
        """One request and its complete answer; with a log-in, as often as that wants."""
        report: CertificateReport | None = None
        name, tls, on_secure, context = "", None, None, None
        transport = self._transport(hop.url)
        kept, resumption = None, self._resumption()
        if hop.url.scheme == "https":
            name = _tls_name(hop)
            context = await self.client.context(tls_options(self.request))
        where = None  # only what is remembered of a server wants to know
        if context is not None or self.request.keeps:
            where = Whereto(hop.url.host, hop.url.port, name, transport)
        route = None if where is None else self._route(hop, where, context, log_in)
        if route is not None and (rested := await self._ask_rested(route, hop)) is not None:
            return rested.opened, rested.report
        if context is not None:
            if resumption is not None:
                assert where is not None
                kept = resumption.offer(where, context, self.loop.time(), self.client.clock.now())
            tls = (context, sni(name), kept.session if kept is not None else None)

            def on_secure(ssl_object: ssl.SSLObject) -> None:
                nonlocal report
                if kept is not None and ssl_object.session_reused:
                    report = kept.report
                else:
                    report = (verified_report if self.request.verify else unverified_report)(ssl_object, name)

        if log_in is not None:
            hop = _with_header(hop, "Connection", "keep-alive")
        payload = self._payload(hop, transport, keeps=route is not None)
        opened = await self._connect(hop, transport, keeps_open=log_in is not None or route is not None)
        exchange = opened.protocol
        try:
            exchange.start(payload, self.deadlines, tls, on_secure)
            await exchange.done
            again = _further(hop, log_in, exchange)
            while again is not None and exchange.persists:
                exchange.again(self._payload(again, transport))
                await exchange.done
                again = _further(again, log_in, exchange)
        except ssl.SSLCertVerificationError as error:
            exchange.forget_failure()
            raise await self._not_verified(error, hop.url, name, transport) from None
        except NetworkError:
            exchange.forget_failure()
            raise
        finally:
            if route is None or not exchange.persists:
                exchange.close()
            self._record(hop, exchange)
        if route is not None:
            self.client.resting.put(route, Rested(opened, report, self.loop.time()), self.loop)
        if report is not None and resumption is not None and (kept is None or report is not kept.report):
            assert where is not None
            assert context is not None
            assert exchange.ssl_object is not None
            resumption.keep(where, context, exchange.ssl_object, report, self.loop.time())
        return (opened, report) if again is None else await self._ask(again, log_in)

    def _route(
        self, hop: Hop, where: Whereto, context: ssl.SSLContext | None, log_in: LogIn | None
    ) -> Route | None:
        """Where connections are that can be used again; None: it wants one of its own."""
        request = self.request
        if not request.keeps or log_in is not None or request.unix_socket is not None:
            return None
        return None if _is_passed_on(hop.url, where.way) else Route(where, context, request.ip_family)

    async def _ask_rested(self, route: Route, hop: Hop) -> Rested | None:
        """The answer on a connection that waited; None: there is none, or its server has closed it.

        A server may close just when the request comes. It is asked again on a new connection then, as after
        any other loss of an answer: rather twice than never.
        """
        rested = self.client.resting.take(route, self.loop.time())
        if rested is None:
            return None
        opened, exchange = rested.opened, rested.opened.protocol
        opened.dns_ms = opened.connect_ms = 0.0
        payload = self._payload(hop, route.where.way, keeps=True)
        exchange.afresh(payload, self.deadlines, hop.method, self.request.body_limit, self._leads_on)
        try:
            await exchange.done
        except NetworkError as error:
            exchange.forget_failure()
            if exchange.heard or error.kind is ErrorKind.TIMEOUT:
                raise
            return None
        finally:
            if not exchange.persists:
                exchange.close()
            self._record(hop, exchange)
        self.client.resting.put(route, rested, self.loop)
        return rested

    def _resumption(self) -> Resumption | None:
        """None: the handshake is a whole one, as whoever looks at one check closely wants to see it."""
        request = self.request
        return None if request.cert_pem or request.log_in or current() is not None else request.resumption

    def _record(self, hop: Hop, exchange: Exchange) -> None:
        """Tell whoever records what this task does; a failed exchange as far as it came."""
        trace = current()
        if trace is None:
            return
        trace.tls_ms = exchange.tls_ms or None
        trace.first_byte_ms = exchange.first_byte_ms or None
        answer = exchange.answer
        if answer.begun:
            trace.answer = Answered(
                answer.http_version, answer.status, answer.reason, answer.headers, answer.body, str(hop.url)
            )
        if answer.complete:
            trace.whole_ms = exchange.whole_ms

    def _transport(self, url: Url) -> Transport:
        rule = self.request.proxy or self.client.proxy
        proxy = rule(url) if rule is not None and self.request.unix_socket is None else None
        return self.client.transports.through(proxy, verify=self.request.verify)

    def _payload(self, hop: Hop, transport: Transport, *, keeps: bool = False) -> bytes:
        """The request as bytes: as servers read it, or as a proxy does that passes it on."""
        passed_on = _is_passed_on(hop.url, transport)
        if self.jar is None and not passed_on:
            return _payload_of(hop, keeps)
        headers = self._headers(hop)
        if not passed_on:
            return serialise(hop.method, hop.url, headers, hop.body, keeps=keeps)
        assert transport.proxy is not None
        authorization = proxy_authorization(transport.proxy)
        if authorization is not None:
            headers = [*headers, ("Proxy-Authorization", authorization)]
        return serialise(hop.method, hop.url, headers, hop.body, absolute=True)

    async def _connect(self, hop: Hop, transport: Transport, *, keeps_open: bool) -> Connected[Exchange]:
        def factory() -> Exchange:
            limit = self.request.body_limit
            return Exchange(self.loop, hop.method, limit, self._leads_on, keeps_open=keeps_open)

        try:
            with TimeLimit(self.loop, self.deadlines.headers):
                if self.request.unix_socket is not None:
                    return await open_unix(self.request.unix_socket, factory)
                if _is_passed_on(hop.url, transport) and isinstance(transport.connector, ProxyConnector):
                    return await transport.connector.open_proxy(factory)
                family = self.request.ip_family
                return await transport.connector.open(hop.url.host, hop.url.port, factory, family=family)
        except TimeoutError:
            raise self.deadlines.exceeded(self.loop.time()) from None

    async def _not_verified(
        self, error: ssl.SSLCertVerificationError, url: Url, name: str, transport: Transport
    ) -> NetworkError:
        """The failure, with the certificate that a second, lenient handshake shows."""
        options = tls_options(self.request)
        family = self.request.ip_family
        report = await transport.probe.fetch(url.host, url.port, name=name, options=options, family=family)
        return verification_error(error, report, self.client.clock.now())

    async def _response(
        self, hop: Hop, opened: Connected[Exchange], report: CertificateReport | None
    ) -> Response:
        exchange, answer = opened.protocol, opened.protocol.answer
        timings = Timings(
            opened.dns_ms,
            opened.connect_ms,
            exchange.tls_ms,
            exchange.first_byte_ms,
            (perf_counter() - self.begun) * MS,
        )
        if report is not None and not self.request.verify:
            report = await self._transport(hop.url).verdicts.judge(
                report,
                hop.url.host,
                hop.url.port,
                name=_tls_name(hop),
                options=tls_options(self.request),
                family=self.request.ip_family,
            )
        return Response(
            answer.status,
            answer.reason,
            answer.headers,
            answer.body,
            answer.truncated,
            _shown(hop),
            timings,
            report,
            answer.http_version,
            opened.address,
            exchange.resumed,
        )

    def _headers(self, hop: Hop) -> list[tuple[str, str]]:
        headers = list(hop.headers)
        cookies = self.jar.header(hop.url) if self.jar is not None else None
        if cookies is None:
            return headers
        own = [value for name, value in headers if name.lower() == "cookie"]
        others = [field for field in headers if field[0].lower() != "cookie"]
        return [*others, ("Cookie", "; ".join([*own, cookies]))]

    def _keep_cookies(self, url: Url, headers: Headers) -> None:
        fields = headers.get_all("set-cookie")
        if fields:
            self.jar = self.jar or CookieJar()
            self.jar.store(url, fields, self.client.clock.now())


def _first_hop(
    method: str, url: str, headers: tuple[Field, ...], body: bytes | None, auth: tuple[str, str] | None
) -> Hop:
    """The first request of a chain, checked. Raises NetworkError."""
    method = check_method(method)
    check_headers(headers)
    parsed = parse_url(url)
    return Hop(method, parsed, tuple(authorise(headers, parsed, auth)), body)


_kept_hop = lru_cache(maxsize=URLS_REMEMBERED)(_first_hop)


def _payload_of(hop: Hop, keeps: bool) -> bytes:
    """The request as servers read it; whoever asks again and again does so in one way."""
    if hop.payload is None:
        hop.payload = serialise(hop.method, hop.url, hop.headers, hop.body, keeps=keeps)
    return hop.payload


def _shown(hop: Hop) -> str:
    """Its address as people may see it."""
    if not hop.shown:
        hop.shown = str(hop.url)
    return hop.shown


def _with_header(hop: Hop, name: str, value: str) -> Hop:
    others = [field for field in hop.headers if field[0].lower() != name.lower()]
    return replace(hop, headers=(*others, (name, value)))


def _further(hop: Hop, log_in: LogIn | None, exchange: Exchange) -> Hop | None:
    """The request with which a log-in goes on after an answer; None when it does not."""
    answer = exchange.answer
    if log_in is None or answer.status != _UNAUTHORIZED:
        return None
    authorization = log_in(answer.headers)
    return None if authorization is None else _with_header(hop, "Authorization", authorization)


def _is_passed_on(url: Url, transport: Transport) -> bool:
    """Whether the request is given to a proxy that makes one of its own of it."""
    return url.scheme == "http" and transport.proxy is not None and transport.proxy.speaks_http


def tls_options(request: Request) -> TlsOptions:
    """The set of TLS options a request asks for."""
    return TlsOptions(request.verify, request.ca_pem, request.cert_pem, request.key_pem, _ALPN)


def _tls_name(hop: Hop) -> str:
    """The name the certificate has to be for: the Host header's, where the user gave one."""
    for field, value in hop.headers:
        if field.lower() == "host":
            host = value.rpartition("]")[0].removeprefix("[") or value.partition(":")[0]
            return host.strip() or hop.url.host
    return hop.url.host
