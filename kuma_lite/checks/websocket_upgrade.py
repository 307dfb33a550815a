"""WebSocket: a server opens one, and closes it as wanted."""

from __future__ import annotations

import asyncio
from functools import cached_property
from time import perf_counter
from typing import Final

from kuma_lite.checks._auth_options import AuthOptions
from kuma_lite.checks._channel import Channel, open_channel
from kuma_lite.checks._http_request import Prepared, Wanted, overridden, prepare
from kuma_lite.checks._network import failed, network_of, seen
from kuma_lite.checks._oauth import TOKEN_TIMEOUT_S, OAuthClient, TokenCache
from kuma_lite.checks._shared_options import ignore_tls_option, timeout_option
from kuma_lite.checks._status_codes import DEFAULT_CODES, is_accepted
from kuma_lite.checks._websocket import (
    ABNORMAL,
    NORMAL,
    close_frame,
    closing_code,
    read_head,
    refusal,
)
from kuma_lite.core.declarations import (
    CERTIFICATE_DAYS,
    RESPONSE_TIME,
    CheckContext,
    CheckFailed,
    CheckResult,
    Kind,
    MonitorType,
    Notation,
)
from kuma_lite.core.json_text import JsonTextError, parse_json
from kuma_lite.core.options import Options, option
from kuma_lite.net.contexts import TlsOptions
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http.request_bytes import authorise, check_headers
from kuma_lite.net.http.url import Url, parse_url
from kuma_lite.net.websocket import new_key, upgrade_request

CLOSE_TIMEOUT_S: Final = 30.0  # for the server's close frame; as in Uptime Kuma 2.5
_SCHEMES: Final = {"ws": "http", "wss": "https", "http": "http", "https": "https"}
_OAUTH: Final = "oauth2-cc"
_WRONG_SCHEME: Final = "The address of a WebSocket begins with ws:// or wss://."
_CODE_NAMES: Final = {
    1002: "Protocol error",
    1003: "Unsupported Data",
    1005: "No Status Received",
    1006: "Abnormal Closure",
    1007: "Invalid frame payload data",
    1008: "Policy Violation",
    1009: "Message Too Big",
    1010: "Mandatory Extension Missing",
    1011: "Internal Error",
    1012: "Service Restart",
    1013: "Try Again Later",
    1014: "Bad Gateway",
    1015: "TLS Handshake Failed",
    3000: "Unauthorized",
    3003: "Forbidden",
    3008: "Timeout",
}


class _AddressOptions(Options):
    """Where to connect, and what to say."""

    url: str = option("", label="URL", kind=Kind.URL, placeholder="wss://example.org/", required=True)
    subprotocol: str = option(
        "",
        alias="wsSubprotocol",
        label="Subprotocols",
        kind=Kind.TEXT,
        section="request",
        help="Separated by commas; the server has to choose one of them.",
    )
    headers: str = option(
        "",
        label="Headers",
        kind=Kind.JSON,
        section="request",
        placeholder='{"X-Header": "value"}',
        help="A JSON object of names and values.",
    )


class WebSocketOptions(AuthOptions, _AddressOptions):  # fields of the last base come first
    """How a WebSocket is opened, and with which code it has to close. Keys are Uptime Kuma 2.5's."""

    ignore_tls: bool = ignore_tls_option()
    accepted: tuple[str, ...] = option(
        DEFAULT_CODES,
        alias="accepted_statuscodes",
        label="Accepted closing codes",
        kind=Kind.STATUS_CODES,
        section="advanced",
        form_default=(str(NORMAL),),
        help="Of the WebSocket, not of HTTP: 1000 is a normal end.",
    )
    ignore_accept: bool = option(
        False,
        alias="wsIgnoreSecWebsocketAcceptHeader",
        label="Ignore the Sec-WebSocket-Accept header",
        kind=Kind.SWITCH,
        section="advanced",
        help="For servers that answer with a wrong one.",
    )
    timeout: float = timeout_option("For the WebSocket to open.", form_default=20)

    @cached_property
    def prepared(self) -> Prepared:
        """What is the same in every check; headers that are no JSON object are left out."""
        return prepare(
            Wanted(
                headers=self.headers if _is_object(self.headers) else "",
                auth_method=self.auth_method or "",
                basic=(self.basic_user, self.basic_pass),
                bearer_token=self.bearer_token,
            )
        )

    @property
    def subprotocols(self) -> list[str]:
        """Those offered."""
        return [name for part in self.subprotocol.split(",") if (name := part.strip())]

    @property
    def tls(self) -> TlsOptions:
        """With the client certificate, where one is used."""
        mutual = self.auth_method == "mtls"
        return TlsOptions(
            verify=not self.ignore_tls,
            ca_pem=self.tls_ca or None if mutual else None,
            cert_pem=self.tls_cert or None if mutual else None,
            key_pem=self.tls_key or None if mutual else None,
            alpn=("http/1.1",),
        )


class WebSocketMonitor(MonitorType[WebSocketOptions]):
    """Opens a WebSocket and closes it at once."""

    name = "websocket-upgrade"
    label = "WebSocket"
    description = "Opens a WebSocket, closes it and looks at the closing code."
    options = WebSocketOptions
    notations = (Notation("wss", ports=(443,), rank=3), Notation("ws"))
    numbers = (RESPONSE_TIME, CERTIFICATE_DAYS)

    def __init__(self) -> None:
        self._tokens = TokenCache()

    def deadline(self, options: WebSocketOptions, context: CheckContext) -> float:
        """A token, the opening, the closing."""
        del options
        return TOKEN_TIMEOUT_S + context.timeout + CLOSE_TIMEOUT_S + 20

    async def check(self, options: WebSocketOptions, context: CheckContext) -> CheckResult:
        """The ping is the time from the first to the last byte in whole ms, token included."""
        if options.prepared.problem is not None:
            raise CheckFailed(options.prepared.problem)
        begun = perf_counter()
        try:
            url = _read_url(options.url)
            headers = await self._headers(options, url, context)
            async with open_channel(
                network_of(context),
                url.host,
                url.port,
                tls=options.tls if url.scheme == "https" else None,
                timeout=context.timeout,
                now=context.now,
            ) as channel:
                left = max(0.0, context.timeout - (perf_counter() - begun))
                async with asyncio.timeout(left):
                    await _open(channel, options, url, headers)
                code, reason = await _close(channel)
        except TimeoutError:
            raise CheckFailed("Opening handshake has timed out", local=True) from None
        except NetworkError as error:
            raise failed(error) from None
        return _judge(options, code, reason, round((perf_counter() - begun) * 1000), channel)

    async def _headers(
        self, options: WebSocketOptions, url: Url, context: CheckContext
    ) -> list[tuple[str, str]]:
        headers = options.prepared.headers
        if options.auth_method == _OAUTH:
            token = await self._tokens.authorization(_client(options), network_of(context).http, context.now)
            headers = overridden([("Authorization", token)], headers)
        check_headers(headers)
        return list(authorise(headers, url, None))


def _client(options: WebSocketOptions) -> OAuthClient:
    return OAuthClient(
        options.oauth_token_url,
        options.oauth_client_id,
        options.oauth_client_secret,
        options.oauth_auth_method,
        options.oauth_scopes,
        options.oauth_audience,
        verify=not options.ignore_tls,
    )


def _read_url(text: str) -> Url:
    """The address as HTTP knows it. Raises CheckFailed, NetworkError."""
    scheme, separator, rest = text.strip().partition("://")
    if not separator or scheme.lower() not in _SCHEMES:
        raise CheckFailed(_WRONG_SCHEME)
    return parse_url(f"{_SCHEMES[scheme.lower()]}://{rest}")


def _is_object(text: str) -> bool:
    try:
        return isinstance(parse_json(text), dict)
    except JsonTextError:
        return False


async def _open(
    channel: Channel, options: WebSocketOptions, url: Url, headers: list[tuple[str, str]]
) -> None:
    key, offered = new_key(), options.subprotocols
    channel.write(upgrade_request(url, headers, key, offered))
    status, answered = await read_head(channel)
    problem = refusal(status, answered, key, offered, ignore_accept=options.ignore_accept)
    if problem is not None:
        raise CheckFailed(problem, certificate=seen(channel.certificate, for_url=True))


async def _close(channel: Channel) -> tuple[int, str]:
    """Say goodbye; the code is the server's."""
    channel.write(close_frame(NORMAL))
    try:
        async with asyncio.timeout(CLOSE_TIMEOUT_S):
            return await closing_code(channel)
    except TimeoutError:
        return ABNORMAL, ""


def _judge(options: WebSocketOptions, code: int, reason: str, ping: int, channel: Channel) -> CheckResult:
    certificate = seen(channel.certificate, for_url=True)
    if not is_accepted(code, options.accepted):
        name = _CODE_NAMES.get(code, f"Unexpected status code: {code}")
        raise CheckFailed(name, certificate=certificate)
    clean = code != ABNORMAL
    return CheckResult(f"{code} - OK" if clean else reason, ping=ping, certificate=certificate)
