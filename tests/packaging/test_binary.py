"""Both binaries run on a bare system without Python: set up, watch something, stop, remember."""

from __future__ import annotations

import fcntl
import http.client
import http.server
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PyInstaller.archive.readers import CArchiveReader

from kuma_lite.assistants.tools import TOOLS
from kuma_lite.core.registry import module_of
from tests.conftest import FIGURE
from tests.packaging.imports import OPTIONAL, imported_packages
from tests.packaging.polling import PollingClient
from tests.requires import ROOT, needs_program, needs_root
from tests.support.ports import free_port

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),  # two builds of half a minute each on a quiet machine
    needs_root(),
    needs_program("debootstrap", "chroot", "npm"),
]

GPL = re.compile(r"lib(readline|history|gdbm|db)[-.0-9]|^readline|_gdbm|_dbm")
# Set by `make release`: the machine whose binaries in dist/release are tested, emulated where it is another.
# Those for musl (x86_64-musl) run in a root of musl.
RELEASE = os.environ.get("KUMA_LITE_RELEASE", "")
CPU, MUSL = RELEASE.removesuffix("-musl"), RELEASE.endswith("-musl")
# With this machine's Python, or of a release: with what is in Rust as wheels have it, or compiled for size.
MAX_ONE_FILE_BYTES, MAX_ONE_DIR_BYTES = {
    "": (35_000_000, 84_000_000),
    "armv7l": (30_000_000, 74_000_000),
}.get(RELEASE, (28_000_000, 65_000_000))
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "armhf"}
BARE_ROOT = (
    ROOT / "build" / (f"bare-root-release-{RELEASE}" if RELEASE else f"bare-root-{platform.machine()}")
)
DATA = "/var/lib/kuma-lite"  # inside the bare root
EMULATED = CPU not in ("", platform.machine())
READY_S = 300 if EMULATED else 30  # generous: other tests share the machine
ANSWER_S = 60 if EMULATED else 5  # the first request to REST imports its framework
STOP_S = 60 if EMULATED else 10  # what supervisors wait before they kill
IDLE = {
    "aiohttp",
    "requests",
    "websocket",
    "httpx",
    "faker",
    "polyfactory",
    "rich",
    "pytest",
    "tkinter",
}
SCRIPTS = re.compile(r"<script\b.*?>")  # with addresses that carry a hash of what they hold
LOGIN = {"username": "admin", "password": "a good pass-phrase 1", "token": ""}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with both binaries, built when a source is newer; or of a release that has been made."""
    if RELEASE:
        folder = tmp_path_factory.mktemp("release")
        for made in (ROOT / "dist" / "release").glob(f"kuma-lite-*-linux-{RELEASE}*"):
            if made.name.removesuffix(".tar.gz").endswith("-musl") != MUSL:
                continue
            shutil.copy(made, folder / (made.name if made.name.endswith(".tar.gz") else "kuma-lite"))
            if made.name.endswith(".tar.gz"):
                with tarfile.open(made) as files:
                    files.extractall(folder, filter="tar")
        (onedir,) = folder.glob("kuma-lite-*-linux-*/")
        (folder / "kuma-lite-onedir").symlink_to(onedir)
        return folder
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    (ROOT / "build").mkdir(exist_ok=True)
    with (ROOT / "build" / "binary.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the tests of the image want it, too
        done = subprocess.run(
            ["make", "dist/kuma-lite"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stdout + done.stderr
    return ROOT / "dist"


@pytest.fixture(scope="module")
def bare_root() -> Path:
    """A minimal Debian without Python, or a system of busybox and musl; made once and kept in build/."""
    if not BARE_ROOT.is_dir():
        what = [ARCHITECTURES[CPU], *([] if MUSL else ["bullseye"])] if RELEASE else []  # as old as there is
        script = ROOT / "packaging" / ("bare-root-musl" if MUSL else "bare-root")
        done = subprocess.run([script, BARE_ROOT, *what], capture_output=True, text=True)
        log = BARE_ROOT.with_name(BARE_ROOT.name + ".log")
        if done.returncode:
            reason = (log.read_text() if log.exists() else done.stderr).strip().splitlines()[-1:]
            pytest.skip(f"debootstrap could not make a bare root here: {reason}")
    assert not list(BARE_ROOT.glob("usr/bin/python*"))
    shutil.rmtree(BARE_ROOT / DATA.lstrip("/"), ignore_errors=True)
    return BARE_ROOT


@pytest.fixture(params=["one-file", "one-dir"])
def program(request: pytest.FixtureRequest, built: Path, bare_root: Path) -> Iterator[str]:
    """Path of the program inside the bare root, with no data there yet."""
    home = bare_root / "opt" / "kuma-lite"
    shutil.rmtree(home, ignore_errors=True)
    if request.param == "one-file":
        home.mkdir(parents=True)
        shutil.copy(built / "kuma-lite", home)
    else:
        (archive,) = built.glob("kuma-lite-*-linux-*.tar.gz")
        with tarfile.open(archive) as files:
            files.extractall(home.parent, filter="tar")
        (home.parent / archive.name.removesuffix(".tar.gz")).rename(home)
        assert {path.name for path in home.glob("kuma-lite*.*")} == {
            "kuma-lite.service",
            "kuma-lite.socket",
            "kuma-lite-agent.service",
        }
        assert (home / "LICENSE").is_file()
    yield "/opt/kuma-lite/kuma-lite"
    shutil.rmtree(home)
    shutil.rmtree(bare_root / DATA.lstrip("/"), ignore_errors=True)


@pytest.fixture
def target() -> Iterator[str]:
    """Address of a web server that answers 200."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def get(port: int, path: str, token: str = "") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_S)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


@contextmanager
def running(program: str, log: Path) -> Iterator[tuple[int, float]]:
    """Run the server in the bare root, to be ended by SIGTERM; gives its port and the seconds until ready."""
    port = free_port()
    command = [program, "serve", "--host", "127.0.0.1", "--port", str(port), "--data-dir", DATA]
    began = time.perf_counter()
    with log.open("w") as output:
        process = subprocess.Popen(
            ["chroot", BARE_ROOT, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        )
    try:
        wait_until_ready(process, port, log)
        yield port, time.perf_counter() - began
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=STOP_S) == 0, log.read_text()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def names(port: int, token: str, path: str, key: str) -> set[str]:
    """What a list of the REST API names; the first request imports the framework, the list every file."""
    status, body = get(port, path, token)
    assert status == 200, body
    return {entry["name"] for entry in json.loads(body)[key]}


def files_in(folder: str) -> set[str]:
    """The files that declare something there."""
    return {path.stem for path in (ROOT / "kuma_lite" / folder).glob("[!_]*.py")}


def wait_until_ready(process: subprocess.Popen[Any], port: int, log: Path) -> None:
    end = time.monotonic() + READY_S
    while True:
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < end, f"not ready after {READY_S} s: {log.read_text()}"
        try:
            if get(port, "/")[0] < 400:
                return
        except OSError:
            pass
        time.sleep(0.02)


def monitor(url: str) -> dict[str, Any]:
    """What a client sends to watch a web address, as little as compatible clients send."""
    return {
        "type": "http",
        "name": "from a bare system",
        "url": url,
        "method": "GET",
        "interval": 20,
        "retryInterval": 20,
        "resendInterval": 0,
        "maxretries": 0,
        "timeout": 10,
        "maxredirects": 10,
        "accepted_statuscodes": ["200-299"],
        "notificationIDList": {},
        "conditions": [],
        "active": True,
    }


def test_serves_watches_stops_and_remembers(
    program: str,
    target: str,
    built: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    record_property: Callable[[str, object], None],
) -> None:
    with running(program, tmp_path / "first.log") as (port, first_start):
        status, page = get(port, "/dashboard")
        assert status == 200
        assert SCRIPTS.findall(page) == SCRIPTS.findall((ROOT / "frontend_dist" / "index.html").read_text())

        client = PollingClient(port)
        assert client.call("needSetup") is True
        assert client.call("setup", LOGIN["username"], LOGIN["password"])["ok"] is True
        token = client.call("login", LOGIN)["token"]
        types = names(port, token, "/api/v1/monitor-types", "types")
        assert {module_of(name) for name in types} == files_in("checks")
        services = names(port, token, "/api/v1/notification-services", "services")
        assert {module_of(name) for name in services} == files_in("notifications/services")
        added = client.call("add", monitor(target))
        assert added["ok"] is True, added
        beat = client.wait_for("heartbeat")[1]
        assert (beat["monitorID"], beat["status"]) == (added["monitorID"], 1), beat

    with running(program, tmp_path / "second.log") as (port, second_start):
        client = PollingClient(port)
        assert client.call("needSetup") is False
        assert client.call("login", LOGIN)["ok"] is True
        monitors = client.wait_for("monitorList")[1]
        assert [stored["name"] for stored in monitors.values()] == ["from a bare system"]
        beats = client.call("getMonitorBeats", added["monitorID"], 24)
        assert beats["ok"] is True
        assert beats["data"][0]["msg"] == beat["msg"]

    ready = f"ready after {first_start:.1f} s, then {second_start:.1f} s"
    record_property(FIGURE, f"{request.node.callspec.id} binary in a bare root: {ready}")


def test_goes_on_when_another_program_takes_its_place(program: str, tmp_path: Path) -> None:
    """As an update does it; what is imported late was read from the new file, at places of the old one."""
    with running(program, tmp_path / "log") as (port, _):
        here = BARE_ROOT / program.lstrip("/")
        other = here.with_name("other")
        other.write_bytes(b"another program" * 10_000_000)
        other.rename(here)
        client = PollingClient(port)
        assert client.call("setup", LOGIN["username"], LOGIN["password"])["ok"] is True
        token = client.call("login", LOGIN)["token"]
        assert names(port, token, "/api/v1/monitor-types", "types")


def test_holds_what_is_imported_late_and_nothing_idle(built: Path) -> None:
    archive = CArchiveReader(str(built / "kuma-lite"))
    bundled = archive.open_embedded_archive("PYZ.pyz").toc.keys() | {
        name.replace("/", ".").partition(".")[0] for name in archive.toc
    }
    ours = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in (ROOT / "kuma_lite").rglob("*.py")
    }
    assert ours - bundled - {"kuma_lite.__main__"} == set()
    missing = {name: where for name, where in imported_packages().items() if name not in bundled}
    assert missing.keys() <= OPTIONAL, missing
    assert bundled & IDLE == set()


def test_keeps_the_sentences_that_assistants_read(built: Path) -> None:
    archive = CArchiveReader(str(built / "kuma-lite")).open_embedded_archive("PYZ.pyz")
    for tool in TOOLS:
        assert (tool.run.__doc__ or "").encode() in archive.extract(tool.run.__module__, raw=True), tool.name


def test_both_are_within_budget(built: Path, record_property: Callable[[str, object], None]) -> None:
    size = (built / "kuma-lite").stat().st_size
    folder = sum(path.stat().st_size for path in (built / "kuma-lite-onedir").rglob("*") if path.is_file())
    record_property(FIGURE, f"one-file binary: {size / 1e6:.1f} MB, one-dir: {folder / 1e6:.1f} MB")
    assert size <= MAX_ONE_FILE_BYTES
    assert folder <= MAX_ONE_DIR_BYTES


def test_holds_no_library_under_the_gpl(built: Path) -> None:
    names = [path.name for path in (built / "kuma-lite-onedir").rglob("*")]
    assert [name for name in names if GPL.search(name)] == []


def test_has_time_zones_of_its_own(program: str) -> None:
    done = subprocess.run(
        ["chroot", BARE_ROOT, "env", "PYTHONTZPATH=", "TZ=Europe/Berlin", program, "doctor"],
        capture_output=True,
        text=True,
        timeout=READY_S,
    )
    assert "Europe/Berlin, from TZ." in done.stdout, done.stdout + done.stderr


def test_version_runs_without_python(program: str, built: Path) -> None:
    done = subprocess.run(
        ["chroot", BARE_ROOT, program, "version"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    version = next(built.glob("kuma-lite-*-linux-*.tar.gz")).name.split("-")[2]
    assert version in done.stdout
