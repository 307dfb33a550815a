"""Which proxy a connection goes through, and how proxies are written as URLs and in the environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from kuma_lite.core.patterns import pattern
from kuma_lite.core.records import hiding

if TYPE_CHECKING:
    from kuma_lite.net.http.url import Url

PROTOCOLS: Final = ("http", "https", "socks", "socks5", "socks5h", "socks4")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_SOCKS_PORT: Final = 1080
_SEPARATORS: Final = pattern(r"[\s,]+")
_WITH_PORT: Final = pattern(r"^(.+):(\d+)$")


class ProxyServer(Struct, frozen=True):
    """A proxy. `socks` means `socks5h`: names are looked up there; `socks5` and `socks4` look up here.

    Empty `username` and `password`: none are sent.
    """

    __repr__ = hiding("password")

    protocol: str
    host: str
    port: int
    username: str = ""
    password: str = ""

    @property
    def speaks_http(self) -> bool:
        """Whether plain HTTP requests are handed over instead of tunnelled."""
        return self.protocol in ("http", "https")


# Which proxy to take for an address; None: none.
ProxyRule = Callable[["Url"], ProxyServer | None]


def always(proxy: ProxyServer) -> ProxyRule:
    """The same proxy for every address."""
    return lambda url: proxy


def parse_proxy(text: str) -> ProxyServer:
    """A proxy from its URL, `http://` where it has no scheme. Raises ValueError with a sentence."""
    try:
        parts = urlsplit(text.strip() if "://" in text else f"http://{text.strip()}")
        port = parts.port
    except ValueError:
        raise ValueError("The address of the proxy is not a URL.") from None
    if parts.scheme not in PROTOCOLS:
        raise ValueError(f"A proxy must be one of {', '.join(PROTOCOLS)}.")
    if not parts.hostname:
        raise ValueError("The address of the proxy names no host.")
    return ProxyServer(
        parts.scheme,
        parts.hostname,
        port or _DEFAULT_PORTS.get(parts.scheme, _SOCKS_PORT),
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )


def environment_rule(variables: Mapping[str, str]) -> ProxyRule | None:
    """What `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` (or in capitals) say; None: nothing.

    Raises ValueError with a sentence that names the variable.
    """
    by_scheme = {
        scheme: _read(variables, f"{scheme}_proxy") or _read(variables, "all_proxy")
        for scheme in ("http", "https")
    }
    if not any(by_scheme.values()):
        return None
    exceptions = [item for item in _SEPARATORS.split(_text(variables, "no_proxy")) if item]

    def rule(url: Url) -> ProxyServer | None:
        if any(_excepted(url, item.lower()) for item in exceptions):
            return None
        return by_scheme[url.scheme]

    return rule


def _text(variables: Mapping[str, str], name: str) -> str:
    return variables.get(name) or variables.get(name.upper()) or ""


def _read(variables: Mapping[str, str], name: str) -> ProxyServer | None:
    text = _text(variables, name)
    if not text:
        return None
    try:
        return parse_proxy(text)
    except ValueError as error:
        raise ValueError(f"{name.upper()} cannot be used: {error}") from None


def _excepted(url: Url, item: str) -> bool:
    """Whether an entry of NO_PROXY is about an address: a host, `.domain`, `*.domain` or `*`, with a port."""
    with_port = _WITH_PORT.match(item)
    if with_port and not item.endswith("]") and item.count(":") == 1:
        if int(with_port.group(2)) != url.port:
            return False
        item = with_port.group(1)
    item = item.removeprefix("[").removesuffix("]")
    if item.startswith(("*", ".")):
        return url.host.endswith(item.removeprefix("*"))
    return url.host == item
