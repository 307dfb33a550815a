"""Globalping: a ping, a web request or a DNS query, made by a probe somewhere in the world."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from kuma_lite.checks._globalping import API, POLL_S, REQUEST_TIMEOUT_S, Globalping, Measured
from kuma_lite.checks._globalping_options import GlobalpingOptions
from kuma_lite.checks._http_request import with_cache_buster
from kuma_lite.checks._json_query import query
from kuma_lite.checks._jsonata import EVALUATION_S, QueryError, evaluate
from kuma_lite.checks._network import ToldCertificate, network_of
from kuma_lite.checks._oauth import TOKEN_TIMEOUT_S, OAuthClient, TokenCache
from kuma_lite.checks._status_codes import is_accepted
from kuma_lite.checks.keyword import excerpt
from kuma_lite.core.declarations import CannotCheck, CheckContext, CheckFailed, CheckResult, MonitorType
from kuma_lite.core.errors import UserError
from kuma_lite.core.json_text import JsonTextError, parse_json
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http.url import DEFAULT_PORTS, parse_url

TOKEN_SETTING: Final = "globalpingApiToken"  # noqa: S105 - the name of a setting
_FAMILIES: Final = {"ipv4": 4, "ipv6": 6}
_OVER_TLS: Final = ("HTTPS", "HTTP2")
# Expressions that cannot take long, however long the text: nothing in them is repeated.
_SIMPLE_PATTERN: Final = re.compile(r"[\w\s.:;,=\"'@/^$-]*")
_BARE_SLASH: Final = re.compile(r"(\\.)|/", re.DOTALL)


class GlobalpingMonitor(MonitorType[GlobalpingOptions]):
    """Orders a measurement and judges what the probe found.

    What the API itself refuses (no credits left, an unknown location, trouble of its own) is no DOWN, as
    it is in Uptime Kuma 2.5, since nobody has asked the target; the words are the same.

    Args:
        base_url: where the API is.
        poll: seconds between two questions whether the result is there.
    """

    name = "globalping"
    label = "Globalping"
    description = "Has a probe of the Globalping network ping a host, ask for a web page or for DNS records."
    group = "specific"
    options = GlobalpingOptions

    def __init__(self, base_url: str = API, *, poll: float = POLL_S) -> None:
        self._base_url = base_url
        self._poll = poll
        self._tokens = TokenCache()

    def validate(self, options: GlobalpingOptions, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """Headers must be JSON, as in Uptime Kuma 2.5."""
        if options.headers:
            try:
                parse_json(options.headers)
            except JsonTextError as error:
                raise UserError(
                    "Headers must be valid JSON: {reason}", reason=error, about="headers"
                ) from None
        return super().validate(options, document)

    def target(self, options: GlobalpingOptions) -> None:
        """None that is reached from here; Uptime Kuma 2.5 names none either."""
        del options

    def deadline(self, options: GlobalpingOptions, context: CheckContext) -> float:
        """The measurement with a last request, a token before, a query after."""
        del options
        return context.timeout + 3 * REQUEST_TIMEOUT_S + TOKEN_TIMEOUT_S + EVALUATION_S + 10

    async def check(self, options: GlobalpingOptions, context: CheckContext) -> CheckResult:
        """The ping is what the probe measured, in ms."""
        network = network_of(context)
        client = Globalping(
            network.http,
            self._base_url,
            network.find_setting(TOKEN_SETTING),
            timeout=context.timeout,
            poll=self._poll,
        )
        if options.subtype == "ping":
            return _judge_ping(await _measure(client, _ping(options)))
        if options.subtype == "http":
            wanted = await self._http(options, context)
            return await _judge_http(await _measure(client, wanted), options, _protocol(wanted))
        if options.subtype == "dns":
            return await _judge_dns(await _measure(client, _dns(options)), options)
        raise CannotCheck(f"Globalping monitors cannot measure by {options.subtype!r}.")

    async def _http(self, options: GlobalpingOptions, context: CheckContext) -> dict[str, Any]:
        headers = list(options.sent_headers)
        if options.prepared.problem is not None:
            raise CannotCheck(options.prepared.problem)
        if options.auth_method == "oauth2-cc" and not any(
            name.lower() == "authorization" for name, _ in headers
        ):
            headers.insert(0, ("Authorization", await self._token(options, context)))
        try:
            url = parse_url(with_cache_buster(options.url) if options.cache_bust else options.url)
        except NetworkError as error:
            raise CannotCheck(error.message) from None
        path, _, question = url.target.partition("?")
        request: dict[str, Any] = {
            "host": url.host,
            "path": path,
            "method": options.method,
            "headers": dict(headers),
        }
        if question:
            request["query"] = question
        protocol = "HTTP2" if options.protocol == "HTTP2" else url.scheme.upper()
        wanted: dict[str, Any] = {"request": request, "protocol": protocol}
        if url.port != DEFAULT_PORTS[url.scheme]:
            wanted["port"] = url.port
        return _order("http", url.host, options, wanted, resolver=True)

    async def _token(self, options: GlobalpingOptions, context: CheckContext) -> str:
        """From here: the probe must not see what tokens are asked for with."""
        client = OAuthClient(
            options.oauth_token_url,
            options.oauth_client_id,
            options.oauth_client_secret,
            options.oauth_auth_method,
            options.oauth_scopes,
            options.oauth_audience,
        )
        return await self._tokens.authorization(client, network_of(context).http, context.now)


async def _measure(client: Globalping, wanted: dict[str, Any]) -> Measured:
    """Raises CheckFailed when the probe could not make it."""
    measured = await client.measure(wanted)
    if measured.result.get("status") == "failed":
        raise CheckFailed(measured.says(f"Failed: {measured.raw}"))
    return measured


# --- Orders ------------------------------------------------------------------------------------------------


def _order(
    kind: str, target: str, options: GlobalpingOptions, wanted: dict[str, Any], *, resolver: bool
) -> dict[str, Any]:
    family = _FAMILIES.get(options.ip_family or "")
    if family is not None:
        wanted["ipVersion"] = family
    if resolver and options.resolver.strip():
        wanted["resolver"] = options.resolver.strip()
    return {
        "type": kind,
        "target": target,
        "inProgressUpdates": False,
        "limit": 1,
        "locations": [{"magic": options.location.strip() or "world"}],
        "measurementOptions": wanted,
    }


def _ping(options: GlobalpingOptions) -> dict[str, Any]:
    wanted: dict[str, Any] = {"packets": options.ping_count or 1}
    if options.protocol in ("ICMP", "TCP"):
        wanted["protocol"] = options.protocol
    if options.protocol == "TCP" and options.port:
        wanted["port"] = options.port
    return _order("ping", _host(options), options, wanted, resolver=False)


def _dns(options: GlobalpingOptions) -> dict[str, Any]:
    wanted: dict[str, Any] = {"query": {"type": options.record_type}}
    if options.port:
        wanted["port"] = options.port
    if options.protocol in ("UDP", "TCP"):
        wanted["protocol"] = options.protocol
    return _order("dns", _host(options), options, wanted, resolver=True)


def _host(options: GlobalpingOptions) -> str:
    host = options.hostname.strip()
    if not host:
        raise CannotCheck("No hostname is set.")
    return host


def _protocol(wanted: dict[str, Any]) -> str:
    return str(wanted["measurementOptions"]["protocol"])


# --- Judging -----------------------------------------------------------------------------------------------


def _judge_ping(measured: Measured) -> CheckResult:
    if not measured.result.get("timings"):
        raise CheckFailed(measured.says(f"Failed: {measured.raw}"))
    stats = measured.result.get("stats")
    average = stats.get("avg") if isinstance(stats, Mapping) else None
    ping = round(average, 3) if isinstance(average, int | float) else 0
    return CheckResult(measured.says("OK"), ping=ping)


async def _judge_http(measured: Measured, options: GlobalpingOptions, protocol: str) -> CheckResult:
    ping = measured.timing("total") or 0
    status = measured.result.get("statusCode")
    if not isinstance(status, int) or not is_accepted(status, options.accepted):
        raise CheckFailed(
            measured.says(f"Status code {status} not accepted. Output: {measured.raw}"), ping=ping
        )
    if options.keyword:
        found = options.keyword in measured.raw
        line = measured.says(f"{status} - {measured.result.get('statusCodeName')}")
        if found is options.invert_keyword:
            verb = "present" if found else "not"
            raise CheckFailed(f"{line}, but keyword is {verb} in [{excerpt(measured.raw)}]", ping=ping)
        return CheckResult(f"{line}, keyword {'is' if found else 'not'} found", ping=ping)
    if options.expected:
        try:
            comparison = await query(_json_in(measured), options.path, options.operator, options.expected)
        except QueryError as error:
            raise CheckFailed(str(error), ping=ping) from None
        text = measured.says(comparison.sentence())
        if not comparison.passes:
            raise CheckFailed(text, ping=ping)
        return CheckResult(text, ping=ping)
    tls = measured.result.get("tls")
    certificate = _certificate(tls) if isinstance(tls, Mapping) else None
    # Uptime Kuma 2.5 does not look over HTTP/2.
    looked = protocol in _OVER_TLS and not options.ignore_tls
    if looked and isinstance(tls, Mapping) and not tls.get("authorized"):
        text = measured.says(f"TLS certificate is not authorized: {tls.get('error')}")
        raise CheckFailed(text, ping=ping, certificate=certificate)
    return CheckResult(measured.says("OK"), ping=ping, certificate=certificate)


def _json_in(measured: Measured) -> str:
    """The raw output, or the body where that is JSON: the output of a GET begins with the headers."""
    body = measured.result.get("rawBody")
    if isinstance(body, str) and body[:1024].lstrip()[:1] in ("{", "["):
        return body
    return measured.raw


def _certificate(tls: Mapping[str, Any]) -> ToldCertificate | None:
    try:
        expires = datetime.fromisoformat(str(tls.get("expiresAt")).replace("Z", "+00:00")).timestamp()
    except ValueError:
        return None
    subject, issuer = tls.get("subject"), tls.get("issuer")
    return ToldCertificate(
        bool(tls.get("authorized")),
        subject if isinstance(subject, Mapping) else {},
        issuer if isinstance(issuer, Mapping) else {},
        expires,
        str(tls.get("fingerprint256") or ""),
    )


async def _judge_dns(measured: Measured, options: GlobalpingOptions) -> CheckResult:
    answers = measured.result.get("answers")
    listed = answers if isinstance(answers, list) else []
    values = [str(answer.get("value")) for answer in listed if isinstance(answer, Mapping)]
    ping = measured.timing("total") or 0
    text = " | ".join(values) or f"No records found. {measured.result.get('statusCodeName')}"
    if options.keyword and not await _matches(options.keyword, values):
        raise CheckFailed(measured.says(f"No record matched. {text}"), ping=ping)
    return CheckResult(measured.says(text), ping=ping)


async def _matches(pattern: str, values: list[str]) -> bool:
    """Whether a value matches the expression. One that could take for ever is judged where it cannot."""
    if _SIMPLE_PATTERN.fullmatch(pattern):
        simple = re.compile(pattern, re.IGNORECASE)
        return any(simple.search(value) for value in values)
    quoted = _BARE_SLASH.sub(lambda found: found[1] or r"\/", pattern)
    try:
        return bool(await evaluate(f"$count(values[$contains($, /{quoted}/i)]) > 0", {"values": values}))
    except QueryError as error:
        raise CannotCheck(f"The keyword is no regular expression that can be used: {error}") from None
