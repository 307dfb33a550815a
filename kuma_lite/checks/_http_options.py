"""The options that all monitors of the HTTP family share."""

from __future__ import annotations

from functools import cached_property
from typing import Final

from kuma_lite.checks._auth_options import MTLS, AuthOptions, auth_method_option, password_option, user_option
from kuma_lite.checks._http_request import Prepared, Wanted, prepare
from kuma_lite.checks._shared_options import (
    expiry_notification_option,
    ignore_tls_option,
    proxy_option,
    response_max_length_option,
    save_error_response_option,
    timeout_option,
)
from kuma_lite.checks._status_codes import DEFAULT_CODES
from kuma_lite.core.declarations import Choice, Kind, ShownWhen
from kuma_lite.core.options import Options, option
from kuma_lite.net.http.resumption import Resumption

DEFAULT_MAX_REDIRECTS: Final = 10
FORM_TIMEOUT_S: Final = 48  # what Uptime Kuma's form starts with: 0.8 of a minute

_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")

# A body is sent with any method, as Uptime Kuma does; with others it is rarely meant.
_WITH_BODY: Final = ShownWhen("method", ("POST", "PUT", "PATCH", "DELETE"), or_filled="body")
_NTLM: Final = ShownWhen("authMethod", ("ntlm",))


class _RequestOptions(Options):
    """What is asked."""

    url: str = option("", label="URL", kind=Kind.URL, placeholder="https://example.org/", required=True)

    method: str = option(
        "GET",
        label="Method",
        kind=Kind.SELECT,
        section="request",
        choices=tuple(Choice(name, name) for name in _METHODS),
    )
    body_encoding: str = option(
        "json",
        alias="httpBodyEncoding",
        label="Body type",
        kind=Kind.SELECT,
        section="request",
        shown_when=_WITH_BODY,
        choices=(Choice("json", "JSON"), Choice("form", "Form data"), Choice("xml", "XML")),
    )
    body: str = option(
        "",
        label="Body",
        kind=Kind.TEXTAREA,
        section="request",
        shown_when=_WITH_BODY,
        placeholder='{"key": "value"}',
        help="Leave empty to send none.",
    )
    headers: str = option(
        "",
        label="Headers",
        kind=Kind.JSON,
        section="request",
        placeholder='{"X-Header": "value"}',
        help="A JSON object of names and values. They replace what would be sent otherwise.",
    )
    cache_bust: bool = option(
        False,
        alias="cacheBust",
        label="Avoid caches",
        kind=Kind.SWITCH,
        section="request",
        help="Adds a random parameter to the address, so that no cache answers in place of the server.",
    )


class HttpOptions(AuthOptions, _RequestOptions):  # fields of the last base come first
    """A request, and what makes its answer a good one. Keys are Uptime Kuma 2.5's."""

    auth_method: str | None = auth_method_option(Choice("ntlm", "User name and password (NTLM)"), MTLS)
    basic_user: str = user_option("basic", "ntlm")
    basic_pass: str = password_option("basic", "ntlm")
    auth_domain: str = option(
        "",
        alias="authDomain",
        label="Domain",
        kind=Kind.TEXT,
        section="authentication",
        shown_when=_NTLM,
    )
    auth_workstation: str = option(
        "",
        alias="authWorkstation",
        label="Workstation",
        kind=Kind.TEXT,
        section="authentication",
        help="The name of the machine that logs in, where the server asks for one.",
        shown_when=_NTLM,
    )
    ignore_tls: bool = ignore_tls_option()
    expiry_notification: bool = expiry_notification_option()

    accepted: tuple[str, ...] = option(
        DEFAULT_CODES,
        alias="accepted_statuscodes",
        label="Accepted status codes",
        kind=Kind.STATUS_CODES,
        section="advanced",
        help="Single ones and ranges; any other answer is a failure.",
    )
    timeout: float = timeout_option(
        "For the answer to begin, redirects included.", form_default=FORM_TIMEOUT_S
    )
    max_redirects: int = option(
        DEFAULT_MAX_REDIRECTS,
        alias="maxredirects",
        label="Redirects followed",
        kind=Kind.NUMBER,
        section="advanced",
        minimum=0,
        step=1,
        help="0 follows none and judges the redirect itself.",
    )
    proxy_id: int | None = proxy_option()
    ip_family: str | None = option(
        None,
        alias="ipFamily",
        label="IP version",
        kind=Kind.SELECT,
        section="advanced",
        choices=(
            Choice(None, "Whichever answers first"),
            Choice("ipv4", "IPv4 only"),
            Choice("ipv6", "IPv6 only"),
        ),
    )
    save_error_response: bool = save_error_response_option(when="When its status is not accepted.")
    save_response: bool = option(
        False,
        alias="saveResponse",
        label="Keep the answer of good checks, too",
        kind=Kind.SWITCH,
        section="advanced",
    )
    response_max_length: int = response_max_length_option()

    @cached_property
    def resumption(self) -> Resumption:
        """The TLS sessions of the monitor with these options."""
        return Resumption()

    @cached_property
    def prepared(self) -> Prepared:
        """What can be made ready once for all checks with these options."""
        return prepare(
            Wanted(
                method=self.method,
                body=self.body,
                body_encoding=self.body_encoding,
                headers=self.headers,
                auth_method=self.auth_method or "",
                basic=(self.basic_user, self.basic_pass),
                bearer_token=self.bearer_token,
            )
        )
