"""Asking the server on this machine how it is, as its settings say where it listens."""

from __future__ import annotations

import ssl
import urllib.request
from typing import IO, Final, cast

from kuma_lite.core.config import Config

ANSWER_S: Final = 10.0


def local_host(config: Config) -> str:
    """Where it can be reached from here."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(config.host, config.host)  # noqa: S104


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine reaches what listens there."""
    return host == "localhost" or host == "::1" or host.startswith("127.")


def ask_ready(config: Config) -> IO[bytes]:
    """The answer of `/readyz`. Raises URLError, HTTPError where it is not 200, OSError."""
    scheme = "https" if config.tls else "http"
    # The certificate is ours, and names another host than the loopback address we ask.
    context = ssl._create_unverified_context() if config.tls else None  # noqa: S323
    url = f"{scheme}://{local_host(config)}:{config.port}/readyz"
    return cast(IO[bytes], urllib.request.urlopen(url, timeout=ANSWER_S, context=context))  # noqa: S310
