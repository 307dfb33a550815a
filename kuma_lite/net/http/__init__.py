"""Our own HTTP/1.1 client: exact phases, exact failures, bounded answers, a fraction of a library's cost.

client = HttpClient()
response = await client.send(Request("GET", "https://example.org/", timeout=10))
"""

from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.http.client import HttpClient
from kuma_lite.net.http.message import (
    DEFAULT_MAX_REDIRECTS,
    DEFAULT_TIMEOUT,
    MAX_BODY_BYTES,
    Headers,
    Request,
    Response,
    Timings,
)
from kuma_lite.net.http.request_bytes import basic

__all__ = [
    "DEFAULT_MAX_REDIRECTS",
    "DEFAULT_TIMEOUT",
    "MAX_BODY_BYTES",
    "ErrorKind",
    "Headers",
    "HttpClient",
    "NetworkError",
    "Request",
    "Response",
    "Timings",
    "basic",
]
