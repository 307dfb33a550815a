"""Asking the server on this machine how it is, as its settings say where it listens."""

from __future__ import annotations

import http.client
import socket
import ssl
import urllib.request
from functools import partial
from typing import IO, Any, Final, cast

from kuma_lite.core.config import Config
from kuma_lite.core.hosts import socket_path

ANSWER_S: Final = 10.0


def local_host(config: Config) -> str:
    """Where it can be reached from here."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(config.host, config.host)  # noqa: S104
    return f"[{host}]" if ":" in host and not socket_path(host) else host


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine reaches what listens there."""
    return host == "localhost" or host == "::1" or host.startswith("127.")


def ask_ready(config: Config) -> IO[bytes]:
    """The answer of `/readyz`. Raises URLError, HTTPError where it is not 200, OSError."""
    if path := socket_path(config.host):
        opener = urllib.request.build_opener(_UnixHandler(path))
        return cast(IO[bytes], opener.open("http://localhost/readyz", timeout=ANSWER_S))
    scheme = "https" if config.tls else "http"
    # The certificate is ours, and names another host than the loopback address we ask.
    context = ssl._create_unverified_context() if config.tls else None  # noqa: S323
    url = f"{scheme}://{local_host(config)}:{config.port}/readyz"
    return cast(IO[bytes], urllib.request.urlopen(url, timeout=ANSWER_S, context=context))  # noqa: S310


class _UnixConnection(http.client.HTTPConnection):
    """HTTP through a socket of the file system."""

    def __init__(self, host: str, path: str, timeout: float = ANSWER_S, **_more: Any) -> None:
        super().__init__(host, timeout=timeout)
        self._path = path

    def connect(self) -> None:
        """Instead of by address. Raises OSError."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class _UnixHandler(urllib.request.HTTPHandler):
    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(_UnixConnection, path=self._path), req)
