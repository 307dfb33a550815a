"""How a secret may stand in a text: whole or in part, plain or encoded. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Final
from urllib.parse import quote, quote_plus, unquote, urlsplit

# A part of a URL is a secret of its own from this length on, if it looks like one.
_TOKEN_CHARS: Final = 8
_LONG_TOKEN_CHARS: Final = 20
_LINE_CHARS: Final = 16  # of a key of many lines, which errors quote one by one
_KEPT: Final = 1024  # secrets whose forms are remembered: each alert asks for those of its channel twice
_SCHEMES: Final = frozenset({"bearer", "basic", "token", "key", "bot"})


@lru_cache(maxsize=_KEPT)
def forms(value: str) -> tuple[str, ...]:
    """A secret as it may stand in a text: its parts that are secret alone, each plain and encoded."""
    return tuple(dict.fromkeys(_forms(value)))


def _forms(value: str) -> Iterator[str]:
    for part in dict.fromkeys(_parts(value.strip())):
        yield part
        yield unquote(part)
        yield quote(part, errors="replace")
        yield quote(part, safe="", errors="replace")
        yield quote_plus(part, errors="replace")
        yield part.replace("/", "\\/")
        for escaped in (json.dumps(part), json.dumps(part, ensure_ascii=False), repr(part)):
            yield escaped[1:-1]


def _parts(value: str) -> Iterator[str]:
    lines = value.split()
    if len(lines) > 1:
        yield value
        if lines[0].lower() in _SCHEMES:
            yield value[len(lines[0]) :].strip()
        for line in lines:
            if "://" in line:
                yield from _of_url(line.strip(",;"))
            elif len(line) >= _LINE_CHARS and _is_token(line):
                yield line
    elif "://" in value:
        yield from _of_url(value)
    else:
        yield value


def _of_url(url: str) -> Iterator[str]:
    """What is secret of a URL: its path and query where these look so, else all of it."""
    try:
        parts = urlsplit(url)
        password = parts.password
    except ValueError:
        yield url
        return
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    if parts.scheme not in ("http", "https") or not _is_token(target):
        yield url
    else:
        yield target
    yield from filter(None, (password, unquote(password or "")))
    pieces = [parts.netloc.rpartition("@")[2]] if parts.scheme not in ("http", "https") else []
    pieces += [*parts.path.split("/"), *(pair.partition("=")[2] for pair in parts.query.split("&"))]
    yield from (piece for piece in pieces if _is_token(piece))


def _is_token(text: str) -> bool:
    """Whether it looks made rather than written."""
    if len(text) < _TOKEN_CHARS:
        return False
    return len(text) >= _LONG_TOKEN_CHARS or any(character.isdigit() for character in text)
