"""What is said of a template that is wrong, and where."""

from __future__ import annotations

import pytest

from kuma_lite.notifications.liquid import TemplateError, parse
from kuma_lite.notifications.liquid.template import MAX_TEMPLATE_CHARS


@pytest.mark.parametrize(
    ("template", "line", "column", "words"),
    [
        ("a\nb {% if x %}", 2, 3, "'if' is not closed"),
        ("{{ x }}\n\n  {% nope %}", 3, 3, "there is no tag 'nope'"),
        ("{{ x | : }}", 1, 8, "the name of a filter"),
        ("{{ x y = 1 }}", 1, 8, "'|' is expected before '= 1'"),
        ("{{ }}", 1, 4, "a value is missing"),
        ("ab\r\n{{ 'x", 2, 1, "an output is not closed"),
        ("{% for x of y %}{% endfor %}", 1, 1, "'for item in list' is expected"),
        ("{% assign x 1 %}", 1, 13, "'=' is expected"),
        ("{{ (1 + 2) }}", 1, 4, "brackets hold a range"),
        ("x {{ 'now' | date: '%H', 'Nowhere/Land' }}", 1, 14, "there is no time zone 'Nowhere/Land'"),
        ("x {{ x | append }}", 1, 10, "wrong arguments for 'append'"),
        ("{% else %}", 1, 1, "there is no tag 'else'"),
        ("{% if x %}{% else %}{% elsif y %}{% endif %}", 1, 21, "'elsif' stands behind 'else'"),
        ("{% include 'x' %}", 1, 1, "other files cannot be used here"),
    ],
)
def test_an_error_names_its_place(template: str, line: int, column: int, words: str) -> None:
    with pytest.raises(TemplateError) as failed:
        parse(template).render({})
    assert (failed.value.line, failed.value.column) == (line, column)
    assert words in failed.value.message
    assert str(failed.value).endswith(f"(line {line}, column {column})")


@pytest.mark.parametrize(
    "template",
    [
        "x" * (MAX_TEMPLATE_CHARS + 1),
        "{% if a %}" * 500 + "{% endif %}" * 500,
        "{{ " + "a[" * 900 + "]" * 900 + " }}",
        "{{ " + "(" * 900 + " }}",
        "{{ 1 " + "| plus: 1 " * 4000 + "}}{% for i in (1..5001) %}{% endfor %}",
    ],
)
def test_what_is_too_large_is_refused(template: str) -> None:
    with pytest.raises(TemplateError):
        parse(template).render({})
