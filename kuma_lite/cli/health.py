"""`kuma-lite health`: for container health checks and scripts."""

from __future__ import annotations

import argparse
import json
import sys
import urllib.error

from kuma_lite.core.config import add_options, load_config
from kuma_lite.core.hosts import socket_path
from kuma_lite.core.own_address import ask_ready, local_host


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The server is found by the same settings it was started with."""
    add_options(parser, "host", "port", "data_dir", "ssl_cert", "ssl_key", "acme", "acme_terms")


def run(options: argparse.Namespace) -> int:
    """0 when the server can do its work; 1 with the reasons on stderr otherwise."""
    config = load_config(options)
    try:
        with ask_ready(config):
            return 0
    except urllib.error.HTTPError as error:
        for name, problem in json.load(error).get("problems", {}).items():
            print(f"kuma-lite: {name}: {problem}", file=sys.stderr)
    except (urllib.error.URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        where = socket_path(config.host) or f"{local_host(config)} port {config.port}"
        print(f"kuma-lite: no answer from {where}: {reason}", file=sys.stderr)
    return 1
