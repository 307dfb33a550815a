"""`doctor` as a person runs it: beside a server, without one, on a damaged database."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.requires import ROOT
from tests.support.served import Server, serving


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kuma_lite", "doctor", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **environment},
    )


def findings(*arguments: object) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for each in json.loads(run(*arguments, "--json").stdout):
        found.setdefault(each["what"], []).append(each)
    return found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with serving(tmp_path_factory.mktemp("doctor") / "data") as running:
        yield running


def port(server: Server) -> str:
    return server.url.rsplit(":", 1)[1]


def test_beside_a_server(server: Server) -> None:
    found = findings("--data-dir", server.folder, "--port", port(server))
    assert found["Server"] == [{"what": "Server", "level": "ok", "says": "It runs and is well.", "do": ""}]
    assert [each["level"] for each in found["Database"]] == ["ok", "ok"]
    assert found["Backups"][0]["level"] == "warning"
    other = findings("--data-dir", server.folder, "--port", 1)
    assert "gives no answer at 127.0.0.1 port 1" in other["Server"][0]["says"]


def test_it_changes_nothing_and_says_when_there_is_nothing(tmp_path: Path) -> None:
    ended = run("--data-dir", tmp_path / "none")
    assert ended.returncode == 3
    assert f"There is no folder {tmp_path / 'none'}" in ended.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_database(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "kuma-lite.db"
    command = [sys.executable, "-m", "kuma_lite", "backup", str(path), "--data-dir", str(server.folder)]
    subprocess.run(command, check=True, capture_output=True, timeout=60, cwd=ROOT)
    data = bytearray(path.read_bytes())
    data[2048:20_000] = b"\xff" * (20_000 - 2048)
    path.write_bytes(data)
    found = findings("--data-dir", tmp_path)
    assert "damaged" in found["Database"][-1]["says"]
    assert "kuma-lite restore" in found["Database"][-1]["do"]


def test_a_port_that_another_program_has(server: Server, tmp_path: Path) -> None:
    found = findings("--data-dir", tmp_path, "--port", port(server))
    assert found["Port"][0]["level"] == "trouble"


def test_a_bundle_has_no_secrets(server: Server, tmp_path: Path) -> None:
    target = tmp_path / "bundle.tar.gz"
    secret = "http://me:correct-horse@proxy.example:3128"
    ended = run(
        "--data-dir", server.folder, "--port", port(server), "--bundle", target,
        KUMA_LITE_NOTIFICATION_PROXY=secret, KUMA_LITE_ALLOWED_HOSTS="kuma.private.example",
    )  # fmt: skip
    assert "look through it" in ended.stderr
    with tarfile.open(target) as tar:
        parts = {member.name.split("/")[1]: tar.extractfile(member) for member in tar}
        texts = {name: file.read().decode() for name, file in parts.items() if file is not None}
    assert set(texts) == {"doctor.json", "settings.json", "counts.json"}
    assert json.loads(texts["counts.json"])["user"] >= 0
    for text in texts.values():
        assert "correct-horse" not in text
        assert "private.example" not in text
    again = run("--data-dir", server.folder, "--bundle", target)
    assert (again.returncode, "File exists" in again.stderr) == (1, True)
