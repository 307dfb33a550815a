"""Text that becomes part of XML, SVG or HTML."""

from __future__ import annotations

from typing import Final

from kuma_lite.core.patterns import pattern

# What XML 1.0 cannot carry at all, in whatever spelling, and halves of characters, which no encoding can.
# (Naming what it can carry instead takes ten times as long to compile.)
_FORBIDDEN: Final = pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """The text without what no document can hold."""
    return _FORBIDDEN.sub("", text)


def escape(text: str) -> str:
    """As element content or in a quoted attribute, of XML and HTML alike."""
    return (
        clean(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
        .replace("'", "&#39;")
    )


def cdata(text: str) -> str:
    """As a CDATA section."""
    return f"<![CDATA[{clean(text).replace(']]>', ']]]]><![CDATA[>')}]]>"
