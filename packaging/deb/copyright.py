"""Prints the copyright file of the package: our licence, and those of what the program bundles.

`python packaging/deb/copyright.py` in the environment that the program is built from.
"""

from __future__ import annotations

import re
import sys
import textwrap
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PIN = re.compile(r"^([\w.\-]+)==", re.MULTILINE)
BESIDE = {  # of the bundle, and not of a Python package
    "CPython": "Python Software Foundation License 2",
    "OpenSSL": "Apache License 2.0",
    "SQLite": "public domain",
    "zlib, bzip2, xz (liblzma), libffi, expat, util-linux (libuuid)": "their own permissive licences",
    "libgcc and libstdc++": "GPL 3 with the GCC Runtime Library Exception",
}


def licence(found: Distribution) -> str:
    """What a package says of itself, in one line."""
    said = found.metadata.get("License-Expression") or ""
    if not said:
        classifiers = found.metadata.get_all("Classifier") or []
        said = ", ".join(line.split(" :: ")[-1] for line in classifiers if line.startswith("License ::"))
    return said or (found.metadata.get("License") or "see its metadata").splitlines()[0]


def bundled() -> list[str]:
    """A line for each package that a server needs."""
    lines = []
    for name in sorted(
        set(PIN.findall((ROOT / "packaging" / "requirements.txt").read_text())), key=str.lower
    ):
        try:
            found = distribution(name)
        except PackageNotFoundError:  # of another version of Python, or only for building
            continue
        lines.append(f"{found.metadata['Name']} {found.version}: {licence(found)}")
    return lines


def main() -> None:
    """Print it, in the machine-readable form of Debian."""
    text = (ROOT / "LICENSE").read_text().strip()
    holder = re.search(r"Copyright \(c\) (.+)", text)
    terms = text.split("\n\n", 2)[2]
    body = textwrap.indent(terms, " ", lambda line: True).replace("\n \n", "\n .\n")
    lines = [*bundled(), *(f"{name}: {terms}" for name, terms in BESIDE.items())]
    print("Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/")
    print("Upstream-Name: Kuma Lite")
    print("Comment: The program bundles Python and these packages, each under its own licence:")
    for line in lines:
        print(f" * {line}")
    print(f"\nFiles: *\nCopyright: {holder[1] if holder else 'the Kuma Lite authors'}\nLicense: Expat")
    print(body)


if __name__ == "__main__":
    sys.exit(main())
