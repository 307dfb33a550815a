"""Where this program came from: only what nothing else looks after can replace itself."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from kuma_lite.core.errors import UserError
from kuma_lite.installing.program import is_frozen

MARK: Final = "installed-by"  # a file beside the program, with a word that `_INSTEAD` has
_INSTEAD: Final = {
    "container": "This runs in a container: pull a newer image and start the container anew.",
    "deb": "This is the package of Debian: install the newer one with “apt install ./kuma-lite_….deb”.",
    "homebrew": "Homebrew has installed this: “brew upgrade kuma-lite” takes the newer one.",
    "nix": "Nix has installed this: update the input of the flake and build anew.",
    "pipx": "pipx has installed this: “pipx upgrade kuma-lite” takes the newer one.",
    "pip": "This is a Python package: “pip install --upgrade kuma-lite” takes the newer one.",
}
_CONTAINERS: Final = (".dockerenv", "run/.containerenv")


def keeper_of(program: Path, environment: Mapping[str, str] = os.environ, root: Path = Path("/")) -> str:
    """Who looks after this program: a word of `_INSTEAD`; "" for nobody but itself."""
    mark = program.resolve().parent / MARK
    if mark.is_file():
        return mark.read_text(errors="replace").strip()
    in_container = environment.get("KUMA_LITE_IS_CONTAINER", "").lower() in ("1", "true")
    if in_container or any((root / name).exists() for name in _CONTAINERS):
        return "container"
    parts = program.resolve().parts
    if "Cellar" in parts:
        return "homebrew"
    if parts[:3] == ("/", "nix", "store"):
        return "nix"
    if not is_frozen():
        return "pipx" if "pipx" in Path(sys.prefix).parts else "pip"
    return ""


def refuse_if_kept(keeper: str) -> None:
    """Raises UserError, with what to do instead, for what something else looks after."""
    if keeper:
        sentence = _INSTEAD.get(keeper, "Something else has installed this program: update it with that.")
        raise UserError(sentence)
