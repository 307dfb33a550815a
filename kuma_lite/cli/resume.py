"""`kuma-lite resume`: check again."""

from __future__ import annotations

import argparse

from kuma_lite.cli.switching import add_names, switch


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which monitors."""
    add_names(parser)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    return switch(options, "resume", "Resumed")
