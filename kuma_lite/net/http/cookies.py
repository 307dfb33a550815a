"""Cookies between the requests of one check; each check begins with an empty jar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC

from kuma_lite.net.http.url import Url
from kuma_lite.net.resolve import literal

# Cookies one check may collect; browsers keep about as many per site.
MAX_COOKIES = 50
# Bytes of one cookie, name and value (RFC 6265 §6.1).
MAX_COOKIE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Cookie:
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
            elif key in self._cookies or len(self._cookies) < MAX_COOKIES:
                self._cookies[key] = cookie

    def header(self, url: Url) -> str | None:
        """The Cookie header for a request to `url`, longest paths first."""
        cookies = [cookie for cookie in self._cookies.values() if cookie.goes_to(url)]
        cookies.sort(key=lambda cookie: -len(cookie.path))
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in cookies) or None


def parse_cookie(text: str, url: Url, now: float) -> tuple[Cookie, bool] | None:
    """A Set-Cookie field as (cookie, not expired); None when it may not be set from `url`."""
    pair, *attributes = text.split(";")
    name, equals, value = pair.partition("=")
    name, value = name.strip(), value.strip()
    if not equals or not name or len(name) + len(value) > MAX_COOKIE_BYTES:
        return None
    given = {
        key.strip().lower(): value.strip() for key, _, value in (part.partition("=") for part in attributes)
    }
    domain = given.get("domain", "").lstrip(".").lower()
    host_only = not domain or domain == url.host
    if not host_only and (not url.host.endswith("." + domain) or "." not in domain or literal(url.host)):
        return None
    path = given.get("path", "")
    if not path.startswith("/"):
        path = url.target.partition("?")[0].rpartition("/")[0] or "/"
    secure = "secure" in given
    cookie = Cookie(name, value, domain or url.host, host_only, path, secure)
    return cookie, _alive(given, now)


def _alive(attributes: dict[str, str], now: float) -> bool:
    from email.utils import parsedate_to_datetime

    max_age = attributes.get("max-age", "")
    if max_age.lstrip("-").isdigit():
        return int(max_age) > 0
    try:
        expires = parsedate_to_datetime(attributes["expires"].replace("-", " "))
    except (KeyError, ValueError, TypeError, IndexError):
        return True
    if expires.tzinfo is None:
        expires = expires.replace(tzinfo=UTC)
    return expires.timestamp() > now
