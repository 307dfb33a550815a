"""Our text, read by Prometheus' own parser."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from kuma_lite.metrics.exposition import label_text, number, render
from kuma_lite.metrics.model import COUNTER, Family, Sample


def text_of(*families: Family) -> str:
    return b"".join(render(families)).decode()


def test_how_it_looks() -> None:
    full = Family("a", "What\nit is", samples=[Sample('x="1"', 2), Sample("", 0.5)])
    assert text_of(full, Family("b_total", "Nothing yet", COUNTER)) == (
        "# HELP a What\\nit is\n# TYPE a gauge\n"
        'a{x="1"} 2\na 0.5\n'
        "\n"
        "# HELP b_total Nothing yet\n# TYPE b_total counter\n"
    )


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"])), st.floats(allow_nan=False))
def test_any_label_and_value_can_be_read_back(label: str, value: float) -> None:
    family = Family("a", "h")
    family.samples.append(Sample(label_text([("x", label), ("y", "")]), value))
    (read,) = text_string_to_metric_families(text_of(family))
    (sample,) = read.samples
    assert sample.labels == {"x": label, "y": ""}
    assert sample.value == value


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1"), (0.1, "0.1"), (-1, "-1"), (math.nan, "NaN"), (math.inf, "+Inf"), (-math.inf, "-Inf")],
)
def test_numbers(value: float, text: str) -> None:
    assert number(value) == text


def test_many_lines_come_in_pieces_and_stay_whole() -> None:
    family = Family("a", "h")
    for index in range(5_000):
        family.samples.append(Sample(label_text([("x", str(index))]), index))
    pieces = list(render([family, Family("b", "h")]))
    assert len(pieces) == 3
    assert all(piece.endswith(b"\n") for piece in pieces)
    first, second = text_string_to_metric_families(b"".join(pieces).decode())
    assert len(first.samples) == 5_000
    assert second.name == "b"
