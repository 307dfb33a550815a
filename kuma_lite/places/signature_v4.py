"""Signatures of requests to S3 (AWS Signature Version 4); pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import quote

from msgspec import Struct

from kuma_lite.core.records import hiding

ALGORITHM: Final = "AWS4-HMAC-SHA256"
_UNRESERVED: Final = "-._~"


class Credentials(Struct, frozen=True):
    """Who asks. `token` comes with keys that are good for a while only."""

    __repr__ = hiding("secret_key", "token")

    access_key: str
    secret_key: str
    token: str = ""


def quoted(text: str, *, keeps_slash: bool = False) -> str:
    """As the signature wants names and values: everything but the unreserved characters as %XX."""
    return quote(text, safe=_UNRESERVED + "/" * keeps_slash)


def query_of(values: Mapping[str, str]) -> str:
    """A query as it is signed, and sent: sorted."""
    return "&".join(sorted(f"{quoted(key)}={quoted(value)}" for key, value in values.items()))


def signed(
    method: str,
    host: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    content_hash: str,
    credentials: Credentials,
    region: str,
    at: datetime,
    service: str = "s3",
) -> dict[str, str]:
    """The headers to send, `Authorization` among them; `Host` is what the client writes by itself.

    Args:
        path: as it is sent, quoted.
        query: as `query_of` has it.
        headers: what else is sent; all of it is signed.
        content_hash: SHA-256 of the body in hex.
        at: now, in UTC.
    """
    moment = f"{at:%Y%m%dT%H%M%SZ}"
    sent = {**headers, "x-amz-content-sha256": content_hash, "x-amz-date": moment}
    if credentials.token:
        sent["x-amz-security-token"] = credentials.token
    lines = {name.lower(): " ".join(value.split()) for name, value in {**sent, "host": host}.items()}
    names = ";".join(sorted(lines))
    fields = "".join(f"{name}:{lines[name]}\n" for name in sorted(lines))
    request = "\n".join((method, path, query, fields, names, content_hash))
    scope = f"{at:%Y%m%d}/{region}/{service}/aws4_request"
    text = "\n".join((ALGORITHM, moment, scope, hashlib.sha256(request.encode()).hexdigest()))
    key = f"AWS4{credentials.secret_key}".encode()
    for part in (f"{at:%Y%m%d}", region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    who = f"Credential={credentials.access_key}/{scope}"
    sent["Authorization"] = f"{ALGORITHM} {who}, SignedHeaders={names}, Signature={signature}"
    return sent
