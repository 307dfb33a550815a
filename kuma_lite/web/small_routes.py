"""The small addresses outside `/api/v1` that clients, crawlers and password managers ask for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

from kuma_lite.web.respond import HTML, TEXT, redirect, respond, respond_json

_SECURITY_PAGE: Final = "/settings/security"  # Uptime Kuma leads password managers to its wiki
_DASHBOARD: Final = "/dashboard"
_STATUS_PAGE: Final = "statusPage-"

Route = Callable[[Any, Any], Awaitable[None]]  # scope, send


class PageSettings(Protocol):
    """The settings these addresses depend on."""

    @property
    def entry_page(self) -> dict[str, str | None]:
        """`{"entryPage": ...}`, or `{}` where the last `setSettings` did not mention it."""

    def get(self, key: str, default: Any = None) -> Any:
        """A setting."""


class MappedPages(Protocol):
    """Status pages that have a host name of their own."""

    def slug_of_host(self, scope: Any) -> str | None:
        """The page of the host that a request names; None for all other hosts."""

    async def serve_mapped(self, scope: Any, send: Any, slug: str) -> bool:
        """Answer with a page; False: nothing was sent."""


def small_routes(settings: PageSettings, mapped: MappedPages | None = None) -> dict[str, Route]:
    """Path → handler of GET and HEAD."""

    def slug_of_host(scope: Any) -> str | None:
        return mapped.slug_of_host(scope) if mapped else None

    async def root(scope: Any, send: Any) -> None:
        slug = slug_of_host(scope)
        if mapped is not None and slug is not None and await mapped.serve_mapped(scope, send, slug):
            return
        entry = settings.entry_page.get("entryPage") or ""
        is_status_page = entry.startswith(_STATUS_PAGE)
        await redirect(
            scope, send, f"/status/{entry.removeprefix(_STATUS_PAGE)}" if is_status_page else _DASHBOARD
        )

    async def entry_page(scope: Any, send: Any) -> None:
        slug = slug_of_host(scope)
        if slug is not None:
            await respond_json(scope, send, {"type": "statusPageMatchedDomain", "statusPageSlug": slug})
            return
        await respond_json(scope, send, {"type": "entryPage", **settings.entry_page})

    async def setup_database_info(scope: Any, send: Any) -> None:
        # There is one kind of database, so nothing about it is ever to be set up.
        await respond_json(scope, send, {"runningSetup": False, "needSetup": False})

    async def robots(scope: Any, send: Any) -> None:
        rest = "" if settings.get("searchEngineIndex") else " /"
        await respond(scope, send, 200, f"User-agent: *\nDisallow:{rest}".encode(), TEXT)

    async def change_password(scope: Any, send: Any) -> None:
        await redirect(scope, send, _SECURITY_PAGE)

    return {
        "/": root,
        "/api/entry-page": entry_page,
        "/setup-database-info": setup_database_info,
        "/robots.txt": robots,
        "/.well-known/change-password": change_password,
    }


async def answer_options(scope: Any, send: Any) -> None:
    """OPTIONS on one of them."""
    await respond(scope, send, 200, b"GET,HEAD", HTML, [(b"allow", b"GET,HEAD")])
