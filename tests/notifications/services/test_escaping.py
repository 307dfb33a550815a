from __future__ import annotations

import html
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.notifications.services.support import escaping
from kuma_lite.notifications.services.support.escaping import Escape

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.text())
def test_escaped_markdown_reads_as_the_text(text: str) -> None:
    escaped = escaping.markdown_v2(text)
    assert re.sub(r"\\([_*\[\]()~`>#+\-=|{}.!\\])", r"\1", escaped) == text
    assert not re.search(r"(?<!\\)(?:\\\\)*[_*\[\]()~`>#+=|{}.!-]", escaped)


@given(st.text())
def test_escaped_json_stands_between_quotes(text: str) -> None:
    assert json.loads(f'"{escaping.json_string(text)}"') == text


@given(st.text())
@pytest.mark.parametrize("escape", [escaping.html, escaping.html_attribute, escaping.slack])
def test_escaped_html_reads_as_the_text(escape: Escape, text: str) -> None:
    assert html.unescape(escape(text)) == text
    assert not set("<>") & set(escape(text))


def test_quotes_end_no_attribute() -> None:
    assert escaping.html_attribute("\"'") == "&quot;&#39;"


@given(st.text())
def test_commonmark_shows_the_text(text: str) -> None:
    marks = r"[\\`*_{}\[\]<>()#+\-.!|~]"
    assert re.sub(rf"\\({marks})", r"\1", escaping.markdown(text)) == text
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_\[\]<>]", escaping.markdown(text))
