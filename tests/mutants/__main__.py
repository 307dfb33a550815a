"""Changes the pure modules one little thing at a time and looks whether a test notices: `make mutants`.

Which modules and which tests, stands in `pyproject.toml` below `[tool.mutmut]`. Mutants that behave like the
original are listed in `equivalent.toml`, each with the reason; they do not count. Ends with 1 when fewer than
95 % of the others are killed. Arguments are names of mutants to try again, with `*`; without any, all are.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.mutants.verdicts import Mutant, known_equivalent, read_change, read_results, timed_out

ROOT = Path(__file__).parent.parent.parent
WANTED = 0.95  # of the mutants that change behaviour; the rest is room for what is not worth a test
MUTMUT = [str(Path(sys.executable).with_name("mutmut"))]


def run_mutmut(names: list[str], children: int = os.cpu_count() or 1) -> None:
    """Make the mutants and try them, that many at a time."""
    if not names:
        shutil.rmtree(ROOT / "mutants", ignore_errors=True)
    # The copy with the mutants in it has to be what is imported.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run(
        [*MUTMUT, "run", "--max-children", str(children), *names], cwd=ROOT, env=environment, check=True
    )


def ask_mutmut(*arguments: str) -> str:
    """What a command of it prints."""
    done = subprocess.run([*MUTMUT, *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def judged() -> list[Mutant]:
    """Every mutant; of those that were not killed, the change."""
    found = read_results(ask_mutmut("results", "--all", "true"))
    if late := timed_out(found):
        # A busy machine makes time-outs too: they count when nothing runs beside them.
        run_mutmut(late, children=1)
        found = read_results(ask_mutmut("results", "--all", "true"))
    equivalent = known_equivalent()
    for mutant in found:
        if not mutant.killed:
            mutant.change = read_change(ask_mutmut("show", mutant.name))
            mutant.equivalent = (mutant.function, mutant.change) in equivalent
    return found


def report(mutants: list[Mutant]) -> int:
    """Print what survived, and a line for each module; returns the exit status."""
    survivors = [mutant for mutant in mutants if not mutant.killed and not mutant.equivalent]
    for mutant in survivors:
        print(f"\n{mutant.name} ({mutant.status})\n    {mutant.change}")
    print(f"\n{'module':<45} {'killed':>7} {'equivalent':>11} {'survived':>9}")
    total: Counter[str] = Counter()
    for module in sorted({mutant.module for mutant in mutants}):
        counts = Counter(mutant.verdict for mutant in mutants if mutant.module == module)
        total += counts
        print(f"{module:<45} {counts['killed']:>7} {counts['equivalent']:>11} {counts['survived']:>9}")
    share = total["killed"] / max(1, total["killed"] + total["survived"])
    print(f"{'together':<45} {total['killed']:>7} {total['equivalent']:>11} {total['survived']:>9}")
    print(f"\n{share:.1%} of the mutants that change behaviour are killed; {WANTED:.0%} are wanted.")
    return 0 if share >= WANTED else 1


if __name__ == "__main__":
    run_mutmut(sys.argv[1:])
    sys.exit(report(judged()))
