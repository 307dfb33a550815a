"""`kuma-lite config`: a commented configuration file to start from."""

from __future__ import annotations

import argparse

from kuma_lite.core.config_sample import sample_toml


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options."""
    del parser


def run(options: argparse.Namespace) -> int:
    """Print the file."""
    del options
    print(sample_toml(), end="")
    return 0
