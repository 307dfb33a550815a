"""Cookies between the requests of one check; each check begins with an empty jar."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from msgspec import Struct

from kuma_lite.core.patterns import pattern
from kuma_lite.net.http.url import Url
from kuma_lite.net.resolve import literal

# Cookies one check may collect; browsers keep about as many per site.
MAX_COOKIES = 50
# Bytes of one cookie, name and value (RFC 6265 §6.1).
MAX_COOKIE_BYTES = 4096

_BLANK: Final = " \t"
_CONTROL: Final = pattern(r"[\x00-\x08\x0a-\x1f\x7f]")
_SECONDS: Final = pattern(r"-?[0-9]+")

# RFC 6265 §5.1.1. A part of a date is what lies between delimiters; what follows its digits does not matter.
_DATE_TOKEN: Final = pattern(r"[^\t\x20-\x2f;-@\[-`{-~]+")
_TIME: Final = pattern(r"([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?![0-9])")
_DAY: Final = pattern(r"([0-9]{1,2})(?![0-9])")
_YEAR: Final = pattern(r"([0-9]{2,4})(?![0-9])")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FIRST_YEAR: Final = 1601
_FIRST_YEAR_OF_1900: Final = 70  # of years in two digits


class Cookie(Struct, frozen=True):
    """A cookie and where it may go."""

    name: str
    value: str
    domain: str
    host_only: bool
    path: str
    secure: bool

    def goes_to(self, url: Url) -> bool:
        """Whether a request to `url` carries it."""
        if self.secure and url.scheme != "https":
            return False
        same_host = url.host == self.domain or (not self.host_only and url.host.endswith("." + self.domain))
        path = url.target.partition("?")[0]
        prefix = self.path if self.path.endswith("/") else self.path + "/"
        return same_host and (path == self.path or path.startswith(prefix))


class CookieJar:
    """The cookies of one check, by RFC 6265 without a list of public suffixes."""

    def __init__(self) -> None:
        self._cookies: dict[tuple[str, str, str], Cookie] = {}

    def store(self, url: Url, fields: list[str], now: float) -> None:
        """Take the Set-Cookie fields of an answer from `url`; `now` is in seconds since 1970."""
        for text in fields:
            parsed = parse_cookie(text, url, now)
            if parsed is None:
                continue
            cookie, alive = parsed
            key = (cookie.name, cookie.domain, cookie.path)
            if not alive:
                self._cookies.pop(key, None)
            else:
                self._cookies[key] = cookie
                if len(self._cookies) > MAX_COOKIES:
                    del self._cookies[next(iter(self._cookies))]  # the oldest (RFC 6265 §5.3)

    def header(self, url: Url) -> str | None:
        """The Cookie header for a request to `url`, longest paths first."""
        cookies = [cookie for cookie in self._cookies.values() if cookie.goes_to(url)]
        cookies.sort(key=lambda cookie: -len(cookie.path))
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in cookies) or None


def parse_cookie(text: str, url: Url, now: float) -> tuple[Cookie, bool] | None:
    """A Set-Cookie field as (cookie, not expired); None when it may not be set from `url`.

    By RFC 6265 §5.2: an attribute that cannot be read is as if it were not there, and the last of its name
    counts. Control characters void the whole cookie (RFC 6265bis §5.6).
    """
    pair, *attributes = text.split(";")
    name, equals, value = pair.partition("=")
    name, value = name.strip(_BLANK), value.strip(_BLANK)
    if not equals or not name or len(name) + len(value) > MAX_COOKIE_BYTES or _CONTROL.search(text):
        return None
    given: dict[str, str] = {}
    for part in attributes:
        key, _, meant = (piece.strip(_BLANK) for piece in part.partition("="))
        if _is_readable(key := key.lower(), meant):
            given[key] = meant
    domain = given.get("domain", "").removeprefix(".").lower()
    host_only = not domain or domain == url.host
    if not host_only and (not url.host.endswith("." + domain) or "." not in domain or literal(url.host)):
        return None
    path = given.get("path", "")
    if not path.startswith("/"):
        path = url.target.partition("?")[0].rpartition("/")[0] or "/"
    secure = "secure" in given
    cookie = Cookie(name, value, domain or url.host, host_only, path, secure)
    return cookie, _alive(given, now)


def _is_readable(key: str, value: str) -> bool:
    if key == "max-age":
        return _SECONDS.fullmatch(value) is not None
    if key == "expires":
        return read_date(value) is not None
    return key != "domain" or bool(value)


def _alive(attributes: dict[str, str], now: float) -> bool:
    seconds = attributes.get("max-age")
    if seconds is not None:
        return not seconds.startswith("-") and bool(seconds.strip("0"))
    date = attributes.get("expires")
    expires = None if date is None else read_date(date)
    return expires is None or expires > now


def read_date(text: str) -> float | None:
    """The moment of an Expires attribute in seconds since 1970, by RFC 6265 §5.1.1: parts in any order.

    None when no such moment can be read.
    """
    time: tuple[int, int, int] | None = None
    day = month = year = None
    for token in _DATE_TOKEN.findall(text):
        if time is None and (match := _TIME.match(token)):
            time = (int(match[1]), int(match[2]), int(match[3]))
        elif day is None and (match := _DAY.match(token)):
            day = int(match.group(1))
        elif month is None and token[:3].lower() in _MONTHS:
            month = _MONTHS.index(token[:3].lower()) + 1
        elif year is None and (match := _YEAR.match(token)):
            year = int(match.group(1))
    if time is None or day is None or month is None or year is None:
        return None
    if year < 100:
        year += 1900 if year >= _FIRST_YEAR_OF_1900 else 2000
    if year < _FIRST_YEAR:
        return None
    try:
        return datetime(year, month, day, *time, tzinfo=UTC).timestamp()
    except ValueError:
        return None
