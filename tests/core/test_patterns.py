"""Regular expressions that are compiled late: as good as others, all of them well-formed, none at a start."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from kuma_lite.core.patterns import _Pattern, pattern
from tests.requires import ROOT
from tests.support.modules import all_modules

# Of our modules the names for which the standard library compiled something while all was imported.
AT_START = """
import re._compiler, sys
compile, ours = re._compiler.compile, set()
def noted(*arguments):
    frame = sys._getframe(1)
    while frame.f_globals["__name__"] == "re":
        frame = frame.f_back
    ours.add(frame.f_globals["__name__"])
    return compile(*arguments)
re._compiler.compile = noted
import kuma_lite.appliance.build
print(*ours)
"""


def test_it_is_what_re_compiles() -> None:
    number, line = pattern(r"(?P<sign>-?)(\d+)", re.ASCII), pattern(rb"a.b", re.DOTALL)
    assert number.fullmatch("-12")[2] == "12" and number.search("x7y").span() == (1, 2)
    assert number.sub("#", "1 a 22") == "# a #" and number.findall("3 -4") == [("", "3"), ("-", "4")]
    assert line.match(b"a\nb") and line.pattern == rb"a.b" and line.flags == re.DOTALL
    assert number.groupindex == {"sign": 1} and number.flags & re.ASCII


def test_a_wrong_one_is_an_error_when_it_is_used() -> None:
    wrong = pattern("(")
    with pytest.raises(re.error):
        wrong.match("")
    with pytest.raises(AttributeError):
        pattern("a").nothing  # noqa: B018


def test_all_of_the_program_can_be_compiled() -> None:
    used = 0
    for module in all_modules():
        for found in vars(module).values():
            if isinstance(found, _Pattern):
                found.fullmatch  # noqa: B018
                used += 1
    assert used > 100


def test_a_start_compiles_none_of_ours() -> None:
    done = subprocess.run(
        [sys.executable, "-c", AT_START], cwd=ROOT, capture_output=True, text=True, check=True, timeout=100
    )
    assert [name for name in done.stdout.split() if name.startswith("kuma_lite")] == []
    assert "logging" in done.stdout  # those of the standard library are seen
