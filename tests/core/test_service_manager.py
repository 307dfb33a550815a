from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kuma_lite.core.service_manager import ServiceManager


@pytest.fixture
def channel(tmp_path: Path) -> Iterator[socket.socket]:
    """Where a manager listens; the address is its name."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(0.2)
        yield listening


def heard(channel: socket.socket) -> list[str]:
    """Every message so far."""
    messages = []
    while True:
        try:
            messages.append(channel.recv(4096).decode())
        except TimeoutError:
            return messages


def manager_of(channel: socket.socket, **more: str) -> ServiceManager:
    return ServiceManager.from_environment({"NOTIFY_SOCKET": channel.getsockname(), **more})


def test_the_life_of_a_service(channel: socket.socket) -> None:
    manager = manager_of(channel)
    manager.ready("Ready at http://x")
    manager.reloading(12.5)
    manager.stopping()
    assert heard(channel) == [
        "READY=1\nSTATUS=Ready at http://x",
        "RELOADING=1\nMONOTONIC_USEC=12500000",
        "STOPPING=1\nSTATUS=Stopping",
    ]


def test_an_abstract_address() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0kuma-lite-test")
        listening.settimeout(5)
        ServiceManager("@kuma-lite-test").stopping()
        assert listening.recv(100).startswith(b"STOPPING=1")


def test_the_watchdog_is_fed_thrice_in_its_time(channel: socket.socket) -> None:
    manager = manager_of(channel, WATCHDOG_USEC="60000000", WATCHDOG_PID=str(os.getpid()))
    for tenths in range(1200):  # two minutes
        manager.alive(1000 + tenths / 10)
    assert heard(channel) == ["WATCHDOG=1"] * 6


def test_the_watchdog_of_another_process_is_left_alone(channel: socket.socket) -> None:
    manager_of(channel, WATCHDOG_USEC="60000000", WATCHDOG_PID="1").alive(1000)
    manager_of(channel).alive(1000)
    assert heard(channel) == []


def test_a_manager_that_is_gone_is_no_trouble(tmp_path: Path) -> None:
    ServiceManager(str(tmp_path / "nobody")).ready("x")
    ServiceManager().ready("x")


def test_children_do_not_speak_for_us() -> None:
    environment = {
        "NOTIFY_SOCKET": "/x",
        "WATCHDOG_USEC": "1",
        "LISTEN_FDS": "1",
        "LISTEN_FDNAMES": "x",
        "A": "b",
    }
    ServiceManager.from_environment(environment)
    assert environment == {"A": "b"}


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        ("socket.socket()", "no listening socket"),
        ("socket.socket(socket.AF_INET, socket.SOCK_DGRAM)", "no listening socket"),
        ("socket.socketpair()[0]", "no listening socket"),
        ("open('/dev/null')", "is no socket"),
    ],
)
def test_what_cannot_be_served_on(make: str, sentence: str) -> None:
    program = (
        "import os, socket, sys\n"
        "from kuma_lite.core.errors import StartupError\n"
        "from kuma_lite.core.service_manager import ServiceManager\n"
        f"given = {make}\n"
        "os.dup2(given.fileno(), 3)\n"
        "try: ServiceManager(descriptors=1).sockets()\n"
        "except StartupError as error: print(error.message)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert sentence in done.stdout, done.stderr
