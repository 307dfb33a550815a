"""`backup` and `restore` as a person runs them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.requires import ROOT
from tests.support.served import serving

PROGRAM = [sys.executable, "-m", "kuma_lite"]


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **environment},
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with backups of each kind, made beside a running server."""
    folder = tmp_path_factory.mktemp("backup")
    (folder / "passphrase").write_text("correct horse\n")
    with serving(folder / "data"):
        for name in ("x.tar.zst", "x.db"):
            ended = run("backup", folder / name, "--data-dir", folder / "data")
            assert ended.returncode == 0, ended.stderr
        ended = run(
            "backup", folder / "x.tar.zst.age", "--passphrase-file", folder / "passphrase",
            "--data-dir", folder / "data",
        )  # fmt: skip
        assert ended.returncode == 0, ended.stderr
        refused = run("restore", folder / "x.tar.zst", "--data-dir", folder / "data")
        assert (refused.returncode, "is in use by process" in refused.stderr) == (1, True)
    return folder


@pytest.mark.parametrize("name", ["x.tar.zst", "x.db"])
def test_a_drill_and_a_restore(made: Path, tmp_path: Path, name: str) -> None:
    drilled = run("restore", "--drill", made / name)
    assert (drilled.returncode, "can be restored" in drilled.stdout) == (0, True), drilled.stderr
    target = tmp_path / "new"
    restored = run("restore", made / name, "--data-dir", target)
    assert restored.returncode == 0, restored.stderr
    assert (target / "kuma-lite.db").stat().st_mode & 0o077 == 0
    with serving(target):
        pass
    again = run("restore", made / name, "--data-dir", target)
    assert (again.returncode, "What was there before is in" in again.stdout) == (0, True), again.stderr
    assert len(list(target.glob("before-restore-*"))) == 1


def test_an_encrypted_one(made: Path) -> None:
    path = made / "x.tar.zst.age"
    assert run("restore", "--drill", path, "--passphrase-file", made / "passphrase").returncode == 0
    assert run("restore", "--drill", path, KUMA_LITE_BACKUP_PASSPHRASE="correct horse").returncode == 0
    wrong = run("restore", "--drill", path, KUMA_LITE_BACKUP_PASSPHRASE="no")
    assert (wrong.returncode, wrong.stderr) == (1, "kuma-lite: The passphrase is wrong.\n")
    missing = run("restore", "--drill", path)
    assert (missing.returncode, "A passphrase is needed" in missing.stderr) == (1, True)


def test_what_cannot_be_restored_leaves_nothing(made: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.tar.zst"
    cut.write_bytes((made / "x.tar.zst").read_bytes()[:500])
    refused = run("restore", cut, "--data-dir", tmp_path / "new")
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"kuma-lite: {cut} is")
    assert not (tmp_path / "new").exists()


def test_a_name_must_say_that_it_is_encrypted(made: Path) -> None:
    refused = run(
        "backup", made / "y.tar.zst", "--passphrase-file", made / "passphrase", "--data-dir", made / "data"
    )
    assert (refused.returncode, "y.tar.zst.age" in refused.stderr) == (1, True)
    assert not (made / "y.tar.zst").exists()
