"""The way into a protected page: a form that works without scripts, and the cookie that it leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qs, urlencode

from kuma_lite.core.clock import Clock
from kuma_lite.core.rate_limits import KeyedLimiter
from kuma_lite.core.raw_http import read_body
from kuma_lite.status_pages.answering.answering import HTML
from kuma_lite.status_pages.model import DEFAULT_SLUG, Page
from kuma_lite.status_pages.protection.access import PageAccess
from kuma_lite.status_pages.protection.guards import COOKIE_S
from kuma_lite.status_pages.protection.visitors import KEY, cookie_name

UNLOCK: Final = "unlock"  # below the address of a page
TRIES: Final = 10  # passwords a minute from one place
TRIES_OF_PAGE: Final = 120  # and for one page, from wherever
_MAX_BODY: Final = 4_000  # bytes
_POLICY: Final = (
    b"default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_PRIVATE: Final = (
    (b"cache-control", b"no-store"),
    (b"x-robots-tag", b"noindex"),
    (b"content-security-policy", _POLICY),
)


class Unlocking:
    """Asks for passwords.

    Args:
        access: who may see which page.
        place: what limits count a request by (`ClientAddresses.place`).
        is_secure: whether a request came by HTTPS.
        at_own_host: whether a request names a host that leads to this page.
        clock: for the limits.
    """

    def __init__(
        self,
        access: PageAccess,
        place: Callable[[Any], str],
        is_secure: Callable[[Any], bool],
        at_own_host: Callable[[Any, Page], bool],
        clock: Clock,
    ) -> None:
        self._access = access
        self._place = place
        self._is_secure = is_secure
        self._at_own_host = at_own_host
        self._places = KeyedLimiter(TRIES, clock)
        self._pages = KeyedLimiter(TRIES_OF_PAGE, clock)
        self._clock = clock

    async def ask(self, scope: Any, send: Any, page: Page, said: str = "", status: int = 403) -> None:
        """The form; it tells nothing of the page."""
        body = b"" if scope["method"] == "HEAD" else form(page.slug, said).encode()
        headers = [(b"content-type", HTML), *_PRIVATE]
        if status == 429:
            headers.append((b"retry-after", b"60"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def unlock(self, scope: Any, receive: Any, send: Any, page: Page) -> None:
        """What somebody has typed into it."""
        if self._places.take(self._place(scope)) is None or self._pages.take(str(page.id)) is None:
            await self.ask(scope, send, page, "Too many attempts. Wait a minute.", 429)
            return
        body = await read_body(scope, receive, _MAX_BODY)
        fields = parse_qs((body or b"").decode("utf-8", "replace"), max_num_fields=None)
        (password,) = fields.get("password", [""])[:1]
        guard = self._access.guard(page.id)
        cookie = await self._access.cookie_for(guard, password) if guard is not None else None
        if cookie is None:
            await self.ask(scope, send, page, "That is not the password.")
            return
        await self._let_in(scope, send, page, cookie)

    async def by_link(self, scope: Any, send: Any, page: Page, cookie: str, part: str) -> None:
        """Leave the token out of the address that is shown, counted and passed on."""
        pairs = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        pairs.pop(KEY, None)
        await self._let_in(scope, send, page, cookie, part, urlencode(pairs, doseq=True))

    async def _let_in(
        self, scope: Any, send: Any, page: Page, cookie: str, part: str = "", query: str = ""
    ) -> None:
        own = self._at_own_host(scope, page)
        # As it is written, which is where the browser shows the cookie.
        target = f"/status/{page.slug}/{part}" if part else "/" if own else f"/status/{page.slug}"
        headers = [
            (b"location", (target + (f"?{query}" if query else "")).encode()),
            (b"cache-control", b"no-store"),
            *((b"set-cookie", self._cookie(scope, page, cookie, each)) for each in _paths(page, own)),
        ]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    def _cookie(self, scope: Any, page: Page, value: str, path: str) -> bytes:
        secure = "; Secure" if self._is_secure(scope) else ""
        name = cookie_name(page)
        return f"{name}={value}; Path={path}; Max-Age={COOKIE_S}; HttpOnly; SameSite=Lax{secure}".encode()


def _paths(page: Page, own_host: bool) -> list[str]:
    """Where a browser shows the cookie: at the addresses of this page, and nowhere else."""
    if own_host:
        return ["/"]
    paths = [
        f"/status/{page.slug}",
        f"/api/status-page/{page.slug}",
        f"/api/status-page/heartbeat/{page.slug}",
        f"/upload/logo{page.id}.png",
    ]
    return [*paths, "/status", "/status-page"] if page.slug == DEFAULT_SLUG else paths


def form(slug: str, said: str = "") -> str:
    """The document."""
    problem = f'<p class="problem" id="problem" role="alert">{said}</p>\n' if said else ""
    described = ' aria-describedby="problem" aria-invalid="true"' if said else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n<title>Protected page</title>\n'
        '<link rel="stylesheet" href="/status-page.css">\n</head>\n<body>\n<main class="locked">\n'
        "<h1>This page is protected</h1>\n"
        f'<form method="post" action="/status/{slug}/{UNLOCK}">\n{problem}'
        '<label for="password">Password</label>\n'
        '<input id="password" name="password" type="password" required autofocus '
        f'autocomplete="current-password"{described}>\n'
        '<button type="submit">Show the page</button>\n</form>\n</main>\n</body>\n</html>\n'
    )
