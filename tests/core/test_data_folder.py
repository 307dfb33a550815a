from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kuma_lite.core.data_folder import DataFolder, file_system_of, network_warning
from kuma_lite.core.errors import StartupError

MOUNTS = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 22 0:35 / /mnt/nas rw shared:2 - nfs4 server:/export rw,vers=4.2
41 40 0:36 / /mnt/nas/fast rw - xfs /dev/sdb rw
42 22 0:37 / /mnt/with\\040blank rw master:1 - fuse.sshfs me@host: rw
43 22 0:38 / /mnt/twice rw - tmpfs tmpfs rw
44 22 0:39 / /mnt/twice rw - 9p share rw
nonsense
"""


def mounts(folder: Path) -> Path:
    path = folder / "mountinfo"
    path.write_text(MOUNTS)
    return path


def test_a_missing_folder_is_created_for_the_owner_only(tmp_path: Path) -> None:
    folder = DataFolder.open(tmp_path / "a" / "b")
    assert folder.path == tmp_path / "a" / "b"
    assert folder.path.stat().st_mode & 0o777 == 0o700
    assert folder.database == folder.path / "kuma-lite.db"
    assert folder.uploads == folder.path / "upload"
    assert folder.warning is None
    folder.close()


def test_a_file_in_the_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(StartupError, match="is a file, not a folder"):
        DataFolder.open(tmp_path / "data")


def test_a_folder_that_cannot_be_created_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StartupError, match=r"cannot be created: not a directory\.$"):
        DataFolder.open(tmp_path / "file" / "data")


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind root")
def test_a_read_only_folder_is_one_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StartupError, match=r"cannot be written: permission denied\.$"):
        DataFolder.open(tmp_path)


def test_two_processes_never_share_a_folder(tmp_path: Path) -> None:
    program = (
        "import sys; from kuma_lite.core.data_folder import DataFolder;"
        "folder = DataFolder.open(sys.argv[1]); print('mine', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", program, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "mine\n"
    with pytest.raises(StartupError, match=f"is in use by process {other.pid}"):
        DataFolder.open(tmp_path)
    other.kill()
    other.wait()
    DataFolder.open(tmp_path).close()  # the kernel has let go of the lock


def test_closing_lets_go(tmp_path: Path) -> None:
    folder = DataFolder.open(tmp_path)
    with pytest.raises(StartupError, match=f"in use by process {os.getpid()}"):
        DataFolder.open(tmp_path)
    folder.close()
    folder.close()
    DataFolder.open(tmp_path).close()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/me", "ext4"),
        ("/mnt/nas", "nfs4"),
        ("/mnt/nas/data", "nfs4"),
        ("/mnt/nasty", "ext4"),
        ("/mnt/nas/fast/data", "xfs"),
        ("/mnt/with blank/data", "fuse.sshfs"),
        ("/mnt/twice/data", "9p"),
    ],
)
def test_the_file_system_of_a_path(tmp_path: Path, path: str, kind: str) -> None:
    assert file_system_of(Path(path), mounts(tmp_path)) == kind


def test_a_network_file_system_is_said(tmp_path: Path) -> None:
    warning = network_warning(Path("/mnt/nas/data"), mounts(tmp_path))
    assert warning is not None
    assert "network file system (nfs4)" in warning
    assert network_warning(Path("/mnt/nas/fast"), mounts(tmp_path)) is None


def test_where_the_kernel_does_not_tell_there_is_no_warning(tmp_path: Path) -> None:
    assert network_warning(Path("/mnt/nas/data"), tmp_path / "missing") is None
