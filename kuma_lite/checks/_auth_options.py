"""The options of all monitors that show who they are: passwords, tokens, client certificates."""

from __future__ import annotations

from typing import Any, Final

from kuma_lite.core.declarations import Choice, Kind, ShownWhen
from kuma_lite.core.options import Options, option


def _with(*methods: str) -> ShownWhen:
    return ShownWhen("authMethod", methods)


def user_option(*methods: str) -> Any:
    """The user's name, for these methods."""
    return option(
        "",
        alias="basic_auth_user",
        label="User name",
        kind=Kind.TEXT,
        section="authentication",
        shown_when=_with(*methods),
    )


def password_option(*methods: str) -> Any:
    """The user's password, for these methods."""
    return option(
        "",
        alias="basic_auth_pass",
        label="Password",
        kind=Kind.PASSWORD,
        section="authentication",
        secret=True,
        shown_when=_with(*methods),
    )


def auth_method_option(*more: Choice) -> Any:
    """How a monitor shows who it is; `more` are ways that only some types know."""
    return option(
        None,
        alias="authMethod",
        label="Authentication",
        kind=Kind.SELECT,
        section="authentication",
        choices=(
            Choice(None, "None"),
            Choice("basic", "User name and password (Basic)"),
            Choice("bearer", "Bearer token"),
            Choice("oauth2-cc", "OAuth2: client credentials"),
            *more,
        ),
    )


class HeaderAuthOptions(Options):
    """Credentials that are sent in a header. Keys are Uptime Kuma 2.5's."""

    auth_method: str | None = auth_method_option()
    basic_user: str = user_option("basic")
    basic_pass: str = password_option("basic")
    bearer_token: str = option(
        "",
        label="Token",
        kind=Kind.PASSWORD,
        section="authentication",
        secret=True,
        shown_when=_with("bearer"),
    )
    oauth_token_url: str = option(
        "",
        label="Token URL",
        kind=Kind.URL,
        section="authentication",
        placeholder="https://login.example.org/oauth2/token",
        shown_when=_with("oauth2-cc"),
    )
    oauth_client_id: str = option(
        "", label="Client ID", kind=Kind.TEXT, section="authentication", shown_when=_with("oauth2-cc")
    )
    oauth_client_secret: str = option(
        "",
        label="Client secret",
        kind=Kind.PASSWORD,
        section="authentication",
        secret=True,
        shown_when=_with("oauth2-cc"),
    )
    oauth_auth_method: str = option(
        "client_secret_basic",
        label="Send the secret as",
        kind=Kind.SELECT,
        section="authentication",
        choices=(
            Choice("client_secret_basic", "Authorization header"),
            Choice("client_secret_post", "Form data"),
        ),
        shown_when=_with("oauth2-cc"),
    )
    oauth_scopes: str = option(
        "",
        label="Scopes",
        kind=Kind.TEXT,
        section="authentication",
        help="Separated by blanks.",
        shown_when=_with("oauth2-cc"),
    )
    oauth_audience: str = option(
        "", label="Audience", kind=Kind.TEXT, section="authentication", shown_when=_with("oauth2-cc")
    )


MTLS: Final = Choice("mtls", "Client certificate (mTLS)")


class AuthOptions(HeaderAuthOptions):
    """Credentials of either kind. Keys are Uptime Kuma 2.5's."""

    auth_method: str | None = auth_method_option(MTLS)
    tls_cert: str = option(
        "",
        alias="tlsCert",
        label="Client certificate",
        kind=Kind.TEXTAREA,
        section="authentication",
        placeholder="-----BEGIN CERTIFICATE-----",
        shown_when=_with("mtls"),
    )
    tls_key: str = option(
        "",
        alias="tlsKey",
        label="Key of the client certificate",
        kind=Kind.TEXTAREA,
        section="authentication",
        secret=True,
        shown_when=_with("mtls"),
    )
    tls_ca: str = option(
        "",
        alias="tlsCa",
        label="CA certificate",
        kind=Kind.TEXTAREA,
        section="authentication",
        placeholder="-----BEGIN CERTIFICATE-----",
        help="Trusted instead of the system's authorities. Leave empty to trust those.",
        shown_when=_with("mtls"),
    )
