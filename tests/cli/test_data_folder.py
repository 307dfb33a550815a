"""Which data folder a command takes, and that none but `serve` and `import` makes anything there."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.requires import ROOT, needs_program, needs_root
from tests.support.served import serving

# Every command that works on a database.
COMMANDS = [
    ["user", "reset-password"],
    ["user", "remove-2fa"],
    ["token", "create", "--name", "x"],
    ["token", "list"],
    ["token", "revoke", "x"],
    ["backup", "copy.db"],
]
PROGRAM = [sys.executable, "-m", "kuma_lite"]


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        input="a-Good-1\n",
        env={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "PYTHONPATH": str(ROOT)},
    )


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_wrong_folder_stays_as_it_is(tmp_path: Path, command: list[str], named: bool) -> None:
    wrong = tmp_path / "wrong"
    ended = run(tmp_path, *PROGRAM, *command, *(["--data-dir", str(wrong)] if named else []))
    assert ended.returncode == 1
    assert ended.stderr.startswith(
        f"kuma-lite: There is no database in {wrong if named else tmp_path / 'data'}."
    )
    assert list(tmp_path.iterdir()) == []
    wrong.mkdir()
    assert run(wrong, *PROGRAM, *command, "--data-dir", ".").returncode == 1
    assert list(wrong.iterdir()) == []


def test_what_may_not_be_read_is_said(tmp_path: Path) -> None:
    """As a service's folder is for everybody else; a loop of links is what root may not read."""
    (tmp_path / "kuma-lite.db").symlink_to("kuma-lite.db")
    ended = run(tmp_path, *PROGRAM, "token", "list", "--data-dir", ".")
    assert "cannot be read: too many levels of symbolic links" in ended.stderr


@needs_root()
@needs_program("unshare", "mount")
def test_the_folder_of_the_service_is_found(tmp_path: Path) -> None:
    """In a mount namespace of its own, so that nobody else sees the /var/lib that is put there."""
    (tmp_path / "lib").mkdir()
    with serving(tmp_path / "lib" / "kuma-lite"):
        pass
    here = tmp_path / "here"
    here.mkdir()
    program, lib = shlex.join(PROGRAM), shlex.quote(str(tmp_path / "lib"))
    script = (
        f"mount --bind {lib} /var/lib || exit 9\n"
        f"{program} token create --name found >/dev/null || exit 8\n"
        f"{program} token list\n"
        f"{program} backup copy.db\n"
        f"mkdir data; {program} token list && exit 7\n"
        "exit 0"
    )
    ended = run(here, "unshare", "--mount", "sh", "-c", script)
    assert ended.returncode == 0, ended.stderr
    assert " found " in ended.stdout
    assert (here / "copy.db").stat().st_size > 0
    assert f"There is no database in {here / 'data'}" in ended.stderr, "the nearer one wins"
