"""Pages in a real Chromium: of this machine, and of another one."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kuma_lite.checks import _browser_pool, _chromium, _page, _remote_browser
from kuma_lite.checks._browser_pool import BrowserPool
from kuma_lite.checks._chromium import PREFIX
from kuma_lite.checks.real_browser import CRASHES_BELIEVED, RealBrowserMonitor
from kuma_lite.core.declarations import CannotCheck, CheckFailed, CheckResult, Wait
from kuma_lite.core.errors import UserError
from kuma_lite.net.http import Request
from kuma_lite.net.network import Network
from tests.checks.peers import Answer, Web, listening, web_server
from tests.checks.programs import script
from tests.checks.support import Context, failure, run
from tests.checks.test_sweep import PEERS, Left, peer
from tests.net.authority import Authority
from tests.net.websockets import TEXT, accept, from_client, from_server
from tests.peers import chromium
from tests.requires import find_program, needs_program
from tests.support.ports import closed_port

pytestmark = needs_program(chromium.PROGRAM)
HTML = {"Content-Type": "text/html"}
PNG = b"\x89PNG\r\n"


def page(text: str, **headers: str) -> Answer:
    return Answer(body=text.encode(), headers={**HTML, **headers})


PAGES = {
    "/": page("<h1>Hello</h1><img src=/picture>"),
    "/gone": Answer("404 Not Found", b"no", HTML),
    "/broken": Answer("500 Oh", b"no", HTML),
    "/moved": Answer("302 Found", headers={"Location": "/"}),
    "/alert": page("<script>alert(1); confirm(2); prompt(3)</script>hello"),
    "/leads-on": page("<script>location.href = '/'</script>"),
    "/download": Answer(body=b"x", headers={"Content-Disposition": "attachment"}),
    "/stream": page("<script>new EventSource('/events')</script>hello"),
    "/events": Answer(headers={"Content-Type": "text/event-stream", "Content-Length": "9"}),
    "/long-poll": page("<script>fetch('/slow')</script>hello"),
    "/slow": Answer(delay=30),
}


class Browsing:
    """A monitor type, the network it sees, and the pictures it took."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.kind = RealBrowserMonitor()
        self.pictures: list[int] = []
        network.keep_screenshot = self._keep
        network.find_chromium = lambda: find_program("chromium") or ""

    async def _keep(self, monitor_id: int, png: bytes) -> None:
        assert png.startswith(PNG)
        self.pictures.append(monitor_id)

    def context(self, interval: float = 20, monitor_id: int = 1) -> Context:
        return Context(self.network, interval=interval, monitor_id=monitor_id)

    async def check(self, url: str, interval: float = 20, **fields: object) -> CheckResult | Wait:
        return await run(self.kind, {"url": url, **fields}, self.context(interval))

    async def fails(self, url: str, interval: float = 20, **fields: object) -> str:
        return (await failure(self.kind, {"url": url, **fields}, self.context(interval))).message

    async def cannot(self, url: str, **fields: object) -> str:
        with pytest.raises(CannotCheck) as caught:
            await run(self.kind, {"url": url, **fields}, self.context())
        return caught.value.message

    @property
    def pool(self) -> BrowserPool:
        return self.kind._pool(self.network)


@pytest.fixture
async def browsing(network: Network, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Browsing]:
    with tempfile.TemporaryDirectory() as name:  # pytest's have paths too long for sockets
        folder = Path(name)
        monkeypatch.setattr(_chromium, "_parent", lambda: name)
        yield Browsing(network)
        await network.stop()
        assert list(folder.iterdir()) == []  # no profile is left behind
        # A killed process is there until the kernel has taken its memory away.
        async with asyncio.timeout(10):
            while processes(folder):
                await asyncio.sleep(0.02)


def processes(folder: Path) -> list[int]:
    """Browser processes that have anything to do with a folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(folder).encode() in entry.read_bytes():
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found


@asynccontextmanager
async def site() -> AsyncIterator[Web]:
    async with web_server(PAGES) as web:  # type: ignore[arg-type]
        yield web


async def test_pages_that_load(browsing: Browsing) -> None:
    async with site() as web:
        paths = ("/", "/moved", "/alert", "/leads-on", "/stream")
        results = await asyncio.gather(*(browsing.check(web.url(path)) for path in paths))
    for result in results:
        assert isinstance(result, CheckResult)
        assert result.message == "200"
        assert isinstance(result.ping, float) and 0 < result.ping < 15_000
    assert len(browsing.pictures) == len(paths)


async def test_pages_that_do_not(browsing: Browsing, authority: Authority) -> None:
    port = closed_port()
    async with site() as web, web_server(PAGES, authority.server("localhost").server_context()) as secure:  # type: ignore[arg-type]
        cases = {
            web.url("/gone"): "404",
            web.url("/broken"): "500",
            web.url("/download"): f"page.goto: net::ERR_ABORTED at {web.url('/download')}",
            f"http://127.0.0.1:{port}/a": f"page.goto: net::ERR_CONNECTION_REFUSED at http://127.0.0.1:{port}/a",
            f"http://me:hidden@127.0.0.1:{port}/": (
                f"page.goto: net::ERR_CONNECTION_REFUSED at http://127.0.0.1:{port}/"
            ),
            "http://nothing.invalid": "page.goto: net::ERR_NAME_NOT_RESOLVED at http://nothing.invalid",
            secure.url("/"): f"page.goto: net::ERR_CERT_AUTHORITY_INVALID at {secure.url('/')}",
        }
        assert await asyncio.gather(*map(browsing.fails, cases)) == list(cases.values())
    assert len(browsing.pictures) == 2  # of the error pages that are pages


async def test_a_page_that_is_never_quiet(browsing: Browsing) -> None:
    async with site() as web:
        await browsing.check(web.url("/"))  # the browser is there
        for path in ("/long-poll", "/slow"):
            failed = await failure(browsing.kind, {"url": web.url(path)}, browsing.context(2))
            assert (failed.message, failed.local) == ("page.goto: Timeout 1600ms exceeded.", True)
        assert await contexts(browsing) == []


async def contexts(browsing: Browsing) -> object:
    browser = browsing.pool.browser
    if browser is None or not browser.answers:
        return []
    return (await browser.connection.call("Target.getBrowserContexts"))["browserContextIds"]


async def test_a_cancelled_check_leaves_no_page(browsing: Browsing) -> None:
    async with site() as web:
        await browsing.check(web.url("/"))
        for wait in (0.0, 0.002, 0.05, 0.3):
            task = asyncio.create_task(browsing.check(web.url("/slow")))
            await asyncio.sleep(wait)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        async with asyncio.timeout(10):
            while await contexts(browsing):
                await asyncio.sleep(0.02)
        assert browsing.pool.open_pages == 0


async def killed(browsing: Browsing, url: str) -> str:
    """What a check says whose browser is killed while it loads."""
    task = asyncio.create_task(browsing.check(url))
    async with asyncio.timeout(20):
        while not await contexts(browsing):
            await asyncio.sleep(0.02)
    assert browsing.pool.browser is not None
    os.kill(browsing.pool.browser.pid, signal.SIGKILL)
    with pytest.raises((CannotCheck, CheckFailed)) as caught:
        await task
    return f"{caught.type.__name__}: {caught.value}"


async def test_a_browser_that_ends_says_nothing_about_a_page_unless_it_does_again(browsing: Browsing) -> None:
    async with site() as web:
        said = [await killed(browsing, web.url("/slow")) for _ in range(CRASHES_BELIEVED)]
        assert said[:-1] == ["CannotCheck: The browser failed: it ended"] * (CRASHES_BELIEVED - 1)
        assert said[-1] == "CheckFailed: The browser failed: it ended"
        assert isinstance(await browsing.check(web.url("/")), CheckResult)
        assert (await killed(browsing, web.url("/slow"))).startswith("CannotCheck")


async def test_a_browser_that_hangs(browsing: Browsing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_page, "CLOSE_S", 0.3)
    monkeypatch.setattr(_chromium, "END_S", 0.1)
    async with site() as web:
        await browsing.check(web.url("/"))
        task = asyncio.create_task(browsing.check(web.url("/slow"), interval=3))
        async with asyncio.timeout(20):
            while not any(asked.target == "/slow" for asked in web.asked):
                await asyncio.sleep(0.02)
        assert browsing.pool.browser is not None
        os.kill(browsing.pool.browser.pid, signal.SIGSTOP)
        with pytest.raises(CannotCheck, match=r"it did not answer Browser\.getVersion within 0\.3 s"):
            await task
        assert isinstance(await browsing.check(web.url("/")), CheckResult)  # in another one


def test_scripts_run_where_no_code_may_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _chromium._script_switches() == ()

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr("mmap.mmap", refuse)
    assert _chromium._script_switches() == ("--js-flags=--jitless",)


async def test_a_page_whose_process_ends(browsing: Browsing) -> None:
    async with site() as web:
        task = asyncio.create_task(browsing.check(web.url("/long-poll")))
        async with asyncio.timeout(20):
            while not any(asked.target == "/slow" for asked in web.asked):
                await asyncio.sleep(0.02)
        for pid in processes(Path(_chromium._parent())):
            if b"--type=renderer" in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)
        with pytest.raises(CannotCheck, match="page.goto: Page crashed"):
            await task
        assert isinstance(await browsing.check(web.url("/")), CheckResult)


async def test_an_idle_browser_ends(browsing: Browsing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_browser_pool, "WORN_OUT", 1)
    pool = browsing.kind._pools[browsing.network] = BrowserPool(idle=0.05)
    browsing.network.at_stop.append(pool.close)
    async with site() as web:
        await browsing.check(web.url("/"))
        async with asyncio.timeout(10):
            while pool.browser is not None or processes(Path(_chromium._parent())):
                await asyncio.sleep(0.02)
        pool._idle = 100
        await browsing.check(web.url("/"))
        first = pool.browser
        await browsing.check(web.url("/"))  # one page was enough for that browser
        assert pool.browser is not None and pool.browser is not first


async def test_no_more_pages_than_there_is_room_for(browsing: Browsing) -> None:
    pool = browsing.kind._pools[browsing.network] = BrowserPool(pages=1)
    browsing.network.at_stop.append(pool.close)
    async with site() as web, pool.slot(1):
        with pytest.raises(CannotCheck, match="All pages of the browser were in use"):
            await browsing.check(web.url("/"), interval=0.1)
    assert 1 <= _browser_pool.pages_at_once() <= 4


async def test_browsers_that_do_not_start(
    browsing: Browsing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_chromium, "END_S", 0.1)
    browsing.network.find_chromium = lambda: str(tmp_path / "chromium")
    assert "No such file" in await browsing.cannot("http://a.test")
    script(tmp_path, "chromium", "echo 'no display' >&2; exit 1")
    assert await browsing.cannot("http://a.test") == "Chromium cannot be started: no display"
    script(tmp_path, "chromium", "exit 1")
    assert await browsing.cannot("http://a.test") == "Chromium cannot be started: it ended"
    script(tmp_path, "chromium", "printf 'hello\\0' >&4; while :; do :; done")
    assert "does not speak the Chrome DevTools Protocol" in await browsing.cannot("http://a.test")
    monkeypatch.setattr(_chromium, "START_S", 0.2)
    script(tmp_path, "chromium", "while :; do :; done")
    assert "did not answer Browser.getVersion within 0.2 s" in await browsing.cannot("http://a.test")


async def test_a_machine_without_a_sandbox(
    browsing: Browsing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    script(
        tmp_path,
        "chromium",
        f'case "$*" in *--no-sandbox*) exec {find_program("chromium")} "$@";; esac\n'
        "echo '[1:1:FATAL:zygote] No usable sandbox!' >&2; echo more >&2; exit 1",
    )
    browsing.network.find_chromium = lambda: str(tmp_path / "chromium")
    async with site() as web:
        assert isinstance(await browsing.check(web.url("/")), CheckResult)


async def test_what_a_killed_server_left_behind_goes(browsing: Browsing) -> None:
    stale = Path(_chromium._parent()) / f"{PREFIX}stale"
    (stale / "profile").mkdir(parents=True)
    (stale / "lock").touch()
    async with site() as web:
        await browsing.check(web.url("/"))
    assert not stale.exists()
    assert len(list(Path(_chromium._parent()).iterdir())) == 1  # the one in use


async def test_addresses_that_are_none(browsing: Browsing) -> None:
    for url in (
        "file:///etc/passwd",
        "FILE:/etc/passwd",
        "chrome://version",
        "javascript:1",
        "data:text/html,x",
    ):
        assert await browsing.cannot(url) == "Invalid url protocol, only http and https are allowed."
    for url in ("", "https://", "a.test", "http://[", "view-source:"):
        assert await browsing.cannot(url) in (
            "Invalid URL",
            "Invalid url protocol, only http and https are allowed.",
        )
    browsing.network.find_chromium = Network().find_chromium
    assert "may be started" in await browsing.cannot("http://a.test")


async def test_remote_browsers(browsing: Browsing, tmp_path: Path) -> None:
    async with chromium.running(tmp_path) as address, site() as web:
        told = await browsing.network.http.send(Request("GET", f"{address}/json/version"))
        direct = str(json.loads(told.text)["webSocketDebuggerUrl"])
        addresses = {
            1: address,
            2: direct,
            3: address.replace("http", "ws"),
            4: f"{address}/x".replace("http", "ws"),
        }
        browsing.network.find_remote_browser = addresses.get
        for number in (1, 2, 3):
            result = await browsing.check(web.url("/"), remote_browser=number)
            assert isinstance(result, CheckResult)
            assert result.message == "200"
        assert "cannot be reached" in await browsing.cannot(web.url("/"), remote_browser=4)
        assert browsing.pool.browser is None  # none of this machine was started
    assert len(browsing.pictures) == 3


@pytest.mark.parametrize("says", [b'{"id":1,"error":{"message":"?"}}', b"hello", b"[]", None])
async def test_what_is_no_remote_browser(
    browsing: Browsing, says: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as the server of Playwright, which has a protocol of its own."""
    monkeypatch.setattr(_remote_browser, "CONNECT_S", 0.3 if says is None else 15)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accept(reader, writer)
        kind, asked = await from_client(reader)
        assert (kind, json.loads(asked)["method"]) == (TEXT, "Browser.getVersion")
        if says is not None:
            writer.write(from_server(TEXT, says))
        await reader.read()

    async with listening(talk) as port:
        browsing.network.find_remote_browser = lambda _: f"ws://127.0.0.1:{port}/"
        said = await browsing.cannot("http://a.test", remote_browser=1)
    assert said.startswith("The remote browser does not speak the Chrome DevTools Protocol.")


async def test_remote_browsers_that_are_not_there(browsing: Browsing) -> None:
    port = closed_port()
    addresses = {1: f"ws://127.0.0.1:{port}/?token=hidden", 2: "ftp://a.test", 3: f"http://127.0.0.1:{port}"}
    browsing.network.find_remote_browser = addresses.get
    for number in (1, 3):
        said = await browsing.cannot("http://a.test", remote_browser=number)
        assert said == f"The remote browser cannot be reached: connect ECONNREFUSED 127.0.0.1:{port}"
    assert "begins with ws://" in await browsing.cannot("http://a.test", remote_browser=2)
    assert await browsing.cannot("http://a.test", remote_browser=9) == "Remote browser not found"


async def test_every_odd_peer_is_survived(browsing: Browsing, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a page, and as a remote browser."""
    monkeypatch.setattr(_remote_browser, "CONNECT_S", 0.4)
    async with site() as web:
        await browsing.check(web.url("/"))
    for talk in PEERS.values():
        async with peer(talk) as port:
            left = Left()
            assert (await browsing.fails(f"http://127.0.0.1:{port}/", interval=2)).startswith("page.goto: ")
            for scheme in ("ws", "http"):
                address = f"{scheme}://127.0.0.1:{port}"
                browsing.network.find_remote_browser = {1: address}.get
                assert "remote browser" in await browsing.cannot("http://a.test", remote_browser=1)
        assert await left.nothing() == ""


async def test_without_descriptors_nothing_is_left(
    browsing: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of the places where one may be missing."""
    left, pipe = Left(), os.pipe
    for allowed in (0, 1):
        pipes = iter([pipe] * allowed)

        def few(pipes: Iterator[Callable[[], tuple[int, int]]] = pipes) -> tuple[int, int]:
            make = next(pipes, None)
            if make is None:
                raise OSError(errno.EMFILE, "Too many open files")
            return make()

        monkeypatch.setattr(os, "pipe", few)
        assert "Too many open files" in await browsing.cannot("http://a.test")
    monkeypatch.setattr(os, "pipe", pipe)

    def refuse(*_: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr("fcntl.flock", refuse)
    assert "Too many open files" in await browsing.cannot("http://a.test")
    assert await left.nothing() == ""


@pytest.mark.parametrize(
    ("delay", "interval", "text"),
    [
        (0, 60, None),
        (29_999, 60, None),
        (29_999, None, None),
        (-1, 60, "Screenshot delay must be a non-negative number"),
        (48_000, 60, "Screenshot delay must be less than 48000ms (0.8 × interval)"),
        (30_000, 60, "Screenshot delay must be less than 30000ms (0.5 × interval)"),
    ],
)
def test_delays(delay: int, interval: int | None, text: str | None) -> None:
    kind = RealBrowserMonitor()
    options = kind.options.read({"screenshot_delay": delay})
    if text is None:
        assert kind.validate(options, {"interval": interval}) == {}
        return
    with pytest.raises(UserError) as caught:
        kind.validate(options, {"interval": interval})
    assert caught.value.message == text
