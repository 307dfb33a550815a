from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.status_pages.drawing.markdown import to_html, to_text

ALLOWED = {
    "p",
    "br",
    "strong",
    "em",
    "del",
    "code",
    "pre",
    "a",
    "ul",
    "li",
    "blockquote",
    "h3",
    "h4",
    "h5",
    "h6",
}


class Reader(HTMLParser):
    """Checks what a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED
        assert [name for name, _ in attrs] == (["href", "rel"] if tag == "a" else [])
        assert all(
            re.match("https?://|mailto:|/", value or "", re.I) for name, value in attrs if name == "href"
        )
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


MARKS = st.sampled_from(
    ["*", "**", "_", "`", "```\n", "[", "](", ")", "<", ">", "&", '"', "#", "\n", "\n\n", "- ", "> ", "~~",
     "x", "javascript:alert(1)", "https://a.example/", "<script>", "\x00", "\ud800", " "]
)  # fmt: skip


@given(st.lists(MARKS, max_size=30).map("".join) | st.text())
def test_nothing_but_plain_tags_comes_out(text: str) -> None:
    reader = Reader()
    reader.feed(to_html(text))
    reader.close()
    assert reader.open == []


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("Some *text*", "<p>Some <em>text</em></p>"),
        ("**a _b_** `*c*` ~~d~~", "<p><strong>a <em>b</em></strong> <code>*c*</code> <del>d</del></p>"),
        ("a\nb\n\nc", "<p>a<br>b</p><p>c</p>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("# Title\ntext", "<h3>Title</h3><p>text</p>"),
        ("> said", "<blockquote><p>said</p></blockquote>"),
        ("```\n<b> *x*\n```", "<pre>&lt;b&gt; *x*</pre>"),
        ("snake_case_name 2 * 3 * 4", "<p>snake_case_name 2 * 3 * 4</p>"),
        ("[w](https://a.example/?a=1&b)",
         '<p><a href="https://a.example/?a=1&amp;b" rel="nofollow noopener">w</a></p>'),
        ("[w](javascript:x)", "<p>[w](javascript:x)</p>"),
        ("<img src=x onerror=y>", "<p>&lt;img src=x onerror=y&gt;</p>"),
    ],
)  # fmt: skip
def test_html(text: str, html: str) -> None:
    assert to_html(text) == html


def test_text() -> None:
    assert to_text("Some *text* & [more](https://a.example)") == "Some text & more"
    assert to_text(None) == ""
    assert (
        to_text("Some <b>bold</b><br/> words<!-- aside -->, 1 < 2 & 3 > 2")
        == "Some bold words, 1 < 2 & 3 > 2"
    )


@pytest.mark.parametrize(
    "text", ["*" * 50_000, "[" * 50_000, "# a\n" * 10_000, "`a" * 30_000, "_a " * 30_000, "[a](" * 20_000]
)
@pytest.mark.timeout(10)
def test_hostile_texts_take_no_time(text: str) -> None:
    assert len(to_html(text)) >= len(text) // 2
