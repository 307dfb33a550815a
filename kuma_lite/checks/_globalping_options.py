"""What a Globalping monitor is told."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

from kuma_lite.checks._auth_options import HeaderAuthOptions
from kuma_lite.checks._http_request import ACCEPT, Headers, Prepared, Wanted, prepare
from kuma_lite.checks._json_query import OPERATORS
from kuma_lite.checks._shared_options import (
    expiry_notification_option,
    ignore_tls_option,
    invert_keyword_option,
    timeout_option,
)
from kuma_lite.checks._status_codes import DEFAULT_CODES
from kuma_lite.core.declarations import Choice, Kind, ShownWhen
from kuma_lite.core.options import Options, option
from kuma_lite.net.network import USER_AGENT

_RECORDS: Final = (
    *("A", "AAAA", "ANY", "CNAME", "DNSKEY", "DS", "HTTPS", "MX"),
    *("NS", "NSEC", "PTR", "RRSIG", "SOA", "SRV", "SVCB", "TXT"),
)
# What a request from here says of itself; a probe says what it is by itself.
_OWN_HEADERS: Final = (("Accept", ACCEPT), ("User-Agent", USER_AGENT))


def _for(*subtypes: str) -> ShownWhen:
    return ShownWhen("subtype", subtypes)


def _text(label: str, subtype: ShownWhen, **words: Any) -> Any:
    return option("", label=label, kind=Kind.TEXT, shown_when=subtype, **words)


class _WhatOptions(Options):
    """What is measured, and from where."""

    subtype: str = option(
        "ping",
        label="Measurement",
        kind=Kind.SELECT,
        choices=(Choice("ping", "Ping"), Choice("http", "HTTP"), Choice("dns", "DNS")),
    )
    location: str = option(
        "world",
        label="Location",
        kind=Kind.TEXT,
        help="A city, country, continent, network or cloud region; several are joined by +.",
    )
    hostname: str = option("", label="Hostname", kind=Kind.HOST, shown_when=_for("ping", "dns"))
    url: str = option(
        "", label="URL", kind=Kind.URL, placeholder="https://example.org/", shown_when=_for("http")
    )
    port: int | None = option(
        None,
        label="Port",
        kind=Kind.PORT,
        shown_when=_for("ping", "dns"),
        help="Of pings by TCP, and of the DNS server.",
    )
    protocol: str | None = option(
        None,
        label="Protocol",
        kind=Kind.SELECT,
        section="advanced",
        choices=(
            Choice(None, "The usual one"),
            Choice("ICMP", "ICMP (ping)"),
            Choice("TCP", "TCP (ping, DNS)"),
            Choice("UDP", "UDP (DNS)"),
            Choice("HTTP2", "HTTP/2"),
        ),
    )
    ip_family: str | None = option(
        None,
        alias="ipFamily",
        label="IP version",
        kind=Kind.SELECT,
        section="advanced",
        choices=(Choice(None, "Either"), Choice("ipv4", "IPv4 only"), Choice("ipv6", "IPv6 only")),
    )
    ping_count: int = option(
        1,
        alias="ping_count",
        label="Requests",
        kind=Kind.NUMBER,
        minimum=1,
        maximum=16,  # what the API allows
        step=1,
        form_default=3,
        shown_when=_for("ping"),
    )
    record_type: str = option(
        "A",
        alias="dns_resolve_type",
        label="Record type",
        kind=Kind.SELECT,
        choices=tuple(Choice(name, name) for name in _RECORDS),
        shown_when=_for("dns"),
    )
    resolver: str = _text(
        "DNS server",
        _for("http", "dns"),
        alias="dns_resolve_server",
        section="advanced",
        help="Leave empty to ask the one that the probe uses.",
    )
    method: str = option(
        "GET",
        label="Method",
        kind=Kind.SELECT,
        section="request",
        choices=tuple(Choice(name, name) for name in ("GET", "HEAD", "OPTIONS")),
        shown_when=_for("http"),
    )
    headers: str = option(
        "",
        label="Headers",
        kind=Kind.JSON,
        section="request",
        placeholder='{"X-Header": "value"}',
        help="A JSON object of names and values.",
        shown_when=_for("http"),
    )
    cache_bust: bool = option(
        False,
        alias="cacheBust",
        label="Avoid caches",
        kind=Kind.SWITCH,
        section="request",
        help="Adds a random parameter to the address, so that no cache answers in place of the server.",
        shown_when=_for("http"),
    )


class GlobalpingOptions(HeaderAuthOptions, _WhatOptions):  # fields of the last base come first
    """A measurement, and what makes its result a good one. Keys are Uptime Kuma 2.5's."""

    accepted: tuple[str, ...] = option(
        DEFAULT_CODES,
        alias="accepted_statuscodes",
        label="Accepted status codes",
        kind=Kind.STATUS_CODES,
        section="content",
        shown_when=_for("http"),
    )
    keyword: str = _text(
        "Keyword",
        _for("http", "dns"),
        section="content",
        help="HTTP: a text in the answer. DNS: a regular expression that one record has to match.",
    )
    invert_keyword: bool = invert_keyword_option(shown_when=_for("http"))
    path: str = option(
        "$",
        alias="jsonPath",
        label="JSON query",
        kind=Kind.TEXT,
        section="content",
        help="A JSONata expression; used where there is no keyword but an expected value.",
        shown_when=_for("http"),
    )
    operator: str = option(
        "==",
        alias="jsonPathOperator",
        label="Condition",
        kind=Kind.SELECT,
        section="content",
        choices=tuple(Choice(operator, operator) for operator in OPERATORS),
        shown_when=_for("http"),
    )
    expected: str = _text("Expected value", _for("http"), alias="expectedValue", section="content")
    ignore_tls: bool = ignore_tls_option()
    expiry_notification: bool = expiry_notification_option(shown_when=_for("http"))
    timeout: float = timeout_option("For the whole measurement.", form_default=48)

    @cached_property
    def prepared(self) -> Prepared:
        """The request of a measurement by HTTP, but for a token of OAuth."""
        return prepare(
            Wanted(
                method=self.method,
                headers=self.headers,
                auth_method=self.auth_method or "",
                basic=(self.basic_user, self.basic_pass),
                bearer_token=self.bearer_token,
            )
        )

    @property
    def sent_headers(self) -> Headers:
        """Those that were asked for."""
        return [header for header in self.prepared.headers if header not in _OWN_HEADERS]
