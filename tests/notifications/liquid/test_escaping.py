"""Values are escaped where they are written, the marks of the template are not."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.notifications.liquid import parse
from kuma_lite.notifications.services.support import escaping

VALUES = {"msg": 'load < 5 & "x"', "name": "R&D", "n": 2.5, "list": ["<a>", "b"], "o": {"k": "<v>"}}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("<b>{{ name }}</b>\n{{ n }}", "<b>R&amp;D</b>\n2.5"),
        ("{% if name == 'R&D' %}<i>same</i>{% endif %}{{ name | size }}", "<i>same</i>3"),
        ("{% if msg contains '<' %}{{ msg | slice: 0, 6 }}{% endif %}", "load &lt;"),
        ("{{ msg | escape }}|{{ msg | xml_escape | upcase }}", None),
        ("{{ name | escape_once }}{{ name | raw }}", "R&amp;DR&D"),
        ("{{ name | prepend: '<b>' | append: '</b>' }}", "<b>R&amp;D</b>"),
        ("{{ name | append: name }}{{ name | replace: '&', 'and' }}", "R&amp;DR&amp;DRandD"),
        ("{{ name | replace: '&', '<br>' }}{{ name | remove: '&' }}", "R<br>DRD"),
        (
            "{{ list | join: '<br>' }}{{ list | join: ', ' }}{{ list }}",
            "&lt;a&gt;<br>b&lt;a&gt;, b&lt;a&gt;b",
        ),
        ("{% capture x %}<b>{{ name }}</b>{% endcapture %}{{ x }}{{ x | strip }}", "<b>R&amp;D</b>" * 2),
        ("{% assign x = '<u>' %}{{ x }}{% assign y = name %}{{ y }}", "<u>R&amp;D"),
        ("{{ 'a<br>b' | split: '<br>' | join: '<i>' }}{{ '<p>' | upcase }}", "a<i>b<P>"),
        ("{{ o }}{{ o | json }}{{ o.k }}", '{"k":"&lt;v&gt;"}{"k":"&lt;v&gt;"}&lt;v&gt;'),
        ("{% for i in list %}<li>{{ i }}</li>{% endfor %}", "<li>&lt;a&gt;</li><li>b</li>"),
        ("{{ nothing | default: '<none>' }}{{ name | default: '-' }}", "<none>R&amp;D"),
        ("{{ 'x\ny' | newline_to_br }}{% cycle '<q>', 'b' %}{% echo name %}", "x<br />\ny<q>R&amp;D"),
    ],
)
def test_html(template: str, text: str | None) -> None:
    rendered = parse(template).render(VALUES, escape=escaping.html)
    if text is not None:
        assert rendered == text
    assert "&amp;lt;" not in rendered
    assert "&amp;amp;" not in rendered


def test_markdown_escapes_numbers_and_dates_and_still_reads_them() -> None:
    template = "*{{ n }}* {{ t | date: '%d.%m.' }} {{ n | plus: 1 }}"
    rendered = parse(template).render({"n": 2.5, "t": "2026-07-15 12:20:30"}, escape=escaping.markdown_v2)
    assert rendered == "*2\\.5* 15\\.07\\. 3\\.5"


OURS = [
    f"<{mark}" for word in ("b", "/b", "u", "i", "br", "br /") for mark in (word, word.upper(), word.title())
]
FILTERS = st.lists(
    st.sampled_from(
        [
            "upcase", "capitalize", "strip", "append: name", "prepend: '<b>'", "append: '</b>'", "squish",
            "truncate: 9", "replace: 'a', '<u>'", "replace: 'a', name", "remove: '<'", "default: '<i>'",
            "escape", "split: 'a' | join: '<br>'", "split: 'a' | first", "newline_to_br", "url_encode",
            "truncatewords: 2, name", "slice: 0, 4", "reverse", "strip_newlines", "escape_once",
        ]
    ),
    max_size=4,
)  # fmt: skip


@given(st.text(alphabet="aB<>&\"' \n;=/#lt", max_size=20), FILTERS)
def test_no_value_becomes_markup(value: str, filters: list[str]) -> None:
    template = "".join(["{{ msg", *(f" | {name}" for name in filters), " }}"])
    rendered = parse(template).render({"msg": value, "name": value}, escape=escaping.html_attribute)
    assert '"' not in rendered
    if not any("<" in name or name == "newline_to_br" for name in filters):
        assert "<" not in rendered
    else:  # whole marks of ours may come out, or a piece of one that a filter has cut
        assert set(re.findall(r"<[^>]*", rendered)) <= {
            start[:n] for start in OURS for n in range(1, len(start) + 1)
        }


@given(st.text(), st.text())
def test_json_stays_json_whatever_the_values_are(msg: str, name: str) -> None:
    template = '{"a": "{{ msg }}{{ name | strip }}", "b": {{ msg | json }}, "c": "{{ msg | append: name }}"}'
    found = json.loads(parse(template).render({"msg": msg, "name": name}, escape=escaping.json_string))
    assert (found["b"], found["c"]) == (msg, msg + name)
