"""The Debian package and the install script on a Debian of their own, under a real systemd (systemd-nspawn).

`make test-machines` runs them, with the one-dir of `make binary`. As that takes a minute and more,
`make test` has the short form: the package of a stand-in, looked at but not installed.
"""

from __future__ import annotations

import hashlib
import io
import os
import platform
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from kuma_lite import __version__
from tests.installing.release import ReleaseServer, release_server
from tests.requires import ROOT, needs_program, needs_root
from tests.support.ports import free_port

BUNDLE = ROOT / "dist" / "kuma-lite-onedir"
DEBIAN = ROOT / "build" / f"systemd-root-{platform.machine()}"
PACKAGES = "systemd,systemd-sysv,dbus,adduser,man-db,curl"
CHECK = """[Unit]
After=multi-user.target
[Service]
Type=oneshot
StandardOutput=file:/shared/log
StandardError=file:/shared/log
ExecStart=/bin/sh -c '/shared/check; echo $? >/shared/status; systemctl poweroff --no-block'
"""
BOOT_S = 240
# The program of the bundle that says it is of another version; one that is broken never serves.
NEWER = """#!/bin/sh
if [ "$1" = --version ]; then echo "kuma-lite {version}"; exit; fi
if [ "$1" = serve ] && [ -n "{broken}" ]; then exec sleep 1000; fi
exec "$(dirname "$(readlink -f "$0")")/kuma-lite-real" "$@"
"""

whole = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif("KUMA_LITE_MACHINES" not in os.environ, reason="behind `make test-machines`"),
    pytest.mark.skipif(not BUNDLE.is_dir(), reason="not built: make binary"),
    needs_root(),
    needs_program("debootstrap", "systemd-nspawn", "dpkg-deb"),
]


Test = TypeVar("Test", bound=Callable[..., None])


def whole_machine(test: Test) -> Test:
    """Marks a test that boots a machine."""
    for mark in whole:
        test = mark(test)
    return test


def package(bundle: Path, target: Path) -> Path:
    environment = {**os.environ, "DEB_COMPRESSION": "gzip", "SOURCE_DATE_EPOCH": "1800000000"}
    command = [ROOT / "packaging" / "build-deb", bundle, target]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    (made,) = target.glob("*.deb")
    return made


# --- short -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of a stand-in, twice the same."""
    bundle = tmp_path_factory.mktemp("bundle")
    (bundle / "_internal").mkdir()
    (bundle / "_internal" / "lib.so").write_bytes(b"GLIBC_2.28 GLIBC_2.9 GLIBC_2.17")
    (bundle / "kuma-lite").write_text("#!/bin/sh\necho kuma-lite\n")
    (bundle / "kuma-lite.service").touch()
    for path in (bundle / "kuma-lite", bundle / "_internal" / "lib.so"):
        path.chmod(0o777)
    made = [package(bundle, tmp_path_factory.mktemp(name)) for name in ("one", "two")]
    digests = {hashlib.sha256(path.read_bytes()).hexdigest() for path in made}
    assert len(digests) == 1
    return made[0]


@needs_program("dpkg-deb")
def test_what_the_package_holds(small: Path) -> None:
    listed = subprocess.run(["dpkg-deb", "-c", small], capture_output=True, text=True, check=True).stdout
    files = {line.split()[5]: line.split()[:2] for line in listed.splitlines()}
    assert files["./usr/lib/kuma-lite/kuma-lite"] == ["-rwxr-xr-x", "root/root"]
    assert files["./usr/lib/kuma-lite/_internal/lib.so"][0] == "-rw-r--r--"
    assert files["./etc/kuma-lite/kuma-lite.env"][0] == "-rw-r-----"
    assert "./usr/bin/kuma-lite -> ../lib/kuma-lite/kuma-lite" in listed
    assert {
        "./usr/lib/systemd/system/kuma-lite.service",
        "./usr/share/man/man1/kuma-lite.1.gz",
        "./usr/share/bash-completion/completions/kuma-lite",
        "./usr/share/zsh/vendor-completions/_kuma-lite",
        "./usr/share/fish/vendor_completions.d/kuma-lite.fish",
        "./usr/share/doc/kuma-lite/copyright",
        "./usr/lib/kuma-lite/installed-by",
    } <= files.keys()
    assert "./usr/lib/kuma-lite/kuma-lite.service" not in files
    fields = subprocess.run(["dpkg-deb", "-f", small], capture_output=True, text=True, check=True).stdout
    assert f"Version: {__version__}-1\n" in fields and "libc6 (>= 2.28)" in fields
    unit = subprocess.run(
        f"dpkg-deb --fsys-tarfile {small} | tar -xO ./usr/lib/systemd/system/kuma-lite.service",
        shell=True, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "User=kuma-lite\nStateDirectory=kuma-lite\n" in unit and "@LIBC@" not in fields
    assert "ExecStart=/usr/bin/kuma-lite serve --data-dir /var/lib/kuma-lite\n" in unit


@needs_program("dpkg-deb", "lintian")
def test_lintian_finds_nothing(small: Path, tmp_path: Path) -> None:
    """But what a stand-in lacks, and what it overrides without need."""
    command = ["lintian", "--fail-on", "error,warning", "--suppress-tags", "mismatched-override", small]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    found = [line for line in done.stdout.splitlines() if line[:2] in ("E:", "W:")]
    assert (found, done.returncode) == ([], 0), done.stderr


# --- under systemd -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def debian() -> Path:
    """A Debian with systemd and without Python, made once and kept in build/."""
    if not DEBIAN.is_dir():
        done = subprocess.run(
            [ROOT / "packaging" / "bare-root", DEBIAN, "", "", PACKAGES],
            capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            pytest.skip(f"debootstrap could not make a root here: {done.stderr}")
    return DEBIAN


def boots(debian: Path, shared: Path, name: str, *more: str) -> None:
    """Boot it, let a script run there, and throw away what it has changed."""
    shutil.copy(Path(__file__).parent / "machines" / name, shared / "check")
    unit = debian / "etc/systemd/system/check.service"
    wanted = debian / "etc/systemd/system/default.target.wants/check.service"
    unit.write_text(CHECK)
    wanted.parent.mkdir(exist_ok=True)
    wanted.unlink(missing_ok=True)
    wanted.symlink_to("../check.service")
    command = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--volatile=overlay", "--boot"]
    command += ["--console=pipe", f"--bind={shared}:/shared", "--directory", str(debian), *more]
    with (shared / "console").open("w") as console:
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=console, stderr=console, timeout=BOOT_S)
    if not (shared / "log").exists():
        pytest.skip(f"systemd does not boot here: {(shared / 'console').read_text()[-500:]}")
    said = (shared / "log").read_text(errors="replace")
    assert (shared / "status").read_text() == "0\n", said[-4000:]


@whole_machine
def test_installed_serving_upgraded_removed_and_purged(debian: Path, tmp_path: Path) -> None:
    shutil.copy(package(BUNDLE, tmp_path / "deb"), tmp_path / "kuma-lite.deb")
    boots(debian, tmp_path, "deb", "--private-network")


def archive(version: str, *, broken: bool) -> tuple[str, bytes]:
    """The one-dir as a release of its own version, or of another one."""
    name = f"kuma-lite-{version}-linux-{os.uname().machine}"
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=1) as files:
        files.add(BUNDLE / "_internal", f"{name}/_internal")
        real = "kuma-lite" if version == __version__ else "kuma-lite-real"
        files.add(BUNDLE / "kuma-lite", f"{name}/{real}")
        if version != __version__:
            text = NEWER.format(version=version, broken="yes" if broken else "").encode()
            entry = tarfile.TarInfo(f"{name}/kuma-lite")
            entry.size, entry.mode = len(text), 0o755
            files.addfile(entry, io.BytesIO(text))
    return f"{name}.tar.gz", buffer.getvalue()


def publish(releases: ReleaseServer, folder: str, version: str, *, broken: bool = False) -> None:
    name, data = archive(version, broken=broken)
    releases.files.pop("SHA256SUMS", None)
    made = ReleaseServer()
    made.key, made.files = releases.key, {name: data}
    made.sign()
    releases.files |= {f"{folder}/latest/download/{key}": content for key, content in made.files.items()}


@whole_machine
def test_installed_updated_taken_back_and_removed(debian: Path, tmp_path: Path) -> None:
    with release_server() as releases:
        publish(releases, "first", __version__)
        publish(releases, "second", "0.2.0")
        publish(releases, "third", "0.3.0", broken=True)
        (tmp_path / "key").write_text(releases.public_key)
        (tmp_path / "url").write_text(releases.url)
        (tmp_path / "port").write_text(str(free_port()))
        shutil.copy(ROOT / "packaging" / "install.sh", tmp_path)
        boots(debian, tmp_path, "install")
