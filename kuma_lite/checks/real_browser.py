"""A page, loaded by a real browser as people load it, with a picture of what they see."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit, urlunsplit
from weakref import WeakKeyDictionary

from kuma_lite.checks._browser_pool import BrowserPool
from kuma_lite.checks._cdp import BrowserGone, CdpRefused, Connection
from kuma_lite.checks._network import network_of
from kuma_lite.checks._page import (
    CLOSE_S,
    OPEN_S,
    PICTURE_S,
    LoadTimeout,
    NavigationFailed,
    PageCrashed,
    Seen,
    look,
)
from kuma_lite.core.declarations import (
    CannotCheck,
    CheckContext,
    CheckFailed,
    CheckResult,
    Kind,
    MonitorType,
)
from kuma_lite.core.errors import UserError
from kuma_lite.core.options import Options, option

if TYPE_CHECKING:
    from kuma_lite.net.network import Network

SHARE_OF_INTERVAL: Final = 0.8  # for loading; as in Uptime Kuma 2.5
START_S: Final = 80.0  # at most, until there is a browser: two attempts
DELAY_SHARES: Final = (0.8, 0.5)  # of the interval; the delay has to be less than each
DEFAULT_INTERVAL_S: Final = 60.0
CRASHES_BELIEVED: Final = 3  # in a row: then it is the page that no browser can bear
_MS: Final = 1000
# Network trouble that may be our own: the engine then looks at itself first.
_MAYBE_OURS: Final = frozenset(
    f"net::ERR_{name}"
    for name in (
        "ADDRESS_UNREACHABLE",
        "CONNECTION_ABORTED",
        "CONNECTION_CLOSED",
        "CONNECTION_RESET",
        "CONNECTION_TIMED_OUT",
        "EMPTY_RESPONSE",
        "INTERNET_DISCONNECTED",
        "NAME_NOT_RESOLVED",
        "NETWORK_CHANGED",
        "NETWORK_IO_SUSPENDED",
        "PROXY_CONNECTION_FAILED",
        "TIMED_OUT",
    )
)
_OURS: Final = frozenset({"net::ERR_INSUFFICIENT_RESOURCES", "net::ERR_OUT_OF_MEMORY"})


class RealBrowserOptions(Options):
    """Which page, and in which browser. Keys are Uptime Kuma 2.5's."""

    url: str = option(
        "", label="URL", kind=Kind.URL, required=True, form_default="https://", placeholder="https://"
    )
    remote: int | None = option(
        None,
        alias="remote_browser",
        label="Remote browser",
        kind=Kind.REFERENCE,
        refers_to="remote_browser",
        help="Without one, a Chromium of this machine is started.",
    )
    delay: float = option(
        0,
        alias="screenshot_delay",
        label="Screenshot delay",
        kind=Kind.NUMBER,
        section="advanced",
        unit="ms",
        minimum=0,
        help="How long to wait before the picture, once the page is loaded.",
    )


class RealBrowserMonitor(MonitorType[RealBrowserOptions]):
    """Loads a page until nothing has moved on the network for half a second.

    Other than in Uptime Kuma 2.5: a browser that is missing, ends or hangs says nothing about the page, but
    for a page that makes it end three times in a row; event streams do not keep a page from being loaded; a
    picture that cannot be taken is no failure; addresses are told without user and password.
    """

    name = "real-browser"
    label = "Browser"
    description = "Loads a page in Chromium, and keeps a picture of it."
    options = RealBrowserOptions

    def __init__(self) -> None:
        self._pools: WeakKeyDictionary[Network, BrowserPool] = WeakKeyDictionary()
        self._crashes: dict[int, int] = {}  # monitor → in a row

    def validate(self, options: RealBrowserOptions, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """The picture has to be taken before the next check."""
        if options.delay < 0:
            raise UserError("Screenshot delay must be a non-negative number", about="screenshot_delay")
        interval = float(document.get("interval") or DEFAULT_INTERVAL_S)
        for share in DELAY_SHARES:
            limit = share * interval * _MS
            if options.delay >= limit:
                raise UserError(
                    "Screenshot delay must be less than {limit}ms ({share} × interval)",
                    limit=round(limit),
                    share=share,
                    about="screenshot_delay",
                )
        return {}

    def deadline(self, options: RealBrowserOptions, context: CheckContext) -> float:
        """Waiting for a free page, a browser, the page, its picture."""
        load = SHARE_OF_INTERVAL * context.interval
        return 2 * load + START_S + OPEN_S * 4 + _delay(options, context) + PICTURE_S + CLOSE_S * 2 + 20

    async def check(self, options: RealBrowserOptions, context: CheckContext) -> CheckResult:
        """The ping is the time from the request of the document to its last byte, in ms with fractions."""
        url = options.url.strip()
        _refuse_other_schemes(url)
        network = network_of(context)
        pool = self._pool(network)
        timeout = SHARE_OF_INTERVAL * context.interval
        async with pool.slot(timeout), _browser(pool, network, options) as connection:
            try:
                seen = await look(connection, url, timeout=timeout, delay=_delay(options, context))
            except (BrowserGone, CdpRefused) as error:
                alone = options.remote is None and pool.open_pages == 1
                raise self._crashed(
                    context.monitor_id, f"The browser failed: {error}", counts=alone
                ) from None
            except PageCrashed:
                raise self._crashed(context.monitor_id, "page.goto: Page crashed", counts=True) from None
            except NavigationFailed as failed:
                self._crashes.pop(context.monitor_id, None)
                raise _failure(str(failed), url) from None
            except LoadTimeout:
                self._crashes.pop(context.monitor_id, None)
                text = f"page.goto: Timeout {round(timeout * _MS)}ms exceeded."
                raise CheckFailed(text, local=True) from None
        self._crashes.pop(context.monitor_id, None)
        if seen.picture is not None:
            await network.keep_screenshot(context.monitor_id, seen.picture)
        return judge(seen)

    def _pool(self, network: Network) -> BrowserPool:
        pool = self._pools.get(network)
        if pool is None:
            pool = self._pools[network] = BrowserPool()
            network.at_stop.append(pool.close)
        return pool

    def _crashed(self, monitor_id: int, text: str, *, counts: bool) -> CheckFailed | CannotCheck:
        """What it means that a browser did not bear a page; `counts`: no other page can have been why."""
        if counts:
            self._crashes[monitor_id] = self._crashes.get(monitor_id, 0) + 1
        if self._crashes.get(monitor_id, 0) >= CRASHES_BELIEVED:
            return CheckFailed(text)
        return CannotCheck(text)


@asynccontextmanager
async def _browser(
    pool: BrowserPool, network: Network, options: RealBrowserOptions
) -> AsyncIterator[Connection]:
    """The browser that the monitor names. Raises CannotCheck."""
    if options.remote is not None:
        address = network.find_remote_browser(options.remote)
        if address is None:
            raise CannotCheck("Remote browser not found")
        from kuma_lite.checks._remote_browser import remote_browser

        async with remote_browser(network, address) as connection:
            yield connection
        return
    try:
        program = network.find_chromium()
    except UserError as error:
        raise CannotCheck(error.message) from None
    async with pool.local(program) as connection:
        yield connection


def judge(seen: Seen) -> CheckResult:
    """What the status of a page is worth (pure). Raises CheckFailed."""
    if not 200 <= seen.status < 400:
        raise CheckFailed(str(seen.status))
    return CheckResult(str(seen.status), ping=seen.ping)


def _refuse_other_schemes(url: str) -> None:
    """Nothing but the web: `file:` would show the files of this machine. Raises CannotCheck."""
    try:
        scheme, host = urlsplit(url).scheme.lower(), urlsplit(url).hostname
    except ValueError:
        scheme, host = "", None
    if scheme and scheme not in ("http", "https"):
        raise CannotCheck("Invalid url protocol, only http and https are allowed.")
    if not scheme or not host:
        raise CannotCheck("Invalid URL")


def _failure(code: str, url: str) -> CheckFailed | CannotCheck:
    """A page that was not loaded, in Playwright's words."""
    text = f"page.goto: {code} at {_shown(url)}"
    return CannotCheck(text) if code in _OURS else CheckFailed(text, local=code in _MAYBE_OURS)


def _shown(url: str) -> str:
    """The address without who logs in there."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])) if "@" in parts.netloc else url


def _delay(options: RealBrowserOptions, context: CheckContext) -> float:
    """Seconds; no more than is allowed, whatever was imported."""
    return min(max(0.0, options.delay) / _MS, min(DELAY_SHARES) * context.interval)
