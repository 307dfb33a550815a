"""What a start does not load: each would make it longer for everybody, for what few need."""

from __future__ import annotations

import subprocess
import sys

from tests.requires import ROOT

# Of types and services, of backups, of typing errors in settings, of imports, of names in HTML.
LATE = (
    "pydantic",
    "tarfile",
    "difflib",
    "sqlite3",
    "html.entities",
    "litestar",
    "cryptography",
    "yaml",
    "kuma_lite.importing.service",
)


def test_the_program_is_put_together_without_what_few_need() -> None:
    script = (
        f"import sys, kuma_lite.appliance.build; print(*[name for name in {LATE!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=100
    )
    assert sorted(set(LATE) & set(done.stdout.split())) == []
