"""Other systems than Linux: a clear refusal on Windows, and a server that needs no /proc."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from kuma_lite.cli import main
from tests.requires import needs_program, needs_root
from tests.support.served import Server

# What Python has on Linux alone, and what of it this program may use where it is there.
LINUX_ONLY = (
    "import os, signal, socket\n"
    "for module, names in {signal: ('sigtimedwait', 'sigwaitinfo'), "
    "os: ('memfd_create', 'sched_getaffinity', 'posix_fadvise', 'pidfd_open', 'eventfd', 'posix_fallocate'), "
    "socket: ('AF_NETLINK', 'AF_PACKET', 'SO_BINDTODEVICE', 'SO_PEERCRED', 'TCP_USER_TIMEOUT')}.items():\n"
    "    for name in names:\n"
    "        if hasattr(module, name): delattr(module, name)\n"
)


@pytest.mark.parametrize("words", [["serve"], ["agent", "--once"], []])
def test_windows_is_refused_in_one_sentence(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert main(words) == 1
    said = capsys.readouterr()
    assert "WSL" in said.err and len(said.err.splitlines()) == 1 and said.out == ""


def test_the_command_line_loads_on_windows() -> None:
    """Before it can refuse: nothing is imported that Windows lacks."""
    script = (
        "import sys\n"
        "for name in ('fcntl', 'resource', 'pwd', 'grp', 'termios'): sys.modules[name] = None\n"
        "import kuma_lite.cli\n"
        "sys.platform = 'win32'\n"
        "sys.exit(kuma_lite.cli.main(['serve']))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "WSL" in done.stderr and "Traceback" not in done.stderr


@needs_root()
@needs_program("unshare", "mount")
def test_a_server_without_proc_and_without_what_is_only_linux(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(LINUX_ONLY)
    paths = f"{tmp_path / 'site'}:{Path(__file__).parent.parent.parent}"
    server = Server(tmp_path / "data", env={"PYTHONPATH": paths})
    hide = 'for place in /proc /sys; do mount -t tmpfs tmpfs $place || exit 77; done; exec "$@"'
    server.prefix = ["unshare", "--mount", "sh", "-c", hide, "sh"]
    try:
        server.start()
    except AssertionError as error:
        if "ended with 77" in str(error):
            pytest.skip("nothing can be mounted here")
        raise
    try:
        for path in ("/readyz", "/api/entry-page", "/"):
            with urllib.request.urlopen(f"{server.url}{path}", timeout=10) as answer:
                assert answer.status == 200, path
                if path == "/readyz":
                    assert json.load(answer)["status"] == "ready"
    finally:
        code, _ = server.stop()
    assert code == 0 and "Traceback" not in server.text(), server.text()
