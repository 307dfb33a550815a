"""URLs as Uptime Kuma's runtime reads them (WHATWG URL Standard), as far as HTTP needs it."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import quote, unquote, unquote_to_bytes

from msgspec import Struct

from kuma_lite.core.patterns import pattern
from kuma_lite.core.records import hiding
from kuma_lite.net.errors import ErrorKind, NetworkError

# Read URLs remembered: a monitor asks for the same one at every beat.
URLS_REMEMBERED = 4096
DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_PORT = 65_535

_SCHEME = pattern(r"^([A-Za-z][A-Za-z0-9+.\-]*):")
_CONTROL_OR_SPACE = "".join(map(chr, range(0x21)))
_TAB_OR_NEWLINE = pattern(r"[\t\n\r]")
_FORBIDDEN_IN_HOST = pattern(r"[\x00-\x20#/:<>?@\[\\\]^|%\x7f]")
_NUMBER = pattern(r"^(0[xX][0-9A-Fa-f]*|[0-9]+)$")
# What stays as it is: ASCII but controls, blanks and the characters of the standard's percent-encode sets.
_PATH_SAFE = "!$%&'()*+,-./:;=@[\\]^_|~"
_QUERY_SAFE = "!$%&()*+,-./:;=?@[\\]^_`{|}~"
_SINGLE_DOTS = frozenset({".", "%2e"})
_DOUBLE_DOTS = frozenset({"..", ".%2e", "%2e.", "%2e%2e"})


class Url(Struct, frozen=True):
    """A URL that can be asked for.

    `host` is lower case, ASCII and without brackets; `target` is path and query as sent; user and password
    are decoded.
    """

    __repr__ = hiding("password")

    scheme: str
    host: str
    port: int
    target: str
    username: str = ""
    password: str = ""

    @property
    def netloc(self) -> str:
        """Host and port: brackets around IPv6, no default port."""
        return self._with_port(self.host)

    @property
    def host_header(self) -> str:
        """The same for the Host header; a zone means nothing to the server (RFC 6874 §1)."""
        return self._with_port(self.host.partition("%")[0])

    def _with_port(self, host: str) -> str:
        host = f"[{host}]" if ":" in host else host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}{self.target}"


def invalid_url() -> NetworkError:
    """`Invalid URL`."""
    return NetworkError("Invalid URL", "ERR_INVALID_URL", ErrorKind.URL)


@lru_cache(maxsize=URLS_REMEMBERED)
def parse_url(text: str) -> Url:
    """Read an absolute http or https URL. Raises NetworkError of kind URL."""
    text = _clean(text)
    match = _SCHEME.match(text)
    if match is None:
        raise invalid_url()
    scheme = match.group(1).lower()
    if scheme not in DEFAULT_PORTS:
        raise NetworkError(f"Unsupported protocol {scheme}:", "ERR_BAD_REQUEST", ErrorKind.URL)
    authority, path, query = _split(text[match.end() :].lstrip("/\\"))
    userinfo, at, hostport = authority.rpartition("@")
    username, _, password = userinfo.partition(":")
    host, port = _host_and_port(hostport, scheme)
    target = _normal_path(path) + (f"?{_encode(query, _QUERY_SAFE)}" if query else "")
    return Url(scheme, host, port, target, unquote(username) if at else "", unquote(password) if at else "")


def join_url(base: Url, location: str) -> Url:
    """Where a Location header leads to, seen from `base`. Raises NetworkError of kind URL."""
    location = _clean(location)
    match = _SCHEME.match(location)
    if match is not None:
        rest = location[match.end() :]
        if match.group(1).lower() != base.scheme or rest.startswith("//"):
            return parse_url(location)
        location = rest
    start = location[:2].replace("\\", "/")
    if start == "//":
        return parse_url(f"{base.scheme}:{location}")
    origin = f"{base.scheme}://{base.netloc}"
    if start.startswith("/"):
        return parse_url(origin + location)
    path, question, query = base.target.partition("?")
    if not location or location.startswith("#"):
        return parse_url(origin + path + question + query)
    if location.startswith("?"):
        return parse_url(origin + path + location)
    return parse_url(origin + path[: path.rindex("/") + 1] + location)


def _clean(text: str) -> str:
    return _TAB_OR_NEWLINE.sub("", text.strip(_CONTROL_OR_SPACE))


def _split(rest: str) -> tuple[str, str, str]:
    """Authority, path and query of what follows `http://`; the fragment is dropped."""
    rest = rest.partition("#")[0]
    rest, _, query = rest.partition("?")
    rest = rest.replace("\\", "/")
    authority, slash, path = rest.partition("/")
    return authority, slash + path, query


def _host_and_port(text: str, scheme: str) -> tuple[str, int]:
    if text.startswith("["):
        bracketed, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise invalid_url()
        return _ipv6(bracketed), _port(rest[1:], scheme)
    host, _, port = text.partition(":")
    return _host(host), _port(port, scheme)


def _port(text: str, scheme: str) -> int:
    if not text:
        return DEFAULT_PORTS[scheme]
    if not (text.isascii() and text.isdigit()) or int(text) > MAX_PORT:
        raise invalid_url()
    return int(text)


def _ipv6(text: str) -> str:
    """An IPv6 address. A zone (`fe80::1%eth0`, or `%25eth0` by RFC 6874) is kept; the standard has none."""
    address, percent, zone = text.partition("%")
    zone = zone.removeprefix("25") if zone.startswith("25") and len(zone) > 2 else zone
    try:
        compressed = str(ipaddress.IPv6Address(address))
    except ValueError:
        raise invalid_url() from None
    if percent and not re.fullmatch(r"[A-Za-z0-9._\-]+", zone):
        raise invalid_url()
    return compressed + (f"%{zone}" if percent else "")


def _host(text: str) -> str:
    try:
        decoded = unquote_to_bytes(text).decode("utf-8")
    except UnicodeError:  # also half a character, which JSON can bring
        raise invalid_url() from None
    host = decoded.lower() if decoded.isascii() and "xn--" not in decoded.lower() else host_to_ascii(decoded)
    if not host or _FORBIDDEN_IN_HOST.search(host):
        raise invalid_url()
    return _ipv4(host) or host


def host_to_ascii(host: str) -> str:
    """A name in other scripts as it is asked for (UTS 46). Raises NetworkError of kind URL."""
    import idna

    try:
        labels = idna.uts46_remap(host, std3_rules=False).split(".")
        return ".".join(_label_to_ascii(label) for label in labels)
    except (idna.IDNAError, UnicodeError):
        raise invalid_url() from None


def _label_to_ascii(label: str) -> str:
    """Punycode; symbols are allowed here, though not by IDNA 2008."""
    if not label.isascii():
        return "xn--" + label.encode("punycode").decode("ascii")
    if label.startswith("xn--") and label[4:].encode("ascii").decode("punycode").isascii():
        raise invalid_url()
    return label


def _ipv4(host: str) -> str | None:
    """The address behind `127.1`, `0x7f.0.0.1` or `2130706433`; None for a name."""
    parts = host.removesuffix(".").split(".")
    if not _NUMBER.match(parts[-1]):
        return None
    if len(parts) > 4 or not all(map(_NUMBER.match, parts)):
        raise invalid_url()
    numbers = [_ipv4_number(part) for part in parts]
    if any(number > 255 for number in numbers[:-1]) or numbers[-1] >= 256 ** (5 - len(numbers)):
        raise invalid_url()
    value = numbers[-1] + sum(number << (8 * (3 - place)) for place, number in enumerate(numbers[:-1]))
    return str(ipaddress.IPv4Address(value))


def _ipv4_number(text: str) -> int:
    try:
        if text[:2].lower() == "0x":
            return int(text[2:] or "0", 16)
        return int(text, 8 if text.startswith("0") and len(text) > 1 else 10)
    except ValueError:
        raise invalid_url() from None


def _normal_path(path: str) -> str:
    """The path percent-encoded and without dot segments."""
    if path in ("", "/"):
        return "/"
    segments: list[str] = []
    parts = path[1:].split("/")
    for place, part in enumerate(parts):
        last = place == len(parts) - 1
        if part.lower() in _DOUBLE_DOTS:
            if segments:
                segments.pop()
            part = "."
        if part.lower() in _SINGLE_DOTS:
            if last:
                segments.append("")
            continue
        segments.append(_encode(part, _PATH_SAFE))
    return "/" + "/".join(segments)


def _encode(text: str, safe: str) -> str:
    return quote(text, safe=safe, errors="replace")
