"""What a monitor of the HTTP family sends (pure)."""

from __future__ import annotations

import random
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any, Final

from msgspec import Struct

from kuma_lite.core.json_text import JsonTextError, compact_json, parse_json, text_of
from kuma_lite.core.records import hiding
from kuma_lite.net.network import USER_AGENT

ACCEPT: Final = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.9"
)
_CONTENT_TYPES: Final = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "xml": "text/xml; charset=utf-8",
}
_BASE_36: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_CACHE_BUSTER_CHARS: Final = 11

Headers = list[tuple[str, str]]


class Wanted(Struct, frozen=True):
    """The options that decide what is sent."""

    __repr__ = hiding("body", "headers", "basic", "bearer_token")

    method: str = "GET"
    body: str = ""
    body_encoding: str = "json"
    headers: str = ""
    auth_method: str = ""
    basic: tuple[str, str] = ("", "")
    bearer_token: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is the same in every check. `problem` is the sentence when nothing can be sent."""

    method: str = "GET"
    headers: Headers = field(default_factory=list, repr=False)
    body: bytes | None = field(default=None, repr=False)
    problem: str | None = None


class _Problem(Exception):
    """The options cannot be sent."""


def prepare(wanted: Wanted) -> Prepared:
    """Make the request that `wanted` describes."""
    try:
        content_type, body = _body(wanted)
        headers: Headers = [("Accept", ACCEPT), ("User-Agent", USER_AGENT)]
        if content_type:
            headers.append(("Content-Type", content_type))
        authorization = _authorization(wanted)
        if authorization:
            headers.append(("Authorization", authorization))
        return Prepared(wanted.method, overridden(headers, _own_headers(wanted.headers)), body)
    except _Problem as problem:
        return Prepared(problem=str(problem))


def overridden(headers: Headers, own: Headers) -> Headers:
    """The headers with the user's own in place of those of the same name, whatever its case."""
    names = {name.lower() for name, _ in own}
    return [(name, value) for name, value in headers if name.lower() not in names] + own


def with_cache_buster(url: str) -> str:
    """The URL with a random parameter, as Uptime Kuma 2.5 names it."""
    address, hash_mark, fragment = url.partition("#")
    value = "".join(random.choices(_BASE_36, k=_CACHE_BUSTER_CHARS))  # noqa: S311 - nothing secret
    separator = "&" if "?" in address else "?"
    return f"{address}{separator}uptime_kuma_cachebuster={value}{hash_mark}{fragment}"


def basic_credentials(user: str, password: str) -> str:
    """The value of an Authorization header."""
    return "Basic " + b64encode(f"{user}:{password}".encode("utf-8", "replace")).decode("ascii")


def _authorization(wanted: Wanted) -> str | None:
    if wanted.auth_method == "basic":
        return basic_credentials(*wanted.basic)
    if wanted.auth_method == "bearer":
        return f"Bearer {wanted.bearer_token}"
    return None


def _body(wanted: Wanted) -> tuple[str | None, bytes | None]:
    """Content type and bytes; blank text and unknown encodings are no body."""
    encoding = wanted.body_encoding or "json"
    if not wanted.body.strip() or encoding not in _CONTENT_TYPES:
        return None, None
    text = wanted.body
    if encoding == "json":
        try:
            value = parse_json(text)
        except JsonTextError as error:
            raise _Problem(f"Your JSON body is invalid. {error}") from None
        # The client library of Uptime Kuma takes 0, false, null and "" for no body.
        text = compact_json(value) if value not in (0, None, "") else ""
    return _CONTENT_TYPES[encoding], text.encode("utf-8", "replace") or None


def _own_headers(text: str) -> Headers:
    if not text.strip():
        return []
    try:
        value = parse_json(text)
    except JsonTextError as error:
        raise _Problem(f"Headers must be valid JSON: {error}") from None
    if value is None:
        return []
    if not isinstance(value, dict):
        raise _Problem("Headers must be a JSON object of names and values.")
    return [(name, text) for name, item in value.items() for text in _values(name, item)]


def _values(name: str, item: Any) -> list[str]:
    """One header's values; null and false leave it out."""
    if item is None or item is False:
        return []
    if isinstance(item, dict):
        raise _Problem(f"The header {name!r} must have a text as its value.")
    if isinstance(item, list):
        return [text for part in item for text in _values(name, part)]
    return [text_of(item).strip()]
