"""What the exit status of a command says."""

from __future__ import annotations

from typing import Final

DONE: Final = 0
FAILED: Final = 1
DIFFERENT: Final = 2
TROUBLE: Final = 3
UNKNOWN: Final = 4
INTERRUPTED: Final = 130

MEANINGS: Final = {
    DONE: "everything is well, or what was asked for is done",
    FAILED: "it could not be done; one sentence on standard error says why",
    DIFFERENT: "`diff`: there is something to do; `update --check`: there is a newer version; `doctor`: "
    "warnings; any command: its options do not fit",
    TROUBLE: "`status`, `check`: something is down; `service status`: it does not run; `doctor`: something "
    "is wrong",
    UNKNOWN: "`check`: it could not be found out",
    INTERRUPTED: "interrupted from the keyboard",
}
