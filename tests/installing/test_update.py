"""`kuma-lite update` against a release server of our own, with stand-ins that really run as services."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.cli import main, update
from kuma_lite.installing import places, updating
from kuma_lite.installing.manager import State
from kuma_lite.installing.release_key import PUBLIC_KEYS, RELEASES_URL
from kuma_lite.installing.services import AGENT
from tests.installing.release import MACHINES, ReleaseServer, lay_out, program, release_server
from tests.requires import needs_root
from tests.support.ports import free_port

pytestmark = pytest.mark.skipif(os.uname().machine not in MACHINES, reason="no release for this machine")


class OneService:
    """A service manager with the server alone, which it starts as it is named."""

    def __init__(self, command: Path) -> None:
        self.command, self.port = command, free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def restart(self, name: str) -> None:
        self.stop()
        with suppress(OSError):  # it is gone: a service that does not run
            self.process = subprocess.Popen([self.command, str(self.port)], stderr=subprocess.DEVNULL)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def state(self, name: str) -> State:
        alive = name != AGENT and self.process is not None and self.process.poll() is None
        pid = self.process.pid if alive and self.process is not None else 0
        return State(alive, alive, pid, "", "")

    def log_hint(self, name: str) -> str:
        return f"the log of {name}"

    def served(self) -> str | None:
        """The version that answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2) as answer:
                return str(answer.read().decode())
        except (urllib.error.URLError, OSError):
            return None


@pytest.fixture
def releases() -> Iterator[ReleaseServer]:
    with release_server() as server:
        yield server


class Scene:
    """A program of version 0.1.0 that runs as a service."""

    def __init__(self, executable: Path, releases: ReleaseServer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.executable, self.releases = executable, releases
        self.manager = OneService(executable)
        self._monkeypatch = monkeypatch
        monkeypatch.setattr(sys, "frozen", True, raising=False)
        monkeypatch.setattr(sys, "executable", str(executable.resolve()))
        monkeypatch.setattr(update, "keeper_of", lambda program: "")
        monkeypatch.setattr(update, "manager_here", lambda: self.manager)
        monkeypatch.setattr(update, "_is_ready", lambda pid, options: self.manager.served() is not None)
        monkeypatch.setattr(updating, "_runs_from", lambda pid, home: True)  # the interpreter runs, not we
        monkeypatch.setattr(updating, "LOOK_S", 0.05)

    def start(self) -> None:
        self.manager.restart("kuma-lite")
        while self.manager.served() is None:
            pass

    def run(self, *words: str, wait: float = 20) -> int:
        key = ["--key", self.releases.public_key]
        return main(["update", "--from", self.releases.url, *key, "--wait", str(wait), *words])

    def becomes(self, version: str) -> None:
        """The command is now one of this version."""
        self._monkeypatch.setattr(update, "__version__", version)
        self._monkeypatch.setattr(sys, "executable", str(self.executable.resolve()))

    def version(self) -> str:
        """What the program says that is in place."""
        done = subprocess.run([self.executable, "--version"], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def left(self) -> list[str]:
        """Anything that is still on its way."""
        return [path.name for path in self.executable.parent.iterdir() if path.name.startswith(".")]


@pytest.fixture
def scene(tmp_path: Path, releases: ReleaseServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    found = Scene(lay_out(tmp_path / "kuma-lite", "0.1.0"), releases, monkeypatch)
    yield found
    found.manager.stop()


def test_a_newer_version_replaces_the_one_that_runs(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    scene.start()
    scene.releases.release("0.2.0")
    scene.releases.release("0.1.5")
    assert scene.run("--check") == 2
    assert "Kuma Lite 0.2.0 is there; this is 0.1.0." in capsys.readouterr().out
    assert scene.version() == "kuma-lite 0.1.0"
    assert scene.run() == 0
    assert "Kuma Lite 0.2.0 runs: kuma-lite." in capsys.readouterr().out
    assert scene.manager.served() == "0.2.0" and scene.version() == "kuma-lite 0.2.0"
    home = scene.executable.parent
    assert os.readlink(home / "kuma-lite") == "versions/0.2.0/kuma-lite"
    assert (home / "versions" / "0.1.0" / "_internal" / "library.so").read_text() == "0.1.0"
    for folder in ("versions", "versions/0.1.0", "versions/0.2.0"):
        assert (home / folder).stat().st_mode & 0o777 == 0o755, folder  # a service may look into it
    assert scene.left() == []
    scene.becomes("0.2.0")
    assert scene.run() == 0
    assert "0.2.0 is the newest" in capsys.readouterr().out
    scene.releases.release("0.3.0")
    assert scene.run() == 0 and scene.manager.served() == "0.3.0"
    assert {path.name for path in (home / "versions").iterdir()} == {"0.2.0", "0.3.0"}  # one before is kept


def test_one_file_is_replaced_as_well(
    tmp_path: Path, releases: ReleaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    executable = tmp_path / "bin" / "kuma-lite"
    executable.parent.mkdir()
    executable.write_bytes(program("0.1.0"))
    executable.chmod(0o751)
    scene = Scene(executable, releases, monkeypatch)
    scene.start()
    releases.release("0.2.0", folder=False)
    releases.release("0.3.0", folder=True)
    assert scene.run() == 0
    assert scene.manager.served() == "0.2.0" and executable.stat().st_mode & 0o777 == 0o751
    assert (executable.parent / "kuma-lite.old").read_bytes() == program("0.1.0")
    scene.becomes("0.2.0")
    releases.release("0.4.0", folder=False, broken=True)
    assert scene.run(wait=1) == 1
    assert scene.manager.served() == "0.2.0" and scene.left() == []
    scene.manager.stop()


def test_what_does_not_serve_is_taken_back(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    scene.start()
    before = scene.manager.state("kuma-lite").pid
    scene.releases.release("0.2.0", broken=True)
    assert scene.run(wait=1.5) == 1
    said = capsys.readouterr().err
    assert "Kuma Lite 0.2.0 is taken back: kuma-lite was not ready within 1.5 s. 0.1.0 runs again." in said
    assert "the log of kuma-lite" in said
    assert scene.manager.served() == "0.1.0" and scene.version() == "kuma-lite 0.1.0"
    assert scene.manager.state("kuma-lite").pid != before and scene.left() == []
    scene.releases.release("0.2.0")  # the same number, mended
    assert scene.run() == 0 and scene.manager.served() == "0.2.0"


def test_what_does_not_even_run_changes_nothing(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    scene.start()
    before = scene.manager.state("kuma-lite").pid
    scene.releases.release("0.2.0", says="0.9.9")
    assert scene.run() == 1
    assert "does not run on this machine, so nothing was changed: kuma-lite 0.9.9" in capsys.readouterr().err
    assert scene.manager.state("kuma-lite").pid == before
    assert not (scene.executable.parent / "versions").exists() and scene.left() == []


def wrong_signature(releases: ReleaseServer) -> None:
    releases.files["SHA256SUMS.sig"] = releases.files["SHA256SUMS.sig"][4:8] * 22


def changed_list(releases: ReleaseServer) -> None:
    releases.files["SHA256SUMS"] += b"0" * 64 + b"  kuma-lite-9.9.9-linux-amd64.tar.gz\n"


def no_signature(releases: ReleaseServer) -> None:
    del releases.files["SHA256SUMS.sig"]


def changed_file(releases: ReleaseServer) -> None:
    name = next(name for name in releases.files if name.endswith(".tar.gz"))
    releases.files[name] = releases.files[name][:-9] + b"evil" + releases.files[name][-5:]


def interrupted(releases: ReleaseServer) -> None:
    name = next(name for name in releases.files if name.endswith(".tar.gz"))
    releases.cut[name] = 200


def gone(releases: ReleaseServer) -> None:
    releases.url = "http://127.0.0.1:9"


def other_machines(releases: ReleaseServer) -> None:
    releases.files.clear()
    releases.release("0.2.0", machine="riscv64")


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (wrong_signature, "not signed with a key of ours"),
        (changed_list, "not signed with a key of ours"),
        (no_signature, "SHA256SUMS.sig cannot be downloaded: the server answers 404."),
        (changed_file, "arrived damaged, or is not what was signed"),
        (interrupted, "arrived damaged, or is not what was signed"),
        (gone, "SHA256SUMS cannot be downloaded"),
        (other_machines, "The release has nothing for this machine"),
    ],
)
def test_trouble_is_one_sentence_and_changes_nothing(
    scene: Scene, trouble: Any, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.start()
    before = scene.manager.state("kuma-lite").pid
    scene.releases.release("0.2.0")
    trouble(scene.releases)
    assert scene.run() == 1
    said = capsys.readouterr().err
    assert sentence in said and len(said.splitlines()) == 1
    assert scene.manager.state("kuma-lite").pid == before and scene.version() == "kuma-lite 0.1.0"
    assert scene.left() == [] and not (scene.executable.parent / "versions").exists()


def test_an_older_release_is_no_update(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    scene.releases.release("0.0.9")
    assert scene.run() == 1
    assert "0.0.9, older than this 0.1.0: it is not installed" in capsys.readouterr().err


@needs_root()
def test_a_full_disk_changes_nothing(
    tmp_path: Path,
    releases: ReleaseServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small], capture_output=True)
    if mounted.returncode:
        pytest.skip("nothing can be mounted here")
    try:
        scene = Scene(lay_out(small / "kuma-lite", "0.1.0"), releases, monkeypatch)
        releases.release("0.2.0")
        (small / "filler").write_bytes(b"x" * 48_000)
        assert scene.run() == 1
        assert "No space left" in capsys.readouterr().err
        assert scene.version() == "kuma-lite 0.1.0" and scene.left() == []
        (small / "filler").unlink()
        name = releases.release("0.2.0")
        releases.files[name] += b"x" * 20_000  # it would fit, but not unpacked
        releases.sign()
        assert scene.run() == 1
        assert "MB of free space" in capsys.readouterr().err
        assert scene.version() == "kuma-lite 0.1.0" and scene.left() == []
    finally:
        subprocess.run(["umount", "-l", small], check=True)


def test_an_interrupted_update_leaves_what_works_and_the_next_one_succeeds(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At every step that changes names, as a power cut would."""
    home = scene.executable.parent
    scene.releases.release("0.2.0")
    real = {name: getattr(os, name) for name in ("replace", "rename", "link", "symlink")}

    class PowerCut(BaseException):
        pass

    steps = 0
    while True:
        left = steps
        shutil.rmtree(home)
        lay_out(home, "0.1.0")

        def guarded(name: str) -> Any:
            def step(*arguments: Any, **more: Any) -> Any:
                nonlocal left
                if left == 0:
                    raise PowerCut
                left -= 1
                return real[name](*arguments, **more)

            return step

        for name in real:
            monkeypatch.setattr(os, name, guarded(name))
        try:
            scene.run()
            break
        except PowerCut:
            steps += 1
        finally:
            for name, function in real.items():
                monkeypatch.setattr(os, name, function)
        assert scene.version() in ("kuma-lite 0.1.0", "kuma-lite 0.2.0"), steps
        assert scene.run() == 0 and scene.version() == "kuma-lite 0.2.0" and scene.left() == []
    assert steps == 7 and scene.version() == "kuma-lite 0.2.0" and scene.left() == []


def test_two_at_once(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    scene.releases.release("0.2.0")
    with places.staging(places.place_of(scene.executable, "0.1.0")):
        assert scene.run() == 1
    assert "Another update is under way." in capsys.readouterr().err


def test_interrupted_from_the_keyboard_it_is_taken_back(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.start()
    scene.releases.release("0.2.0")

    def impatient(pid: int, options: object) -> bool:
        monkeypatch.setattr(update, "_is_ready", lambda pid, options: scene.manager.served() is not None)
        raise KeyboardInterrupt

    monkeypatch.setattr(update, "_is_ready", impatient)
    assert scene.run() == 1
    assert "taken back: interrupted" in capsys.readouterr().err
    assert scene.manager.served() == "0.1.0"


def test_without_a_service_it_says_so(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    scene.releases.release("0.2.0")
    assert scene.run() == 0
    assert "has to be started anew" in capsys.readouterr().out
    assert scene.version() == "kuma-lite 0.2.0"


def test_without_a_key_nothing_is_asked(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    scene.releases.release("0.2.0")
    arguments = ["update", "--from", scene.releases.url]
    if PUBLIC_KEYS:
        assert main(arguments) == 1 and "not signed with a key of ours" in capsys.readouterr().err
    else:
        assert main(arguments) == 1 and "without the key" in capsys.readouterr().err
        assert scene.releases.asked == []
    assert main([*arguments, "--key", "nonsense"]) == 1
    assert RELEASES_URL.startswith("https://")


def test_settings_of_a_server_that_runs(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-c", "import time; time.sleep(60)", "serve", "--port", str(port)]
    env = {**os.environ, "KUMA_LITE_HOST": "::1", "KUMA_LITE_DATA_DIR": str(tmp_path)}
    with subprocess.Popen(command, env=env) as process:
        try:
            while not Path(f"/proc/{process.pid}/cmdline").read_bytes().endswith(f"{port}\0".encode()):
                pass
            options = argparse.Namespace()
            found = update._settings_of(process.pid, options)
            assert (found.host, found.port, found.data_dir) == ("::1", port, tmp_path)
        finally:
            process.kill()
