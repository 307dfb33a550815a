"""OAuth 2 client credentials (RFC 6749 §4.4): a token for the request, kept until it expires."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote_plus, urlencode

from kuma_lite.checks._http_request import basic_credentials
from kuma_lite.checks._network import is_maybe_ours
from kuma_lite.core.declarations import CheckFailed
from kuma_lite.core.json_text import JsonTextError, parse_json
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http import HttpClient, Request, Response
from kuma_lite.net.network import USER_AGENT
from kuma_lite.net.proxy import ProxyRule
from kuma_lite.net.trace import unrecorded

TOKEN_TIMEOUT_S: Final = 10.0  # as in Uptime Kuma 2.5
_MAX_ANSWER_BYTES: Final = 256 * 1024  # tokens have a few kB
_TOKENS_KEPT: Final = 4096  # one per set of credentials in use
_PREFIX: Final = "The oauth config is invalid. "


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """Whom to ask for a token, and as whom."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    auth_method: str = "client_secret_basic"
    scopes: str = ""
    audience: str = ""
    verify: bool = True
    proxy: ProxyRule | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class _Token:
    authorization: str = field(repr=False)
    expires_at: float | None  # seconds since 1970; None never


class TokenCache:
    """Tokens by the credentials they were given to."""

    def __init__(self) -> None:
        self._tokens: OrderedDict[OAuthClient, _Token] = OrderedDict()

    async def authorization(self, client: OAuthClient, http: HttpClient, now: float) -> str:
        """The value of an Authorization header. Raises CheckFailed when no token is given."""
        token = self._tokens.get(client)
        if token is None or (token.expires_at is not None and token.expires_at <= now):
            token = await _fetch(client, http, now)
            self._tokens[client] = token
            while len(self._tokens) > _TOKENS_KEPT:
                self._tokens.popitem(last=False)
        return token.authorization

    def forget(self, client: OAuthClient) -> None:
        """The server refused the token."""
        self._tokens.pop(client, None)


async def _fetch(client: OAuthClient, http: HttpClient, now: float) -> _Token:
    try:
        with unrecorded():  # it carries a secret
            response = await http.send(_request(client))
    except NetworkError as error:
        raise CheckFailed(_PREFIX + error.message, local=is_maybe_ours(error)) from None
    answer = _answer(response)
    token = answer.get("access_token")
    if not isinstance(token, str) or not token:
        raise CheckFailed(f"{_PREFIX}The answer of the token URL has no access_token.")
    kind = answer.get("token_type")
    lifetime = answer.get("expires_in")
    expires = isinstance(lifetime, int | float) and not isinstance(lifetime, bool)
    return _Token(
        f"{kind if isinstance(kind, str) and kind else 'Bearer'} {token}",
        now + float(lifetime) if expires and lifetime is not None else None,
    )


def _request(client: OAuthClient) -> Request:
    form = {"grant_type": "client_credentials"}
    if client.scopes:
        form["scope"] = client.scopes
    if client.audience:
        form["audience"] = client.audience
    headers = [
        ("Accept", "application/json"),
        ("User-Agent", USER_AGENT),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ]
    if client.auth_method == "client_secret_post":
        form |= {"client_id": client.client_id, "client_secret": client.client_secret}
    else:  # RFC 6749 §2.3.1: both parts are form-encoded first
        credentials = basic_credentials(quote_plus(client.client_id), quote_plus(client.client_secret))
        headers.append(("Authorization", credentials))
    return Request(
        "POST",
        client.token_url,
        headers=headers,
        body=urlencode(form).encode(),
        timeout=TOKEN_TIMEOUT_S,
        total_timeout=TOKEN_TIMEOUT_S,
        max_redirects=0,
        verify=client.verify,
        body_limit=_MAX_ANSWER_BYTES,
        proxy=client.proxy,
    )


def _answer(response: Response) -> dict[str, Any]:
    """The object the token URL answered with. Raises CheckFailed with its own words for an error."""
    try:
        value = parse_json(response.text)
    except JsonTextError:
        value = None
    answer = value if isinstance(value, dict) else {}
    if response.status == 200 and answer:
        return answer
    error, description = answer.get("error"), answer.get("error_description")
    if isinstance(error, str):
        details = f" ({description})" if isinstance(description, str) else ""
        raise CheckFailed(f"{_PREFIX}{error[:200]}{details[:500]}")
    if response.status == 200:
        raise CheckFailed(f"{_PREFIX}The answer of the token URL is not a JSON object.")
    raise CheckFailed(f"{_PREFIX}expected 200 OK, got: {response.status} {response.reason}")
