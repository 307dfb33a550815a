"""Filters of texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from kuma_lite.notifications.liquid.running import Run
from kuma_lite.notifications.liquid.values import (
    MISSING,
    Safe,
    as_list,
    is_nil,
    script_text,
    text,
    utf16_length,
    whole,
)

_CJK: Final = "\u4e00-\u9fff\uf900-\ufaff\u3400-\u4dbf\u3040-\u309f\u30a0-\u30ff\uac00-\ud7af"
_CJK_LETTER: Final = re.compile(f"[{_CJK}]")
_OTHER_WORD: Final = re.compile(rf"[^{_CJK}\s]+")
_LINE_END: Final = re.compile(r"\r?\n")
_RUN_OF_BLANKS: Final = re.compile(r"\s+")


def _split(run: Run, value: Any, separator: Any = MISSING) -> list[str]:
    del run
    source, separator = text(value), text(separator)
    parts = source.split(separator) if separator else list(source)
    while parts and not parts[-1]:
        parts.pop()
    return parts


def _replace(run: Run, value: Any, sought: Any = MISSING, new: Any = MISSING) -> str:
    source, sought = text(value), text(sought)
    return run.joined(new, _parts(value, source.split(sought) if sought else source))


def _replace_first(run: Run, value: Any, sought: Any = MISSING, new: Any = MISSING) -> str:
    source, sought = text(value), text(sought)
    return run.joined(new, _parts(value, source.split(sought, 1) if sought else ("", source)))


def _replace_last(run: Run, value: Any, sought: Any = MISSING, new: Any = MISSING) -> str:
    source, sought = text(value), text(sought)
    return run.joined(new, _parts(value, source.rsplit(sought, 1) if sought else (source, "")))


def _parts(value: Any, parts: Iterable[str]) -> list[str]:
    """Parts of a text, as safe as all of it."""
    return [Safe(part) for part in parts] if isinstance(value, Safe) else list(parts)


def _newline_to_br(run: Run, value: Any) -> str:
    return run.joined(Safe("<br />\n"), _parts(value, _LINE_END.split(text(value))))


def _truncate(run: Run, value: Any, length: Any = 50, end: Any = "...") -> Any:
    del run
    source, end, most = text(value), text(end), whole(length)
    if len(source) <= most:
        return value
    return source[: max(most - len(end), 0)] + end


def _truncate_words(run: Run, value: Any, count: Any = 15, end: Any = "...") -> str:
    del run
    words, most = _RUN_OF_BLANKS.split(text(value)), max(1, whole(count))
    return " ".join(words[:most]) + (text(end) if len(words) >= most else "")


def _stripped(left: bool, right: bool) -> Callable[..., str]:
    def strip(run: Run, value: Any, characters: Any = MISSING) -> str:
        del run
        source, chosen = text(value), None if is_nil(characters) or characters == "" else text(characters)
        source = source.lstrip(chosen) if left else source
        return source.rstrip(chosen) if right else source

    return strip


def _capitalize(run: Run, value: Any) -> str:
    del run
    source = text(value)
    return source[:1].upper() + source[1:].lower()


def _number_of_words(run: Run, value: Any, mode: Any = MISSING) -> int:
    del run
    source = text(value)
    if mode == "cjk" or (mode == "auto" and _CJK_LETTER.search(source)):
        return len(_CJK_LETTER.findall(source)) + len(_OTHER_WORD.findall(source))
    return len(source.split())


def _sentence(run: Run, value: Any, connector: Any = "and") -> Any:
    del run
    words = [script_text(item) for item in as_list(value)]
    if len(words) < 2:
        return words[0] if words else ""
    if len(words) == 2:
        return f"{words[0]} {text(connector)} {words[1]}"
    return f"{', '.join(words[:-1])}, {text(connector)} {words[-1]}"


def _size(run: Run, value: Any) -> int:
    del run
    return utf16_length(value) if isinstance(value, str) else len(value) if isinstance(value, list) else 0


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "append": lambda run, value, other: run.joined("", (value, other)),
    "array_to_sentence_string": _sentence,
    "capitalize": _capitalize,
    "downcase": lambda run, value: text(value).lower(),
    "lstrip": _stripped(True, False),
    "newline_to_br": _newline_to_br,
    "normalize_whitespace": lambda run, value: _RUN_OF_BLANKS.sub(" ", text(value)),
    "number_of_words": _number_of_words,
    "prepend": lambda run, value, other: run.joined("", (other, value)),
    "remove": lambda run, value, sought=MISSING: _replace(run, value, sought, ""),
    "remove_first": lambda run, value, sought=MISSING: _replace_first(run, value, sought, ""),
    "remove_last": lambda run, value, sought=MISSING: _replace_last(run, value, sought, ""),
    "replace": _replace,
    "replace_first": _replace_first,
    "replace_last": _replace_last,
    "rstrip": _stripped(False, True),
    "size": _size,
    "split": _split,
    "squish": lambda run, value: " ".join(text(value).split()),
    "strip": _stripped(True, True),
    "strip_newlines": lambda run, value: _LINE_END.sub("", text(value)),
    "truncate": _truncate,
    "truncatewords": _truncate_words,
    "upcase": lambda run, value: text(value).upper(),
}
