"""What mutmut says of its mutants, and which of them are equivalent."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

EQUIVALENT = Path(__file__).with_name("equivalent.toml")

# A test that fails, that never ends, or a process that dies: each notices.
KILLED = {"killed", "timeout", "segfault", "caught by type check"}

_RESULT = re.compile(r"^\s+(?P<name>\S+__mutmut_\d+): (?P<status>.+)$", re.MULTILINE)


@dataclass
class Mutant:
    """One change to one function."""

    name: str
    status: str
    change: str = ""  # the line before → the line after
    equivalent: bool = False

    @property
    def killed(self) -> bool:
        """A test noticed it."""
        return self.status in KILLED

    @property
    def verdict(self) -> str:
        """As the report counts it."""
        return "killed" if self.killed else "equivalent" if self.equivalent else "survived"

    @property
    def module(self) -> str:
        """Where it is."""
        return self.name.rpartition(".")[0]

    @property
    def function(self) -> str:
        """Module and name of the function, `module.function` or `module.Class.method`."""
        module, _, name = self.name.rpartition(".")
        name = name.rpartition("__mutmut_")[0]
        if name.startswith("xǁ"):
            return f"{module}.{name[2:].replace('ǁ', '.')}"
        return f"{module}.{name.removeprefix('x_')}"


def read_results(text: str) -> list[Mutant]:
    """What `mutmut results --all true` prints."""
    return [Mutant(found["name"], found["status"].strip()) for found in _RESULT.finditer(text)]


def timed_out(mutants: Iterable[Mutant]) -> list[str]:
    """Names of those whose tests did not end in time."""
    return [mutant.name for mutant in mutants if mutant.status == "timeout"]


def read_change(diff: str) -> str:
    """The lines that `mutmut show` marks as changed, without their indentation: `before → after`."""
    lines = [line for line in diff.splitlines() if not line.startswith(("---", "+++"))]
    before = " ".join(line[1:].strip() for line in lines if line.startswith("-"))
    after = " ".join(line[1:].strip() for line in lines if line.startswith("+"))
    return f"{before} → {after}"


def known_equivalent() -> set[tuple[str, str]]:
    """Function and change of those that behave like the original. Raises ValueError without a reason."""
    found = set()
    for entry in tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get("mutant", []):
        if not entry["why"].strip():
            raise ValueError(f"{entry['function']}: an equivalent mutant needs a reason")
        found |= {(entry["function"], change) for change in entry["changes"]}
    return found
