"""Lists that people type into one line of a form. Pure."""

from __future__ import annotations


def comma_list(text: str) -> list[str]:
    """What stands between commas, without blanks around it and without empty parts."""
    return [part.strip() for part in text.split(",") if part.strip()]
