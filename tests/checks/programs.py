"""Programs of the system, played by scripts."""

from __future__ import annotations

from pathlib import Path


def script(folder: Path, name: str, text: str) -> None:
    """A shell script called `name`; only what the shell can do itself is found in it."""
    program = folder / name
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)
