"""Releases of stand-ins for the program, and a web server that has them."""

from __future__ import annotations

import base64
import hashlib
import io
import sys
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PYTHON = sys.executable  # a test may say that it is another
MACHINES = ("x86_64", "aarch64")

# It says its version and, as a server, answers /readyz with it; one that is broken never does.
PROGRAM = """#!{python} -IS
import sys
VERSION, BROKEN = {version!r}, {broken!r}
if sys.argv[1:] == ["--version"]:
    print("kuma-lite", VERSION)
    sys.exit()
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(503 if BROKEN else 200)
        self.end_headers()
        self.wfile.write(VERSION.encode())
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def program(version: str, *, broken: bool = False) -> bytes:
    return PROGRAM.format(python=PYTHON, version=version, broken=broken).encode()


def lay_out(home: Path, version: str) -> Path:
    """Unpacked by hand: program and libraries in one folder; returns the program."""
    (home / "_internal").mkdir(parents=True)
    (home / "_internal" / "library.so").write_text(version)
    path = home / "kuma-lite"
    path.write_bytes(program(version))
    path.chmod(0o755)
    return path


class ReleaseServer:
    """Files over HTTP; what is in `cut` ends after some bytes."""

    def __init__(self) -> None:
        self.key = Ed25519PrivateKey.generate()
        self.files: dict[str, bytes] = {}
        self.cut: dict[str, int] = {}
        self.asked: list[str] = []
        self.url = ""

    @property
    def public_key(self) -> str:
        return base64.b64encode(self.key.public_key().public_bytes_raw()).decode()

    def release(
        self, version: str, *, folder: bool = True, broken: bool = False, says: str = "", machine: str = ""
    ) -> str:
        """Publish the program for this machine (or another), signed; returns the name of its file."""
        import os

        name = f"kuma-lite-{version}-linux-{machine or os.uname().machine}"
        data = program(says or version, broken=broken)
        if folder:
            buffer = io.BytesIO()
            with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
                for path, content in (("kuma-lite", data), ("_internal/library.so", version.encode())):
                    entry = tarfile.TarInfo(f"{name}/{path}")
                    entry.size, entry.mode = len(content), 0o755
                    archive.addfile(entry, io.BytesIO(content))
            name, data = f"{name}.tar.gz", buffer.getvalue()
        self.files[name] = data
        self.sign()
        return name

    def sign(self) -> None:
        sums = "".join(
            f"{hashlib.sha256(data).hexdigest()}  {name}\n"
            for name, data in sorted(self.files.items())
            if not name.startswith("SHA256SUMS")
        ).encode()
        self.files["SHA256SUMS"] = sums
        self.files["SHA256SUMS.sig"] = base64.b64encode(self.key.sign(sums)) + b"\n"


@contextmanager
def release_server() -> Iterator[ReleaseServer]:
    server = ReleaseServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.lstrip("/")
            server.asked.append(name)
            data = server.files.get(name)
            if data is None:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[: server.cut.get(name, len(data))])

        def log_message(self, *_: Any) -> None:
            pass

    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web.daemon_threads = True
    threading.Thread(target=web.serve_forever, args=(0.05,), daemon=True).start()
    server.url = f"http://127.0.0.1:{web.server_address[1]}"
    try:
        yield server
    finally:
        web.shutdown()
        web.server_close()
