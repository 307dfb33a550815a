"""A page in a browser: loaded until its network is quiet, in a context of its own that goes with it."""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from time import perf_counter
from typing import Any, Final

from msgspec import Struct

from kuma_lite.checks._cdp import BrowserGone, CdpRefused, Connection, Params
from kuma_lite.checks._page_load import Loading

log = logging.getLogger(__name__)

QUIET_S: Final = 0.5  # as in Uptime Kuma 2.5
OPEN_S: Final = 15.0  # for a new page; a browser that takes longer hangs
PICTURE_S: Final = 15.0
CLOSE_S: Final = 5.0
WIDTH, HEIGHT = 1280, 720  # pixels, as in Uptime Kuma 2.5


class Seen(Struct, frozen=True):
    """What a page was when it was loaded."""

    status: int
    ping: float | None  # ms from the request of the document to its last byte
    picture: bytes | None  # PNG; None: none could be taken


class NavigationFailed(Exception):
    """The page was not loaded; the text is Chromium's code, as in `net::ERR_CONNECTION_REFUSED`."""


class LoadTimeout(Exception):
    """The page was not loaded in time."""


class PageCrashed(Exception):
    """The process of the page has ended, not that of the browser."""


async def look(connection: Connection, url: str, *, timeout: float, delay: float) -> Seen:
    """Load a page and take a picture of it.

    Args:
        timeout: seconds until it must be loaded, and quiet.
        delay: seconds to wait then, before the picture.

    Raises NavigationFailed, LoadTimeout, PageCrashed, BrowserGone, CdpRefused.
    """
    async with _page(connection) as (session, target):
        loading = Loading(target)

        def heard(method: str, params: Params) -> None:
            if loading.take(method, params):
                connection.post("Page.handleJavaScriptDialog", {"accept": False}, session=session)

        connection.listen(session, heard)
        try:
            await _prepare(connection, session)
            begun = perf_counter()
            loader = await _load(connection, session, loading, url, timeout)
            status, ping = loading.answer(loader, (perf_counter() - begun) * 1000)
            if delay > 0:
                await asyncio.sleep(delay)
            return Seen(status, ping, await _picture(connection, session))
        finally:
            connection.forget(session)


@asynccontextmanager
async def _page(connection: Connection) -> AsyncIterator[tuple[str, str]]:
    """Session and target of an empty page in a context of its own."""
    making = connection.post("Target.createBrowserContext", {"disposeOnDetach": True})
    try:
        async with asyncio.timeout(OPEN_S):
            context = str((await asyncio.shield(making)).get("browserContextId"))
    except asyncio.CancelledError:  # it may be there in a moment, and nobody would know of it
        making.add_done_callback(lambda made: _dispose_made(connection, made))
        raise
    except TimeoutError:
        raise _hangs(connection) from None
    try:
        denied = {"behavior": "deny", "browserContextId": context}
        connection.post("Browser.setDownloadBehavior", denied)
        size = {"width": WIDTH, "height": HEIGHT}
        made = await connection.call(
            "Target.createTarget",
            {"url": "about:blank", "browserContextId": context, **size},
            timeout=OPEN_S,
        )
        target = str(made.get("targetId"))
        attached = await connection.call(
            "Target.attachToTarget", {"targetId": target, "flatten": True}, timeout=OPEN_S
        )
        yield str(attached.get("sessionId")), target
    finally:
        # Sent at once, so that it is gone even when nobody waits for the answer.
        disposed = connection.post("Target.disposeBrowserContext", {"browserContextId": context})
        with suppress(BrowserGone, CdpRefused, TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                await asyncio.shield(disposed)


def _hangs(connection: Connection) -> BrowserGone:
    """It is given up, so that the next check has another one."""
    connection.lose(f"it opened no page within {OPEN_S:g} s")
    return BrowserGone(str(connection.gone))


def _dispose_made(connection: Connection, made: asyncio.Future[Params]) -> None:
    if not made.cancelled() and made.exception() is None:
        context = made.result().get("browserContextId")
        connection.post("Target.disposeBrowserContext", {"browserContextId": context})


async def _prepare(connection: Connection, session: str) -> None:
    metrics = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
    commands: list[tuple[str, dict[str, Any]]] = [
        ("Page.enable", {}),
        ("Network.enable", {}),
        ("Inspector.enable", {}),
        ("Emulation.setDeviceMetricsOverride", metrics),
    ]
    answers = [connection.post(method, params, session=session) for method, params in commands]
    try:
        async with asyncio.timeout(OPEN_S):
            await asyncio.gather(*answers)
    except TimeoutError:
        raise _hangs(connection) from None


async def _load(connection: Connection, session: str, loading: Loading, url: str, timeout: float) -> str:
    """Go there and wait until all is quiet; returns the loader of the document."""
    going = connection.post("Page.navigate", {"url": url}, session=session)
    going.add_done_callback(lambda _: loading.changed.set())
    try:
        async with asyncio.timeout(timeout):
            while not going.done():
                await _change(connection, loading)
            gone = going.result()
            if error := gone.get("errorText"):
                raise NavigationFailed(str(error))
            await _quiet(connection, loading)
    except TimeoutError:
        # A browser that hangs is no fault of the page.
        await connection.call("Browser.getVersion", timeout=CLOSE_S)
        raise LoadTimeout from None
    return str(gone.get("loaderId"))


async def _quiet(connection: Connection, loading: Loading) -> None:
    while True:
        if not loading.is_quiet:
            await _change(connection, loading)
            continue
        try:
            async with asyncio.timeout(QUIET_S):
                await _change(connection, loading)
        except TimeoutError:
            return


async def _change(connection: Connection, loading: Loading) -> None:
    """Wait until something happens. Raises BrowserGone, PageCrashed."""
    await loading.changed.wait()
    loading.changed.clear()
    if connection.gone is not None:
        raise BrowserGone(connection.gone)
    if loading.crashed:
        raise PageCrashed


async def _picture(connection: Connection, session: str) -> bytes | None:
    """What the page looks like; that there is none says nothing about the page."""
    try:
        async with asyncio.timeout(PICTURE_S):
            taken = await asyncio.shield(
                connection.post(
                    "Page.captureScreenshot", {"format": "png", "optimizeForSpeed": True}, session=session
                )
            )
        return base64.b64decode(str(taken.get("data")), validate=True)
    except (TimeoutError, BrowserGone, CdpRefused, binascii.Error) as error:
        log.warning("No picture could be taken of a page: %s", error or "it took too long")
        return None
