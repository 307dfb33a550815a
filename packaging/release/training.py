"""What Python is trained with (PGO, by build-python): its own tests of what everybody uses, and imports.

Its usual training asks the system for its load, which a root without /proc cannot say, and ends there.
Nothing here looks at how a test ends: what ran is what counts.
"""

from __future__ import annotations

import importlib
import io
import marshal
import unittest
from pathlib import Path
from types import ModuleType

from test import support
from test.libregrtest.pgo import PGO_TESTS

LESS = {"test_embed", "test_time"}  # programs of their own, and waiting
MORE = ["test_descr", "test_dict", "test_enum", "test_typing", "test_urlparse"]
TIMES = 5  # a start of ours is imports before all else


def tests() -> None:
    """Python's usual choice of its tests, and of what makes classes."""
    support.use_resources = []  # nothing from the network, and nothing large
    for name in [*(name for name in PGO_TESTS if name not in LESS), *MORE]:
        found = unittest.defaultTestLoader.loadTestsFromName(f"test.{name}")
        unittest.TextTestRunner(io.StringIO(), verbosity=0).run(found)


def imports() -> None:
    """Each module of the standard library: its bytecode read, and run in a place of its own."""
    library = Path(importlib.__file__).parent.parent
    for path in sorted(library.glob("*.py")) + sorted(library.glob("asyncio/*.py")):
        name = path.stem if path.parent == library else f"{path.parent.name}.{path.stem}"
        if name in {"antigravity", "this"}:  # these do something
            continue
        stored = marshal.dumps(compile(path.read_bytes(), str(path), "exec"))
        for _ in range(TIMES):
            place = ModuleType(name)
            place.__dict__.update(__package__=name.rpartition(".")[0], __file__=str(path))
            try:
                exec(marshal.loads(stored), place.__dict__)  # noqa: S102, S302 - Python's own
            except Exception:  # noqa: S112 - of another system, or of a library that is not there
                continue


if __name__ == "__main__":
    done = Path("trained")
    if not done.exists():  # Debian's Makefile runs it twice
        tests()
        imports()
        done.touch()
