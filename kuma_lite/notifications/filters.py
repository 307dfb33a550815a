"""Template filters that people know from LiquidJS 10 and that python-liquid does not bring."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import urllib.parse
from collections.abc import Callable
from datetime import UTC, datetime
from math import floor
from typing import Any, Final

from kuma_lite.core.json_text import compact_json

MAX_INDENT: Final = 8  # blanks per level of pretty-printed JSON


def _json(value: Any, indent: Any = None) -> str:
    plain = _plain(value)
    if indent in (None, 0, "", False):
        return compact_json(plain)
    return json.dumps(plain, ensure_ascii=False, indent=min(int(indent), MAX_INDENT))


def _plain(value: Any) -> Any:
    """What JSON can hold; a variable that is not there is null."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | range):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return None if _missing(value) else str(value)


def _missing(value: Any) -> bool:
    from liquid import Undefined

    return isinstance(value, Undefined)


def _text(value: Any) -> str:
    return "" if value is None or _missing(value) else str(value)


def _items(value: Any) -> list[Any]:
    if value is None or _missing(value):
        return []
    return list(value) if isinstance(value, list | tuple | range) else [value]


def _xml_escape(value: Any) -> str:
    escaped = _text(value)
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&#34;"), ("'", "&#39;")):
        escaped = escaped.replace(character, entity)
    return escaped


def _slugify(value: Any) -> str:
    return re.sub(r"[^\w]+", "-", _text(value).lower()).strip("-")


def _sentence(value: Any, connector: str = "and") -> str:
    words = [_text(item) for item in _items(value)]
    if len(words) < 3:
        return f" {connector} ".join(words)
    return f"{', '.join(words[:-1])}, {connector} {words[-1]}"


def _hmac_sha256(value: Any, key: Any) -> str:
    return hmac.new(_text(key).encode(), _text(value).encode(), hashlib.sha256).hexdigest()


def _group_by(value: Any, key: Any) -> list[dict[str, Any]]:
    groups: dict[str, list[Any]] = {}
    for item in _items(value):
        group = item.get(key) if isinstance(item, dict) else None
        groups.setdefault(_text(group), []).append(item)
    return [{"name": name, "items": items} for name, items in groups.items()]


def _to_integer(value: Any) -> int:
    number = float(_text(value) or 0)
    return int(number)


def _divided_by(value: Any, divisor: Any, whole: Any = False) -> float:
    """Division as JavaScript knows it: 7 by 2 is 3.5."""
    quotient = float(_text(value) or 0) / float(_text(divisor) or 0)
    return floor(quotient) if whole is True else quotient


def _dated(layout: str) -> Callable[[Any], str]:
    """Writes a time in one layout; what is not a time stays as it is."""

    def write(value: Any) -> str:
        moment = _moment(value)
        return _text(value) if moment is None else moment.strftime(layout)

    return write


def _xml_date(value: Any) -> str:
    moment = _moment(value)
    return _text(value) if moment is None else moment.isoformat(timespec="seconds")


def _moment(value: Any) -> datetime | None:
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC)
        moment = datetime.fromisoformat(_text(value))
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


MORE_FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "json": _json,
    "jsonify": _json,
    "inspect": _json,
    "divided_by": _divided_by,
    "raw": lambda value: value,
    "to_integer": _to_integer,
    "xml_escape": _xml_escape,
    "cgi_escape": lambda value: urllib.parse.quote_plus(_text(value), safe="-_.!~*'()"),
    "uri_escape": lambda value: urllib.parse.quote(_text(value), safe=";,/?:@&=+$-_.!~*'()#[]"),
    "slugify": _slugify,
    "normalize_whitespace": lambda value: re.sub(r"\s+", " ", _text(value)),
    "number_of_words": lambda value: len(_text(value).split()),
    "array_to_sentence_string": _sentence,
    "sha256": lambda value: hashlib.sha256(_text(value).encode()).hexdigest(),
    "hmac_sha256": _hmac_sha256,
    "date_to_xmlschema": _xml_date,
    "date_to_rfc822": _dated("%a, %d %b %Y %H:%M:%S %z"),
    "date_to_string": _dated("%d %b %Y"),
    "date_to_long_string": _dated("%d %B %Y"),
    "push": lambda value, item: [*_items(value), item],
    "unshift": lambda value, item: [item, *_items(value)],
    "pop": lambda value: _items(value)[:-1],
    "shift": lambda value: _items(value)[1:],
    "group_by": _group_by,
}
