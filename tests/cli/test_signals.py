"""How it behaves as a service, and on a terminal: signals, the service manager, the journal."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import socket
import ssl
import termios
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from kuma_lite.core.config import Tls
from tests.requires import needs_program
from tests.support.served import Server
from tests.web.test_certificate import issue, put_in_place

WAIT_S = 20


def until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


@contextmanager
def running(server: Server) -> Iterator[Server]:
    server.start()
    try:
        yield server
    finally:
        if server.process is not None and server.process.poll() is None:
            server.stop()


def service(folder: Path, *arguments: str, **env: str) -> Server:
    """As a service manager starts it: without a terminal."""
    server = Server(folder, *arguments, env=env)
    server.popen = {"start_new_session": True}
    return server


def hang_up(server: Server) -> None:
    assert server.process is not None
    server.process.send_signal(signal.SIGHUP)


# --- SIGHUP ------------------------------------------------------------------------------------------------


def test_a_service_reads_its_log_settings_again(tmp_path: Path) -> None:
    with running(service(tmp_path / "data")) as server:
        until(lambda: "is ready" in server.text(), "not ready")
        for text, told in (
            ('log_format = "json"\n', '"msg": "Reloaded"'),
            ("log_format = 3\n", "The settings stay as they are."),
            (
                'log_format = "json"\nhost = "::1"\nws_origin_check = "bypass"\n',
                "start only: ws_origin_check",
            ),
        ):
            (tmp_path / "data" / "kuma-lite.toml").write_text(text)
            hang_up(server)
            until(lambda told=told: told in server.text(), told)  # type: ignore[misc]
        with urllib.request.urlopen(server.url + "/healthz", timeout=5) as answer:
            assert answer.status == 200
        assert server.stop()[0] == 0


@needs_program("openssl")
def test_a_service_serves_a_renewed_certificate(tmp_path: Path) -> None:
    tls = issue(tmp_path)
    server = service(tmp_path / "data", "--ssl-cert", str(tls.certificate), "--ssl-key", str(tls.key))
    server.url = server.url.replace("http:", "https:")

    def is_served(expected: Tls) -> bool:
        wanted = ssl.PEM_cert_to_DER_cert(expected.certificate.read_text())
        return ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", server.port))) == wanted

    with running(server):
        assert is_served(tls)
        put_in_place(issue(tmp_path, "next"), tls)
        assert not is_served(tls)
        hang_up(server)
        until(lambda: is_served(tls), "the new one is not served")


@contextmanager
def terminal(server: Server, before: Callable[[], object] = lambda: None) -> Iterator[int]:
    """Start a server on a terminal of its own; yields the other end, whose closing hangs up."""
    other, end = pty.openpty()

    def take() -> None:
        fcntl.ioctl(end, termios.TIOCSCTTY, 0)
        before()

    server.popen = {"start_new_session": True, "preexec_fn": take, "stdin": end}
    try:
        with running(server):
            os.close(end)
            yield other
    finally:
        assert server.process is not None
        server.process.wait(WAIT_S)


def test_a_terminal_that_goes_away_stops_it_in_order(tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    with terminal(server) as other:
        assert server.process is not None
        os.close(other)
        assert server.process.wait(WAIT_S) == 0
    assert "Stopping" in server.text()
    assert not (tmp_path / "data" / "kuma-lite.db-wal").exists(), "the database was closed"


def test_nohup_keeps_it_running(tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    with terminal(server, lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)) as other:
        os.close(other)
        until(lambda: "Reloaded" in server.text(), "nothing was heard")
        with urllib.request.urlopen(server.url + "/healthz", timeout=5) as answer:
            assert answer.status == 200


# --- the service manager -----------------------------------------------------------------------------------


def test_the_service_manager_is_told(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(WAIT_S)

        def until_told(word: str) -> None:
            while word not in manager.recv(4096).decode():
                pass

        server = service(tmp_path / "data", NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="1000000")
        with running(server):
            until_told("READY=1")
            for _ in range(3):
                until_told("WATCHDOG=1")
            hang_up(server)
            until_told("RELOADING=1")
            until_told("READY=1")
            server.stop()
            until_told("STOPPING=1")


def test_a_process_that_stands_still_feeds_no_watchdog(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(1.5)
        server = service(tmp_path / "data", NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="1000000")
        with running(server):
            assert server.process is not None
            until(lambda: "is ready" in server.text(), "not ready")
            server.process.send_signal(signal.SIGSTOP)
            with suppress(TimeoutError):  # after what had been said before
                while manager.recv(4096):
                    pass
            with pytest.raises(TimeoutError):
                manager.recv(4096)
            server.process.send_signal(signal.SIGCONT)
            assert b"WATCHDOG=1" in manager.recv(4096)


def test_sockets_of_the_service_manager_are_served(tmp_path: Path) -> None:
    """Two of them, and a restart between which no connection is refused."""
    server = service(tmp_path / "data", LISTEN_FDS="2")
    with (
        socket.create_server(("127.0.0.1", server.port)) as one,
        socket.create_server(("127.0.0.1", 0)) as two,
    ):

        def pass_on() -> None:
            kept = [fcntl.fcntl(given, fcntl.F_DUPFD, 10) for given in (one, two)]
            for number, descriptor in enumerate(kept, 3):
                os.dup2(descriptor, number)

        server.prefix = ["sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh"]
        server.popen |= {"preexec_fn": pass_on, "pass_fds": (3, 4)}
        # What the command line says does not count: the manager has decided.
        server.arguments = ("--host", "192.0.2.1")
        addresses = [f"http://127.0.0.1:{given.getsockname()[1]}/healthz" for given in (one, two)]
        for _ in range(2):
            with running(server):
                for address in addresses:
                    with urllib.request.urlopen(address, timeout=5) as answer:
                        assert answer.status == 200
            waiting = socket.create_connection(("127.0.0.1", server.port))  # while nobody serves
        waiting.close()


@needs_program("systemd-socket-activate")
def test_started_by_the_first_connection(tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    server.prefix = ["systemd-socket-activate", "--listen", f"127.0.0.1:{server.port}"]
    with running(server):
        until(lambda: f"http://127.0.0.1:{server.port}" in server.text(), "it says where it is")


# --- the journal -------------------------------------------------------------------------------------------


def journal_of(folder: Path, *arguments: str) -> list[str]:
    """What reaches the journal from a start that ends by itself or is stopped."""
    folder.parent.mkdir(exist_ok=True)
    server = service(folder, *arguments)
    reading, writing = os.pipe()
    status = os.fstat(writing)
    server.env["JOURNAL_STREAM"] = f"{status.st_dev}:{status.st_ino}"
    server.popen |= {"stdout": writing, "stderr": writing}
    try:
        server.start()
        server.stop()
    except AssertionError:
        assert server.process is not None
        assert server.process.poll() == 1
    os.close(writing)
    with open(reading) as lines:
        return lines.read().splitlines()


def test_the_journal_gets_priorities_and_has_its_own_clock(tmp_path: Path) -> None:
    lines = journal_of(tmp_path / "data")
    assert any(line.startswith("<6>cli.serve: Kuma Lite") for line in lines), lines
    assert all(line.startswith("<6>") for line in lines)
    (error,) = journal_of(tmp_path / "data", "--log-level", "nonsense")
    assert error.startswith("<3>kuma-lite: --log-level must be")


def test_streams_that_are_not_the_journal_keep_their_times(tmp_path: Path) -> None:
    with running(service(tmp_path / "data", JOURNAL_STREAM="8:12345")) as server:
        until(lambda: " INFO    cli.serve: Kuma Lite" in server.text(), "it says that it is ready")
