"""`kuma-lite schema`: what a configuration file may hold, for editors."""

from __future__ import annotations

import argparse
import json

from kuma_lite.cli.remote import Remote, add_remote_options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which server: it knows its own types, those of plugins included."""
    add_remote_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print the JSON Schema."""
    print(json.dumps(Remote.of(options).get("/api/v1/config/schema"), indent=1, ensure_ascii=False))
    return 0
