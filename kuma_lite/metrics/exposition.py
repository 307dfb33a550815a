"""The text format of Prometheus, version 0.0.4."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from kuma_lite.metrics.model import Family

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
LINES_AT_ONCE: Final = 2_000  # some 3 ms of work
_IN_LABEL: Final = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})
_IN_HELP: Final = str.maketrans({"\\": r"\\", "\n": r"\n"})


def lines_of(family: Family) -> Iterator[str]:
    """The lines of one family; one without samples says what they would be."""
    yield from head_of(family)
    for labels, value in family.samples:
        yield f"{family.name}{{{labels}}} {number(value)}" if labels else f"{family.name} {number(value)}"


def head_of(family: Family) -> tuple[str, str]:
    """The lines before its samples."""
    help = f"# HELP {family.name} {family.help.translate(_IN_HELP)}"
    return help, f"# TYPE {family.name} {family.type}"


def render(families: Iterable[Family]) -> Iterator[bytes]:
    """The families in pieces of `LINES_AT_ONCE`, an empty line between two."""
    lines: list[str] = []
    for index, family in enumerate(families):
        if index:
            lines.append("")
        for line in lines_of(family):
            lines.append(line)
            if len(lines) >= LINES_AT_ONCE:
                yield _encoded(lines)
                lines = []
    if lines:
        yield _encoded(lines)


def number(value: float) -> str:
    """A value as the format wants it."""
    try:
        whole = int(value)
    except ValueError:
        return "NaN"
    except OverflowError:
        return "+Inf" if value > 0 else "-Inf"
    return str(whole) if value == whole else repr(float(value))


def label_text(labels: Iterable[tuple[str, str]]) -> str:
    """What stands between the braces."""
    return ",".join([f'{name}="{value.translate(_IN_LABEL)}"' for name, value in labels])


def _encoded(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")
