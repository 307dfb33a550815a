from __future__ import annotations

import os
import pty
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kuma_lite.cli.import_ import ProgressBar
from kuma_lite.core.limits import DATABASE_FILE
from tests.cli.test_serve import refused, run
from tests.importing.kumas import make_kuma
from tests.support.ports import free_port
from tests.support.served import serving


def add_many_beats(database: Path, count: int) -> None:
    connection = sqlite3.connect(database)
    connection.executemany(
        "INSERT INTO heartbeat (monitor_id, status, time, ping) VALUES (5, 1, datetime(?, 'unixepoch'), 20)",
        ((1_700_000_000 + number * 60,) for number in range(count)),
    )
    connection.commit()
    connection.close()


def test_import_prints_a_report(tmp_path: Path) -> None:
    source = make_kuma(tmp_path / "kuma", "1.23")
    add_many_beats(source, 500)
    ended = run("import", str(tmp_path / "kuma"), "--data-dir", str(tmp_path / "ours"))
    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.splitlines()
    assert lines[0] == "Taken over:"
    assert "  beats: 500" in lines
    assert "  notification “line”: LINE Notify was shut down in March 2025" in lines
    assert "secret" not in ended.stdout + ended.stderr
    assert ended.stderr.splitlines() == ["100 %  500 of 500 beats"]

    again = run("import", str(source), "--data-dir", str(tmp_path / "ours"))
    assert again.returncode == 0
    assert again.stdout.count("\n") == 1
    assert "nothing was changed" in again.stdout


def test_import_of_nothing(tmp_path: Path) -> None:
    line = refused("import", str(tmp_path / "nowhere"), "--data-dir", str(tmp_path / "ours"))
    assert "nowhere" in line


def test_the_first_start_on_a_kuma_says_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    make_kuma(folder, "2.5")
    line = refused("serve", "--port", str(free_port()), "--data-dir", str(folder))
    assert f"kuma-lite import {folder} --data-dir {folder}" in line
    assert "--import-kuma-db" in line
    assert not (folder / DATABASE_FILE).exists()


def test_the_first_start_takes_it_over_when_told_to(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    make_kuma(folder, "2.5")
    with serving(folder, "--import-kuma-db") as server:
        assert "status pages: 1" in server.text()
    with serving(folder, env={"KUMA_LITE_IMPORT_KUMA_DB": "1"}) as server:
        assert server.text().count("Taken over:") == 1, "once"
    with serving(folder):
        pass


def test_a_folder_without_kuma_starts_as_ever(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--import-kuma-db"):
        pass


@pytest.mark.parametrize(("answer", "taken"), [("y\n", True), ("\n", True), ("n\n", False)])
def test_at_a_terminal_it_asks(tmp_path: Path, answer: str, taken: bool) -> None:
    folder = tmp_path / "data"
    make_kuma(folder, "2.5")
    ours, theirs = pty.openpty()
    port = str(free_port())
    process = subprocess.Popen(
        [sys.executable, "-m", "kuma_lite", "serve", "--port", port, "--data-dir", str(folder)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    try:
        text = read_until(ours, "[Y/n]")
        assert "Take everything over?" in text
        os.write(ours, answer.encode())
        text = read_until(ours, "is ready")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(15)
        os.close(ours)
    assert ("Taken over:" in text) is taken


def read_until(terminal: int, word: str, seconds: float = 30) -> str:
    text, deadline = b"", time.monotonic() + seconds
    while word.encode() not in text:
        assert time.monotonic() < deadline, text
        text += os.read(terminal, 4096)  # which may end within a character
    return text.decode()


def test_killed_in_the_middle(tmp_path: Path) -> None:
    source, folder = make_kuma(tmp_path / "kuma", "1.23"), tmp_path / "ours"
    add_many_beats(source, 120_000)
    command = [sys.executable, "-m", "kuma_lite", "import", str(source), "--data-dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    while int(process.stderr.readline().split(" %")[0]) < 25:
        assert process.poll() is None
    process.kill()
    process.wait()
    process.stderr.close()

    line = refused("serve", "--port", str(free_port()), "--data-dir", str(folder))
    assert f"kuma-lite import {source}" in line
    ended = run("import", str(source), "--data-dir", str(folder))
    assert "  beats: 120,000" in ended.stdout.splitlines(), ended.stderr
    connection = sqlite3.connect(folder / DATABASE_FILE)
    assert connection.execute("SELECT sum(count) FROM beat_block").fetchone() == (120_000,)
    assert connection.execute("SELECT sum(up) FROM stat_day").fetchone() == (120_000,)
    connection.close()
    with serving(folder):
        pass


def test_progress_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    bar = ProgressBar()
    bar._is_terminal = True
    bar.show("beats", 10, 40)
    bar.show("beats", 10, 40)
    bar.show("days", 1, 1)
    bar.end()
    shown = capsys.readouterr().err
    assert shown == (f"\r[{'#' * 7}{'.' * 23}]  25 %  10 of 40 beats\n\r[{'#' * 30}] 100 %  1 of 1 days\n")


def test_progress_of_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    ProgressBar().show("beats", 0, 0)
    assert capsys.readouterr().err == "100 %  0 of 0 beats\n"
