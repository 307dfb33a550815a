"""Programs that make a client's round and write a line of JSON per step: name, seconds, trouble."""

from __future__ import annotations

import json
import subprocess
from typing import Any, Final

from tests.requires import ROOT

ROUND_S: Final = 60  # of which a few are used


def run_round(command: list[str], env: dict[str, str] | None = None) -> dict[str, Any]:
    """Step → its trouble (None, or a traceback), in order. Fails when the program itself does."""
    made = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=ROUND_S, check=False
    )
    assert made.returncode == 0, made.stderr
    steps = [json.loads(line) for line in made.stdout.splitlines()]
    return {step["step"]: step["trouble"] for step in steps}
