"""`kuma-lite version`."""

from __future__ import annotations

import argparse

from kuma_lite import UPTIME_KUMA_VERSION, __version__


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options."""
    del parser


def run(options: argparse.Namespace) -> int:
    """Print our version and the one of the wire."""
    del options
    print(f"kuma-lite {__version__} (speaks Uptime Kuma {UPTIME_KUMA_VERSION})")
    return 0
