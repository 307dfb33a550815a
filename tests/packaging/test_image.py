"""The image is made without an engine, small, and its program runs in what it holds and nothing else."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import subprocess
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.packaging.polling import PollingClient
from tests.packaging.test_binary import READY_S, RELEASE, built  # noqa: F401 (one is a fixture)
from tests.requires import ROOT, needs_program, needs_root
from tests.support.ports import free_port

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    needs_root(),
    needs_program("buildah", "chroot", "npm", "apt-get", "dpkg-deb"),
]

MAX_IMAGE_BYTES = 95_000_000
USER = 10001


@pytest.fixture(scope="module")
def image(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Any], Path]]:  # noqa: F811
    """Its configuration, and a folder with the files of its layers."""
    machine = RELEASE or os.uname().machine
    made = [ROOT / "packaging" / "image", machine, built / "kuma-lite-onedir"]
    done = subprocess.run(made, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (archive,) = (ROOT / "dist").glob(f"kuma-lite-*-{machine}.image.tar")
    folder = tmp_path_factory.mktemp("image")
    root = folder / "root"
    with tarfile.open(archive) as files:
        files.extractall(folder, filter="tar")
    (manifest,) = json.loads((folder / "manifest.json").read_text())
    for layer in manifest["Layers"]:
        with tarfile.open(folder / layer) as files:
            files.extractall(root, filter="tar")
    yield json.loads((folder / manifest["Config"]).read_text()), root
    shutil.rmtree(folder)


def size_of(root: Path) -> int:
    return sum(path.lstat().st_size for path in root.rglob("*") if path.is_file() and not path.is_symlink())


def test_says_how_it_is_run_and_is_small(image: tuple[dict[str, Any], Path]) -> None:
    document, root = image
    config = document["config"]
    assert config["Entrypoint"] == ["kuma-lite"]
    assert config["Cmd"] == ["serve"]
    assert config["StopSignal"] == "SIGTERM"
    assert config["Healthcheck"]["Test"] == ["CMD", "kuma-lite", "health"]
    assert config["Volumes"] == {"/data": {}}
    assert (root / "data").stat().st_uid == USER
    assert not (root / "bin").exists()
    assert size_of(root) <= MAX_IMAGE_BYTES


@pytest.fixture
def data(image: tuple[dict[str, Any], Path]) -> Path:
    """The folder of its data as a bind mount that belongs to root."""
    folder = image[1] / "data"
    shutil.rmtree(folder)
    folder.mkdir(mode=0o755)
    return folder


def command(image: tuple[dict[str, Any], Path], *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """The program of the image, in its files, with the environment that it declares."""
    document, root = image
    declared = dict(line.split("=", 1) for line in document["config"]["Env"])
    return subprocess.Popen(
        ["/usr/sbin/chroot", root, "/opt/kuma-lite/kuma-lite", *arguments],
        env={**declared, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_starts_as_root_serves_as_a_user_and_stops(image: tuple[dict[str, Any], Path], data: Path) -> None:
    port = str(free_port())
    server = command(image, "serve", KUMA_LITE_PORT=port, PUID="1000", PGID="1001")
    try:
        wait_until_ready(server, int(port))
        status = Path(f"/proc/{server.pid}/status").read_text()
        assert "Uid:\t1000\t1000\t1000\t1000" in status
        assert "Gid:\t1001\t1001\t1001\t1001" in status
        health = command(image, "health", KUMA_LITE_PORT=port, PUID="1000", PGID="1001")
        assert health.wait(30) == 0, health.stdout and health.stdout.read()
        client = PollingClient(int(port))
        assert client.call("setup", "admin", "a good pass-phrase 1")["ok"] is True
        token = client.call("login", {"username": "admin", "password": "a good pass-phrase 1", "token": ""})
        assert token["ok"] is True
        server.send_signal(signal.SIGTERM)
        assert server.wait(15) == 0
        assert {path.stat().st_uid for path in (data, *data.rglob("*"))} == {1000}
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()


def test_says_in_one_sentence_that_it_may_not(image: tuple[dict[str, Any], Path], data: Path) -> None:
    program = ["/opt/kuma-lite/kuma-lite", "serve"]
    done = subprocess.run(
        ["/usr/sbin/chroot", f"--userspec={USER}:{USER}", "--groups=", image[1], *program],
        env=dict(line.split("=", 1) for line in image[0]["config"]["Env"]),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "The data folder /data cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def wait_until_ready(server: subprocess.Popen[str], port: int) -> None:
    end = time.monotonic() + READY_S
    while True:
        assert server.poll() is None, server.stdout and server.stdout.read()
        assert time.monotonic() < end
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.05)
