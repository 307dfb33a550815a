"""Starting and stopping as people do it; whatever is wrong is one sentence and a non-zero status."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kuma_lite.core.limits import DATABASE_FILE
from tests.requires import needs_root
from tests.support.ports import free_port
from tests.support.served import Server, serving


def run(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kuma_lite", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **(env or {})},
    )


def refused(*arguments: str, env: dict[str, str] | None = None) -> str:
    """The one line a failed start prints."""
    ended = run(*arguments, env=env)
    assert ended.returncode != 0
    assert "Traceback" not in ended.stderr
    lines = [line for line in ended.stderr.splitlines() if line.startswith("kuma-lite: ")]
    assert len(lines) == 1, ended.stderr
    return lines[0]


def test_serves_and_stops_cleanly(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        code, seconds = server.stop()
    assert code == 0
    assert seconds < 10
    assert "Traceback" not in server.text()
    assert server.url in server.text(), "it says where to go"


def test_a_port_in_use(tmp_path: Path) -> None:
    with serving(tmp_path / "one") as server:
        line = refused(
            "serve", "--host", "127.0.0.1", "--port", str(server.port), "--data-dir", str(tmp_path / "two")
        )
    assert str(server.port) in line


def test_a_data_folder_in_use(tmp_path: Path) -> None:
    with serving(tmp_path / "data"):
        line = refused("serve", "--port", str(free_port()), "--data-dir", str(tmp_path / "data"))
    assert "data" in line


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--port", "70000"], "port"),
        (["--port", "abc"], "port"),
        (["--host", "no.such.host.invalid"], "no.such.host.invalid"),
    ],
)
def test_bad_options(tmp_path: Path, arguments: list[str], word: str) -> None:
    assert word in refused("serve", "--data-dir", str(tmp_path / "data"), *arguments).lower()


def test_a_bad_environment(tmp_path: Path) -> None:
    line = refused("serve", "--data-dir", str(tmp_path / "data"), env={"UPTIME_KUMA_PORT": "seventy"})
    assert "seventy" in line


def test_a_data_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    refused("serve", "--port", str(free_port()), "--data-dir", str(tmp_path / "data"))


def test_a_corrupt_database(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / DATABASE_FILE).write_bytes(b"this is not a database" * 400)
    refused("serve", "--port", str(free_port()), "--data-dir", str(folder))
    assert (folder / DATABASE_FILE).read_bytes().startswith(b"this is not"), "nothing was overwritten"


def test_a_database_of_a_newer_program(tmp_path: Path) -> None:
    import apsw

    folder = tmp_path / "data"
    with serving(folder):
        pass
    connection = apsw.Connection(str(folder / DATABASE_FILE))
    connection.pragma("user_version", 9999)
    connection.close()
    assert "newer" in refused("serve", "--port", str(free_port()), "--data-dir", str(folder))


def test_an_emptied_database_opens_no_set_up(tmp_path: Path) -> None:
    (tmp_path / DATABASE_FILE).touch()
    assert "is empty" in refused("serve", "--port", str(free_port()), "--data-dir", str(tmp_path))


def test_what_it_writes_is_for_the_owner_only(tmp_path: Path) -> None:
    """Also in a folder that was there and is open to everybody, under a umask that hides nothing."""
    folder, copy = tmp_path / "data", tmp_path / "copy.db"
    folder.mkdir()
    folder.chmod(0o777)
    before = os.umask(0)
    try:
        with serving(folder):
            assert run("backup", str(copy), "--data-dir", str(folder)).returncode == 0
            written = [*folder.iterdir(), copy]
            assert {DATABASE_FILE, f"{DATABASE_FILE}-wal", "copy.db"} <= {path.name for path in written}
            assert {path.name for path in written if path.stat().st_mode & 0o077} == set()
    finally:
        os.umask(before)


@needs_root()
def test_a_read_only_data_folder(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "ro,size=1m", "tmpfs", str(folder)], capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("this machine does not let us mount")
    try:
        refused("serve", "--port", str(free_port()), "--data-dir", str(folder))
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_health_of_a_running_and_a_stopped_server(tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    server.start()
    arguments = ["health", "--host", "127.0.0.1", "--port", str(server.port)]
    assert run(*arguments).returncode == 0
    server.stop()
    assert run(*arguments).returncode == 1


def test_version_and_unknown_commands() -> None:
    assert run("version").stdout.startswith("kuma-lite ")
    assert run("--help").returncode == 0
    assert run("nonsense").returncode == 2
