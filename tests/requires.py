"""What a test needs from the machine it runs on: it skips by name where that is missing.

Use as decorators, or as ``pytestmark`` of a module::

    @needs_program("nginx")
    def test_reverse_proxy() -> None: ...

    pytestmark = [needs_program("chromium"), needs_program("chromedriver"), needs_page()]
"""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / "build" / "programs"  # `make clients` (tests/peers/install-programs)
SYSTEM_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin", str(BUILT)])


def find_program(name: str) -> str | None:
    """The path of a program, also of Debian's servers and what we have built; None: it is not there."""
    return shutil.which(name, path=SYSTEM_PATH)


def needs_program(*names: str) -> pytest.MarkDecorator:
    """Skip unless every named program is installed (`make system-packages` installs them on Debian)."""
    missing = [name for name in names if find_program(name) is None]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")


def needs_root() -> pytest.MarkDecorator:
    """Skip unless run by root: chroot, network namespaces, raw sockets."""
    return pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def needs_ipv6() -> pytest.MarkDecorator:
    """Skip unless ::1 can be bound."""
    return pytest.mark.skipif(not binds_ipv6(), reason="no IPv6 on this machine")


def needs_page() -> pytest.MarkDecorator:
    """Skip unless the page has been built (`make frontend`)."""
    return pytest.mark.skipif(
        not (ROOT / "frontend_dist" / "index.html").is_file(), reason="page not built: make frontend"
    )


def needs_path(path: Path, what: str) -> pytest.MarkDecorator:
    """Skip unless a file or folder outside the repository is there; `what` names it in the reason."""
    return pytest.mark.skipif(not path.exists(), reason=f"not there: {what}")


def binds_ipv6() -> bool:
    """Whether a server can listen on ::1."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
