"""What the monitors of the HTTP family have in common: ask, accept the status, then judge the answer."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from functools import partial
from time import perf_counter
from typing import Any, ClassVar, Final, TypeVar, cast

from msgspec import Struct

from kuma_lite.checks._http_options import HttpOptions
from kuma_lite.checks._http_request import overridden, with_cache_buster
from kuma_lite.checks._jsonata import EVALUATION_S
from kuma_lite.checks._large import off_loop_if_large
from kuma_lite.checks._network import NO_PROXY, failed, network_of, seen
from kuma_lite.checks._ntlm import NtlmCredentials, begin_log_in, load_ntlm
from kuma_lite.checks._oauth import TOKEN_TIMEOUT_S, OAuthClient, TokenCache
from kuma_lite.checks._saved_response import save_response
from kuma_lite.checks._status_codes import is_accepted
from kuma_lite.core.declarations import (
    CERTIFICATE_DAYS,
    RESPONSE_TIME,
    CannotCheck,
    CheckContext,
    CheckFailed,
    CheckResult,
    MonitorType,
    Number,
)
from kuma_lite.core.errors import UserError
from kuma_lite.core.json_text import JsonTextError, compact_json, parse_json
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http import HttpClient, Request, Response
from kuma_lite.net.http.message import BODY_GRACE
from kuma_lite.net.network import NoProxy
from kuma_lite.net.resolve import IpFamily

# On top of all limits of a check, before it is called hung.
_DEADLINE_SLACK_S: Final = 10.0
_UNAUTHORIZED: Final = 401
_OAUTH: Final = "oauth2-cc"
_NTLM: Final = "ntlm"
# Says nothing about the target, so it is no DOWN; going directly would say something about another way to it.

H = TypeVar("H", bound=HttpOptions)


class Judgement(Struct):
    """What an accepted answer is worth."""

    passes: bool
    message: str
    retry: bool = True
    numbers: Mapping[str, float] | None = None  # as in `CheckResult`


class HttpFamilyMonitor(MonitorType[H]):
    """Asks for a URL; a subclass judges the answer."""

    in_type_list = False
    numbers: ClassVar[tuple[Number, ...]] = (RESPONSE_TIME, CERTIFICATE_DAYS)

    def __init__(self) -> None:
        self._tokens = TokenCache()

    @abstractmethod
    async def judge(self, options: H, response: Response) -> Judgement:
        """Look at an answer with an accepted status."""

    def validate(self, options: H, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """Headers must be JSON, as in Uptime Kuma 2.5; everything else may turn out at the first check."""
        if options.headers:
            try:
                parse_json(options.headers)
            except JsonTextError as error:
                raise UserError(
                    "Headers must be valid JSON: {reason}", reason=error, about="headers"
                ) from None
        return super().validate(options, document)

    def deadline(self, options: H, context: CheckContext) -> float:
        """Time for headers and body; twice, and for two tokens, with OAuth; and for a JSON query."""
        one = context.timeout + BODY_GRACE
        asking = 2 * (one + TOKEN_TIMEOUT_S) if options.auth_method == _OAUTH else one
        return asking + EVALUATION_S + _DEADLINE_SLACK_S

    async def check(self, options: H, context: CheckContext) -> CheckResult:
        """Ask once. The ping is the time until the end of the answer, token included, in whole ms."""
        if options.prepared.problem is not None:
            raise CheckFailed(options.prepared.problem)
        begun = perf_counter()
        options.resumption.begin()
        try:
            response = await self._ask(options, context)
        except NoProxy:
            raise CannotCheck(NO_PROXY) from None
        ping = round((perf_counter() - begun) * 1000)
        certificate = seen(response.certificate, for_url=True)
        if not is_accepted(response.status, options.accepted):
            raise CheckFailed(
                f"Request failed with status code {response.status}",
                response=await _kept(options, response) if options.save_error_response else None,
                certificate=certificate,
            )
        kept = await _kept(options, response) if options.save_response else None
        judgement = await self.judge(options, response)
        if not judgement.passes:
            raise CheckFailed(
                judgement.message,
                ping=ping,
                response=kept,
                retry=judgement.retry,
                certificate=certificate,
            )
        options.resumption.well()
        return CheckResult(
            judgement.message,
            ping=ping,
            response=kept,
            certificate=certificate,
            numbers=judgement.numbers,
        )

    async def _ask(self, options: H, context: CheckContext) -> Response:
        network = network_of(context)
        request = _request(options, context)
        request.proxy = network.proxy_for(options.proxy_id)
        if options.auth_method == _NTLM:
            request.log_in = partial(begin_log_in, await load_ntlm(), _ntlm_credentials(options))
        try:
            if options.auth_method != _OAUTH:
                return await network.http.send(request)
            return await self._ask_with_token(options, request, network.http, context.now)
        except NetworkError as error:
            raise failed(error) from None

    async def _ask_with_token(self, options: H, request: Request, http: HttpClient, now: float) -> Response:
        """A token that was refused is replaced once: it may have been revoked before its time."""
        client = OAuthClient(
            options.oauth_token_url,
            options.oauth_client_id,
            options.oauth_client_secret,
            options.oauth_auth_method,
            options.oauth_scopes,
            options.oauth_audience,
            verify=not options.ignore_tls,
            proxy=request.proxy,
        )
        own = options.prepared.headers
        for attempt in (1, 2):
            token = await self._tokens.authorization(client, http, now)
            request.headers = overridden([("Authorization", token)], own)
            response = await http.send(request)
            if response.status != _UNAUTHORIZED or attempt == 2:
                break
            self._tokens.forget(client)
        return response


def _ntlm_credentials(options: HttpOptions) -> NtlmCredentials:
    return NtlmCredentials(
        options.basic_user, options.basic_pass, options.auth_domain, options.auth_workstation
    )


def _request(options: HttpOptions, context: CheckContext) -> Request:
    prepared = options.prepared
    mutual = options.auth_method == "mtls"
    family = options.ip_family if options.ip_family in ("ipv4", "ipv6") else None
    return Request(
        prepared.method,
        with_cache_buster(options.url) if options.cache_bust else options.url,
        headers=prepared.headers,
        body=prepared.body,
        timeout=context.timeout,
        max_redirects=options.max_redirects,
        verify=not options.ignore_tls,
        ca_pem=options.tls_ca or None if mutual else None,
        cert_pem=options.tls_cert or None if mutual else None,
        key_pem=options.tls_key or None if mutual else None,
        ip_family=cast("IpFamily | None", family),
        recurs=prepared.body is None and not options.cache_bust,
        resumption=options.resumption,
    )


# --- Bodies ------------------------------------------------------------------------------------------------


def status_line(response: Response) -> str:
    """`200 - OK`, the beginning of most texts."""
    return f"{response.status} - {response.reason}"


async def without_spacing(text: str) -> str:
    """JSON as Uptime Kuma 2.5 sees it, parsed and written again without spacing; other text as it is."""
    if text[:64].lstrip()[:1] not in ("{", "["):
        return text
    return await off_loop_if_large(_without_spacing, text)


def _without_spacing(text: str) -> str:
    try:
        return compact_json(parse_json(text))
    except (JsonTextError, RecursionError):
        return text


async def _kept(options: HttpOptions, response: Response) -> str:
    text = await without_spacing(response.text)
    return save_response(text, max(0, options.response_max_length))
