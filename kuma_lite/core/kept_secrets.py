"""Secrets that stay on the server: our own page gets a mark in place of each.

Sent back unchanged, the mark means "keep what is stored".
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

KEEP: Final = "\u0000keep"


def hidden(document: Mapping[str, Any], secrets: Collection[str]) -> dict[str, Any]:
    """A document with the mark for every secret that it holds; `secrets` are their keys."""
    return {
        key: KEEP if key in secrets and value not in (None, "") else value for key, value in document.items()
    }


def restored(document: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    """What the page sent, with the stored values where it says to keep them."""
    return {
        key: stored[key] if value == KEEP else value
        for key, value in document.items()
        if value != KEEP or key in stored
    }
