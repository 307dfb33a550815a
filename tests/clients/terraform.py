"""The acceptance tests of the Terraform provider against our server.

    .venv/bin/python -m tests.clients.terraform Tag

runs those whose names match a pattern, or all; says what failed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.requires import ROOT, find_program
from tests.support.served import serving

FOLDER: Final = ROOT / "build" / "clients" / "terraform-provider-uptimekuma"
PROGRAM: Final = FOLDER / "tests"
ALL_S: Final = 3600
RESULT: Final = re.compile(r"^--- (PASS|FAIL|SKIP): (\w+)", re.M)

# What fails against Uptime Kuma 2.5, too: it tells of `screenshot_delay` always, and these expect none.
OF_ANOTHER_VERSION: Final = {
    "TestAccMonitorRealBrowserDataSource",
    "TestAccMonitorRealBrowserResource",
    "TestAccMonitorRealBrowserResourceWithStatusCodes",
}


def terraform() -> Path | None:
    """Terraform, or what is like it: what is installed, or was built by `make clients`."""
    for name in ("terraform", "tofu"):
        if (found := find_program(name)) is not None:
            return Path(found)
    built = FOLDER / "tofu"
    return built if built.exists() else None


def run(url: str, pattern: str, seconds: float) -> tuple[dict[str, str], str]:
    """Name of a test → PASS, FAIL or SKIP, of those that match; and everything that was said."""
    program = terraform()
    assert program is not None
    env = {**os.environ, "TF_ACC": "1", "TF_ACC_TERRAFORM_PATH": str(program), "KUMA_URL": url}
    env["CHECKPOINT_DISABLE"] = "1"
    if program.name == "tofu":
        env["TF_ACC_PROVIDER_HOST"] = "registry.opentofu.org"
    made = subprocess.run(
        [str(PROGRAM), "-test.v", f"-test.run={pattern}"],
        cwd=FOLDER / "source" / "internal" / "provider",
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds,
        check=False,
    )
    return {name: result for result, name in RESULT.findall(made.stdout)}, made.stdout


def failures(results: dict[str, str]) -> list[str]:
    """Those that should have passed."""
    return [name for name, result in results.items() if result == "FAIL" and name not in OF_ANOTHER_VERSION]


def main(arguments: list[str]) -> int:
    """Run them; 1 where one fails that should not."""
    if not PROGRAM.exists() or terraform() is None:
        print("not there: the Terraform provider's tests, or Terraform (make clients)")
        return 1
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "data") as server:
        results, said = run(server.url, arguments[0] if arguments else ".", ALL_S)
    print(said)
    failed = failures(results)
    print(f"{len(results)} tests, {len(failed)} failed: {', '.join(failed) or 'none'}")
    return 1 if failed or not results else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
