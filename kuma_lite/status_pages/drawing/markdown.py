"""Markdown to HTML: the part of it that people use in a notice. Everything else is shown as it was typed.

HTML in the text is text. Links lead to web and mail addresses only. Every pattern is linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kuma_lite.core.patterns import pattern
from kuma_lite.status_pages.drawing.markup import escape

_INLINE: Final = pattern(
    r"`(?P<code>[^`\n]+)`"
    r"|!?\[(?P<words>[^\[\]\n]+)\]\((?P<target>[^()\s]+)\)"
    r"|(?P<address>https?://[^\s<>()\[\]\"'`*]+)"
    r"|\*\*(?P<strong>[^*\n]+)\*\*"
    r"|~~(?P<deleted>[^~\n]+)~~"
    r"|\*(?P<star>[^*\s][^*\n]*)\*"
    r"|(?<!\w)_(?P<line>[^_\s][^_\n]*)_(?!\w)"
)
_SAFE_TARGET: Final = pattern(r"(?:https?://|mailto:|/)", re.I)
_HEADING: Final = pattern(r"(#{1,6})\s+(.*)")
_ITEM: Final = pattern(r"\s{0,3}(?:[-*+]|[0-9]{1,9}[.)])\s+(.*)")
_FENCE: Final = "```"
_TAG: Final = pattern(r"<[^>]*>")
_TYPED_TAG: Final = pattern(r"<!--[^<>]*-->|</?[A-Za-z][^<>]*>")
_HEADING_OFFSET: Final = 2  # the page has h1 and h2 of its own


def to_html(text: str | None) -> str:
    """Safe HTML of a Markdown text."""
    return "".join(_block(lines) for lines in _blocks(text or ""))


def to_text(text: str | None) -> str:
    """The words of a Markdown text, without the HTML that somebody may have typed into it."""
    import html  # with a table of two thousand names, which drawing does without

    return _TYPED_TAG.sub("", html.unescape(_TAG.sub("", to_html(text)))).strip()


def _blocks(text: str) -> Iterator[list[str]]:
    """Lines that belong together."""
    lines: list[str] = []
    fenced = False
    for line in text.replace("\r\n", "\n").split("\n"):
        if line.lstrip().startswith(_FENCE):
            if lines and not fenced:
                yield lines
                lines = []
            lines.append(line)
            fenced = not fenced
            if not fenced:
                yield lines
                lines = []
        elif fenced:
            lines.append(line)
        elif _HEADING.fullmatch(line):
            yield from (lines, [line]) if lines else ([line],)
            lines = []
        elif line.strip():
            lines.append(line)
        elif lines:
            yield lines
            lines = []
    if lines:
        yield lines


def _block(lines: list[str]) -> str:
    if lines[0].lstrip().startswith(_FENCE):
        closed = len(lines) > 1 and lines[-1].lstrip().startswith(_FENCE)
        return f"<pre>{escape(chr(10).join(lines[1 : -1 if closed else None]))}</pre>"
    heading = _HEADING.fullmatch(lines[0])
    if heading:
        level = min(6, len(heading[1]) + _HEADING_OFFSET)
        return f"<h{level}>{_inline(heading[2])}</h{level}>"
    items = [_ITEM.fullmatch(line) for line in lines]
    if all(items):
        points = "".join(f"<li>{_inline(item[1])}</li>" for item in items if item)
        return f"<ul>{points}</ul>"
    if all(line.startswith(">") for line in lines):
        return f"<blockquote><p>{_lines([line[1:].strip() for line in lines])}</p></blockquote>"
    return f"<p>{_lines(lines)}</p>"


def _lines(lines: list[str]) -> str:
    return "<br>".join(_inline(line.strip()) for line in lines)


def _inline(text: str) -> str:
    parts: list[str] = []
    end = 0
    for found in _INLINE.finditer(text):
        parts += [escape(text[end : found.start()]), _marked(found)]
        end = found.end()
    return "".join(parts) + escape(text[end:])


def _marked(found: re.Match[str]) -> str:
    kind, inner = found.lastgroup, found[found.lastgroup or 0]
    if kind == "code":
        return f"<code>{escape(inner)}</code>"
    if kind == "target":
        return _link(found["target"], escape(found["words"]), found[0])
    if kind == "address":
        return _link(inner, escape(inner), inner)
    tag = {"strong": "strong", "deleted": "del"}.get(kind or "", "em")
    return f"<{tag}>{_inline(inner)}</{tag}>"


def _link(target: str, words: str, typed: str) -> str:
    if not _SAFE_TARGET.match(target):
        return escape(typed)
    return f'<a href="{escape(target)}" rel="nofollow noopener">{words}</a>'
