"""Host names as people type them."""

from __future__ import annotations

from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http.url import parse_url


def clean_host(text: str) -> str:
    """Lower case, without brackets and blanks, other scripts in their ASCII form; else the text itself."""
    host = text.strip().removeprefix("[").removesuffix("]")
    try:
        return parse_url(f"http://[{host}]/" if ":" in host else f"http://{host}/").host
    except NetworkError:
        return host
