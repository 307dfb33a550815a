"""Regular expressions that are compiled when they are first used.

The modules of a start have a hundred, most for what somebody may send one day: compiled there, they are 5 %
of its CPU.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class _Pattern:
    """Becomes a compiled expression with the first attribute that is asked of it."""

    def __init__(self, text: Any, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        compiled = re.compile(self._text, self._flags)
        # From then on each is found without this function.
        self.__dict__.update((each, getattr(compiled, each)) for each in dir(compiled) if each[0] != "_")
        return getattr(compiled, name)


def pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` makes, later. Not for functions of `re`, which want a real one.

    Raises re.error with its first use; a test uses all that the program has.
    """
    return cast("re.Pattern[AnyStr]", _Pattern(text, flags))
