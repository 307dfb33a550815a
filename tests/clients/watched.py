"""What the monitors and notifications of a client's round point at: a small web server, plain or TLS."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.net.authority import issue

JSON_PATH, HOOK_PATH = "/state.json", "/hook"
ANSWERS = {
    JSON_PATH: b'{"state": "fine"}',
    "/containers/json?all=true": b'[{"Id": "a"}]',  # what a Docker daemon says
}


class Watched:
    """Answers 200 to everything and keeps what was posted."""

    def __init__(self, *, tls: bool = False) -> None:
        self.posted: list[bytes] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        if tls:
            context = issue("watched", names=("127.0.0.1",), days=90).server_context()
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port = int(self.server.server_address[1])
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"


def _handler(watched: Watched) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = ANSWERS.get(self.path, b"all fine")
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            watched.posted.append(self.rfile.read(int(self.headers.get("content-length") or 0)))
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


@contextmanager
def watching(*, tls: bool = False) -> Iterator[Watched]:
    """A server for the length of the block."""
    watched = Watched(tls=tls)
    threading.Thread(target=watched.server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield watched
    finally:
        watched.server.shutdown()
        watched.server.server_close()
