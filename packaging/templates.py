"""Writes what others install us with, from one description.

`python packaging/templates.py` fills the files of packaging/sources/ in and writes them to packaging/:
`@name@` is a value of appliance.toml, and a line that begins with `@each env@` is repeated for every
variable, with `@env.name@` and so on. install-agent.sh is install.sh with one word changed.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from kuma_lite import __version__  # noqa: E402
from kuma_lite.installing.release_key import RELEASES_URL  # noqa: E402

SOURCES = HERE / "sources"
EACH = "@each env@"
MARK = re.compile(r"@([a-z_.]+)@")


def description() -> dict[str, Any]:
    """Everything that a mark can name."""
    found = tomllib.loads((HERE / "appliance.toml").read_text())
    releases = RELEASES_URL.removesuffix("/latest/download")
    found |= {"version": __version__, "releases": releases, "homepage": releases.removesuffix("/releases")}
    return found


def filled(text: str, values: Mapping[str, Any]) -> str:
    """A source with its marks filled in. Raises KeyError for a mark that nothing is known of."""
    lines = []
    for line in text.splitlines(keepends=True):
        if line.lstrip().startswith(EACH):
            rest = line.replace(EACH, "", 1)
            for entry in values["env"]:
                known = {**values, **{f"env.{key}": value for key, value in entry.items()}}
                lines.append(_line(rest, known))
        else:
            lines.append(_line(line, values))
    return "".join(lines)


def _line(line: str, values: Mapping[str, Any]) -> str:
    return MARK.sub(lambda match: str(values[match[1]]), line)


def rendered() -> dict[Path, tuple[str, int]]:
    """File → its text and mode."""
    values = description()
    found = {
        HERE / path.relative_to(SOURCES): (filled(path.read_text(), values), path.stat().st_mode & 0o777)
        for path in sorted(SOURCES.rglob("*"))
        if path.is_file()
    }
    install = HERE / "install.sh"
    agent = (
        install.read_text().replace("WHAT=server\n", "WHAT=agent\n").replace("install.sh", "install-agent.sh")
    )
    agent = agent.replace("Installs Kuma Lite as a service", "Installs the agent of Kuma Lite as a service")
    agent = agent.replace("| sudo sh\n", "| sudo sh -s -- --url URL --token TOKEN\n", 1)
    found[HERE / "install-agent.sh"] = (agent, install.stat().st_mode & 0o777)
    return found


def main() -> None:
    """Write them."""
    for path, (text, mode) in rendered().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)


if __name__ == "__main__":
    main()
