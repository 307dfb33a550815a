"""Text that becomes part of XML, SVG or HTML."""

from __future__ import annotations

import re
from typing import Final

# What XML 1.0 cannot carry at all, in whatever spelling, and halves of characters, which no encoding can.
_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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
