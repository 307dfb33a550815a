"""Which glibc files ask for: `glibc.py NEWEST FOLDER ...` fails, by name, for those that want newer."""

from __future__ import annotations

import re
import sys
from pathlib import Path

Version = tuple[int, int]
_VERSION = re.compile(rb"\0GLIBC_(\d+)\.(\d+)(?:\.\d+)?(?=\0)")  # as it stands in the table of strings


def wanted(file: Path) -> Version:
    """The newest version that an ELF file names; (0, 0) of any other file."""
    content = file.read_bytes()
    if not content.startswith(b"\x7fELF"):
        return (0, 0)
    return max(((int(major), int(minor)) for major, minor in _VERSION.findall(content)), default=(0, 0))


def main(newest: str, *folders: str) -> int:
    """Print what is wanted in all; 1 where something wants newer than that."""
    major, minor = map(int, newest.split("."))
    files = {path: wanted(path) for folder in folders for path in Path(folder).rglob("*") if path.is_file()}
    for path, version in sorted(files.items()):
        if version > (major, minor):
            print(f"{path} asks for glibc {version[0]}.{version[1]}", file=sys.stderr)
    most = max(files.values(), default=(0, 0))
    print(f"{len(files)} files ask for glibc {most[0]}.{most[1]} at most")
    return int(most > (major, minor))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
