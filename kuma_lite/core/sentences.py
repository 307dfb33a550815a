"""Sentences for people: a template, which is the key of its translations, and what belongs into it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def filled(template: str, arguments: Mapping[str, Any]) -> str:
    """The English sentence. Without arguments the template is the sentence, braces included."""
    return template.format(**arguments) if arguments else template


def said(text: str) -> str:
    """The text itself: marks one that the page translates where nothing else shows that it is one."""
    return text


def translatable(template: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What our own page needs to say it in another language: the key, and the arguments as JSON has them."""
    shown = {
        name: value if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
        for name, value in arguments.items()
    }
    return {"key": template, "arguments": shown}
