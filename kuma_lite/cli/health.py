"""`kuma-lite health`: for container health checks and scripts."""

from __future__ import annotations

import argparse
import json
import ssl
import sys
import urllib.error
import urllib.request
from typing import Final

from kuma_lite.core.config import add_options, load_config

TIMEOUT_S: Final = 10.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The server is found by the same settings it was started with."""
    add_options(parser, "host", "port", "data_dir", "ssl_cert", "ssl_key")


def run(options: argparse.Namespace) -> int:
    """0 when the server can do its work; 1 with the reasons on stderr otherwise."""
    config = load_config(options)
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(config.host, config.host)  # noqa: S104
    scheme = "https" if config.ssl_cert else "http"
    # The certificate is ours, and names another host than the loopback address we ask.
    context = ssl._create_unverified_context() if config.ssl_cert else None  # noqa: S323
    try:
        with urllib.request.urlopen(  # noqa: S310 - the address is our own
            f"{scheme}://{host}:{config.port}/readyz", timeout=TIMEOUT_S, context=context
        ):
            return 0
    except urllib.error.HTTPError as error:
        for name, problem in json.load(error).get("problems", {}).items():
            print(f"kuma-lite: {name}: {problem}", file=sys.stderr)
    except (urllib.error.URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        print(f"kuma-lite: no answer from {host} port {config.port}: {reason}", file=sys.stderr)
    return 1
