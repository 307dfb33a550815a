"""What a binary asks of the C library of a bare system: names, echoes, clocks; and what installs it there."""

from __future__ import annotations

import http.server
import os
import random
import re
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dns.message
import dns.rrset
import pytest

from tests.installing.release import release_server
from tests.packaging.polling import PollingClient
from tests.packaging.test_binary import (  # noqa: F401 (some are fixtures)
    BARE_ROOT,
    DATA,
    EMULATED,
    LOGIN,
    MUSL,
    RELEASE,
    bare_root,
    built,
    monitor,
    program,
    running,
    target,
)
from tests.requires import ROOT, needs_program, needs_root

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900 if EMULATED else 600),
    needs_root(),
    needs_program("debootstrap", "chroot", "npm"),
]

KNOWN = {"watched.test.", "example.com."}  # the doctor asks for the second
FOUND_S = 120 if EMULATED else 30


@contextmanager
def name_server() -> Iterator[str]:
    """The address of the one that the bare system asks. It has an address for two names."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, sender = self.request
            answer = dns.message.make_response(dns.message.from_wire(data))
            (question,) = answer.question
            if question.name.to_text() not in KNOWN:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            elif question.rdtype == dns.rdatatype.A:
                answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", "A", "127.0.0.1"))
            sender.sendto(answer.to_wire(), self.client_address)

    resolv = BARE_ROOT / "etc" / "resolv.conf"
    before = resolv.read_text() if resolv.exists() else ""
    address = f"127.{random.randint(1, 254)}.{random.randint(0, 255)}.{random.randint(2, 254)}"
    with socketserver.ThreadingUDPServer((address, 53), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        resolv.write_text(f"nameserver {address}\n")
        try:
            yield address
        finally:
            resolv.write_text(before)
            server.shutdown()


def first_beat(client: PollingClient, settings: dict[str, Any]) -> dict[str, Any]:
    """What the first check of a new monitor says."""
    added = client.call("add", settings, timeout=FOUND_S)
    assert added["ok"] is True, added
    while True:
        beat: dict[str, Any] = client.wait_for("heartbeat", timeout=FOUND_S)[1]
        if beat["monitorID"] == added["monitorID"]:
            return beat


def test_looks_up_names_and_pings(program: str, target: str, tmp_path: Path) -> None:  # noqa: F811
    port_of_target = target.rpartition(":")[2].rstrip("/")
    with name_server() as server, running(program, tmp_path / "log") as (port, _):
        client = PollingClient(port)
        assert client.call("setup", LOGIN["username"], LOGIN["password"])["ok"] is True
        assert client.call("login", LOGIN)["ok"] is True
        by_name = first_beat(client, monitor(f"http://watched.test:{port_of_target}/"))
        unknown = first_beat(client, monitor(f"http://unknown.test:{port_of_target}/"))
        ping = {**monitor(""), "type": "ping", "hostname": "watched.test", "packetSize": 56}
        pinged = first_beat(client, ping)
        record = {"dns_resolve_server": server, "port": 53, "dns_resolve_type": "A"}
        asked = first_beat(client, {**monitor(""), "type": "dns", "hostname": "watched.test", **record})
    assert by_name["status"] == 1, by_name
    assert (unknown["status"], unknown["msg"]) == (0, "getaddrinfo ENOTFOUND unknown.test"), unknown
    assert pinged["status"] == 1 and pinged["ping"] is not None, pinged
    assert (asked["status"], asked["msg"]) == (1, "Records: 127.0.0.1"), asked


def in_root(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["chroot", BARE_ROOT, *command],
        capture_output=True,
        text=True,
        timeout=FOUND_S * 4,
        env={"PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
        stdin=subprocess.DEVNULL,
    )


def test_the_doctor_finds_no_trouble(program: str, tmp_path: Path) -> None:  # noqa: F811
    with running(program, tmp_path / "log"):
        pass
    with name_server():
        done = in_root(program, "doctor", "--data-dir", DATA)
    assert done.stderr == ""
    assert "TROUBLE" not in done.stdout, done.stdout
    assert re.search(r"^ok +Database", done.stdout, re.MULTILINE), done.stdout


def test_an_update_takes_the_build_for_this_c_library(program: str) -> None:  # noqa: F811
    with release_server() as releases:
        for number, machine in enumerate(("x86_64", "aarch64", "armv7l", "x86_64-musl", "aarch64-musl")):
            for folder in (False, True):
                releases.release(f"99.0.{number}", machine=machine, folder=folder)
        command = ("update", "--check", "--from", releases.url, "--key", releases.public_key)
        done = in_root(program, *command)
        machine = RELEASE or os.uname().machine
        (wanted,) = {name.split("-")[2] for name in releases.files if name.endswith(f"-linux-{machine}")}
        assert (done.returncode, done.stderr) == (2, "")
        assert done.stdout.startswith(f"Kuma Lite {wanted} is there;")
        for ending in ("", ".tar.gz"):
            del releases.files[f"kuma-lite-{wanted}-linux-{machine}{ending}"]
        releases.sign()
        none = in_root(program, *command)
        here = f"({machine.removesuffix('-musl')}, {'musl' if MUSL else 'glibc'})"
        assert (none.returncode, f"nothing for this machine {here}" in none.stderr) == (1, True)


@pytest.mark.skipif(not MUSL, reason="the bare Debian can download nothing")
def test_the_script_installs_it_with_busybox(bare_root: Path) -> None:  # noqa: F811
    """install.sh finds out that this is musl, though neither ldd nor getconf is there to ask."""
    script = bare_root / "tmp" / "install.sh"
    script.write_text((ROOT / "packaging" / "install.sh").read_text())

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments, directory=str(ROOT / "dist" / "release"))

        def translate_path(self, path: str) -> str:
            return super().translate_path(path.replace("/latest/download/", "/"))

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            done = in_root("/bin/sh", "/tmp/install.sh", "--from", url, "--dir", "/opt/installed")
            assert done.returncode == 0, done.stdout + done.stderr
            assert f"-linux-{RELEASE}.tar.gz" in done.stdout
            said = in_root("/usr/local/bin/kuma-lite", "--version")
            assert said.stdout.startswith("kuma-lite "), said.stderr
            removed = in_root("/bin/sh", "/tmp/install.sh", "--uninstall", "--dir", "/opt/installed")
            assert removed.returncode == 0, removed.stderr
            assert not (bare_root / "opt" / "installed").exists()
        finally:
            server.shutdown()
            script.unlink()
