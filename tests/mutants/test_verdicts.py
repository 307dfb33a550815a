from __future__ import annotations

import importlib

from tests.mutants.verdicts import Mutant, known_equivalent, read_change, read_results, timed_out

RESULTS = """
    kuma_lite.beats.days.x_split__mutmut_1: killed
    kuma_lite.beats.days.xǁDaysǁload__mutmut_12: no tests
    kuma_lite.beats.days.x_split__mutmut_2: timeout
"""
DIFF = """--- kuma_lite/beats/days.py
+++ kuma_lite/beats/days.py
@@ -1,4 +1,4 @@
 def split(a: int) -> bool:
-    return a < 2
+    return a <= 2
"""


def test_results_are_read() -> None:
    first, second, third = read_results(RESULTS)
    assert (first.function, first.verdict) == ("kuma_lite.beats.days.split", "killed")
    assert (second.function, second.verdict) == ("kuma_lite.beats.days.Days.load", "survived")
    assert (third.module, third.verdict) == ("kuma_lite.beats.days", "killed")


def test_what_timed_out_is_tried_again() -> None:
    assert timed_out(read_results(RESULTS)) == ["kuma_lite.beats.days.x_split__mutmut_2"]


def test_a_change_is_told_without_what_stands_around_it() -> None:
    assert read_change(DIFF) == "return a < 2 → return a <= 2"


def test_equivalent_mutants_do_not_count() -> None:
    assert Mutant("m.x_f__mutmut_1", "survived", equivalent=True).verdict == "equivalent"


def test_what_is_listed_as_equivalent_is_about_functions_that_exist() -> None:
    for function, _ in known_equivalent():
        path = function.split(".")
        names = [path[-1]] if path[-2].islower() else path[-2:]
        found = importlib.import_module(".".join(path[: -len(names)]))
        for name in names:
            found = getattr(found, name)
        assert callable(found), function
