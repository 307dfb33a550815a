"""In a container the program starts as root, gives its folder to one user and becomes it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kuma_lite.cli.container import USER, become_user
from kuma_lite.core.errors import StartupError
from tests.requires import ROOT, needs_root

PROGRAM = """
import os
from kuma_lite.cli.container import become_user
from kuma_lite.core.errors import StartupError
try:
    become_user(os.environ)
except StartupError as error:
    print(error.message)
else:
    print(os.getuid(), os.getgid(), os.getgroups())
"""


def become(folder: Path, *prefix: str, **environment: str) -> str:
    """What a process in a container of ours says of itself."""
    done = subprocess.run(
        [*prefix, sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "KUMA_LITE_IS_CONTAINER": "true",
            "KUMA_LITE_DATA_DIR": str(folder),
            **environment,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """As a bind mount that belongs to root, with something in it."""
    (tmp_path / "data" / "upload").mkdir(parents=True)
    (tmp_path / "data" / "kuma-lite.db").touch()
    return tmp_path / "data"


def owners(folder: Path) -> set[tuple[int, int]]:
    return {(path.lstat().st_uid, path.lstat().st_gid) for path in (folder, *folder.rglob("*"))}


@needs_root()
def test_gives_a_folder_of_root_to_the_user_of_the_image(folder: Path) -> None:
    assert become(folder) == f"{USER} {USER} []"
    assert owners(folder) == {(USER, USER)}


@needs_root()
def test_becomes_whom_puid_and_pgid_name_and_follows_no_link(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.touch()
    (folder / "link").symlink_to(outside)
    assert become(folder, PUID="1000", PGID="100") == "1000 100 []"
    assert owners(folder) == {(1000, 100)}
    assert outside.stat().st_uid == 0
    assert become(folder, PUID="0").startswith("0 0 ")


@needs_root()
def test_says_in_one_sentence_what_cannot_be(folder: Path) -> None:
    user = ("setpriv", "--reuid=10001", "--regid=10001", "--clear-groups")
    assert become(folder, *user).startswith("10001 10001")
    assert become(folder, *user, PUID="1000").startswith(
        "PUID asks for user 1000, but the container was started as"
    )
    assert become(folder, PUID="joe") == "PUID is the number of a user or group, not 'joe'."
    powerless = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
    said = become(folder, *powerless)
    assert said.startswith(
        f"The data folder {folder} cannot be given to user {USER} (Operation not permitted): run"
    )
    assert "--user 10001:10001" in said
    assert owners(folder) == {(0, 0)}


def test_does_nothing_outside_a_container() -> None:
    before = os.geteuid()
    become_user({"PUID": "1000"})
    assert os.geteuid() == before


def test_refuses_a_number_that_is_none() -> None:
    with pytest.raises(StartupError, match="PGID is the number"):
        become_user({"KUMA_LITE_IS_CONTAINER": "true", "PGID": "-1"})
