"""Filters that write a text for another language: HTML, web addresses, JSON, Base64; and hashes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
import urllib.parse
from collections.abc import Callable
from typing import Any, Final

from kuma_lite.notifications.liquid.running import Run
from kuma_lite.notifications.liquid.values import (
    MISSING,
    is_true,
    json_text,
    number,
    plain,
    text,
    tidy,
    whole,
)

MAX_INDENT: Final = 8  # blanks per level of pretty-printed JSON
_UNRESERVED: Final = "-_.!~*'()"  # what JavaScript leaves alone in a part of an address
_ENTITIES: Final = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&#34;"), ("'", "&#39;"))
# Beside letters of any script, their marks and digits, which a slug keeps unless it is to be ASCII.
_KEPT_IN_SLUG: Final = {"default": "", "latin": "", "pretty": "._~!$&'()+,;=@"}
_NOT_IN_SLUG: Final = {"raw": re.compile(r"\s+"), "ascii": re.compile(r"[^A-Za-z0-9]+")}
_LATIN: Final = str.maketrans(
    {
        letter: base
        for letters, base in (
            ("àáâãäå", "a"), ("æ", "ae"), ("ç", "c"), ("èéêë", "e"), ("ìíîï", "i"), ("ð", "d"), ("ñ", "n"),
            ("òóôõöø", "o"), ("ùúûü", "u"), ("ýÿ", "y"), ("ß", "ss"), ("œ", "oe"), ("þ", "th"), ("ẞ", "SS"),
            ("Œ", "OE"), ("Þ", "TH"),
        )
        for letter in letters
    }
)  # fmt: skip
# Where markup begins and ends; the contents of scripts and styles are markup, too.
_MARKUP: Final = (("<script", "</script>"), ("<style", "</style>"), ("<!--", "-->"), ("<", ">"))


def _escape(run: Run, value: Any) -> str:
    del run
    escaped = text(value)
    for character, entity in _ENTITIES:
        escaped = escaped.replace(character, entity)
    return escaped


def _escape_once(run: Run, value: Any) -> str:
    source = text(value)
    for character, entity in reversed(_ENTITIES):
        source = source.replace(entity, character)
    return _escape(run, source)


def _strip_html(run: Run, value: Any) -> str:
    del run
    source, kept, at, marks = text(value), [], 0, list(_MARKUP)
    while (begin := source.find("<", at)) >= 0:
        kept.append(source[at:begin])
        for mark in [mark for mark in marks if source.startswith(mark[0], begin)]:
            closing = source.find(mark[1], begin + len(mark[0]))
            if closing >= 0:
                at = closing + len(mark[1])
                break
            marks.remove(mark)  # looked for once: a text of nothing but beginnings is not quadratic
        else:
            return "".join(kept) + source[begin:]
    return "".join(kept) + source[at:]


def _slugify(run: Run, value: Any, mode: Any = "default", cased: Any = False) -> str:
    del run
    source, mode = text(value), text(mode)
    if mode == "latin":
        source = source.translate(_LATIN)
    if mode in _KEPT_IN_SLUG:
        kept = _KEPT_IN_SLUG[mode]
        source = "".join(letter if letter in kept or _is_letter(letter) else "\0" for letter in source)
        source = re.sub("\0+", "-", source).removeprefix("-").removesuffix("-")
    elif mode in _NOT_IN_SLUG:
        source = _NOT_IN_SLUG[mode].sub("-", source).removeprefix("-").removesuffix("-")
    return source if is_true(cased) else source.lower()


def _is_letter(letter: str) -> bool:
    category = unicodedata.category(letter)
    return category[0] in "LM" or category == "Nd"


def _quoted(safe: str, blank: str = "%20") -> Callable[..., str]:
    def quote(run: Run, value: Any) -> str:
        del run
        return urllib.parse.quote(text(value), safe=safe, errors="replace").replace("%20", blank)

    return quote


def _url_decode(run: Run, value: Any) -> str:
    del run
    return urllib.parse.unquote(text(value).replace("+", " "))


def _base64_encode(run: Run, value: Any) -> str:
    del run
    return base64.b64encode(_bytes(value)).decode()


def _base64_decode(run: Run, value: Any) -> str:
    del run
    digits = re.sub(r"[^A-Za-z0-9+/]", "", text(value).replace("-", "+").replace("_", "/"))
    digits = digits[:-1] if len(digits) % 4 == 1 else digits
    return base64.b64decode(digits + "=" * (-len(digits) % 4)).decode("utf-8", "replace")


def _json(run: Run, value: Any, indent: Any = 0) -> str:
    del run
    return json_text(value, min(max(whole(indent), 0), MAX_INDENT))


def _default(run: Run, value: Any, otherwise: Any = MISSING, *, allow_false: Any = False) -> Any:
    del run
    value = plain(value)
    if isinstance(value, str | list):
        return value or otherwise
    if value is False and is_true(allow_false):
        return False
    return value if is_true(value) else otherwise


def _bytes(value: Any) -> bytes:
    return text(value).encode("utf-8", "replace")


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "base64_decode": _base64_decode,
    "base64_encode": _base64_encode,
    "cgi_escape": _quoted("-_.~", "+"),
    "default": _default,
    "escape": _escape,
    "escape_once": _escape_once,
    "hmac_sha256": lambda run, value, key=MISSING: hmac.new(
        _bytes(key), _bytes(value), hashlib.sha256
    ).hexdigest(),
    "inspect": _json,
    "json": _json,
    "jsonify": _json,
    "raw": lambda run, value: value,
    "sha256": lambda run, value: hashlib.sha256(_bytes(value)).hexdigest(),
    "slugify": _slugify,
    "strip_html": _strip_html,
    "to_integer": lambda run, value: tidy(number(value)),
    "uri_escape": _quoted(f";,/?:@&=+$#[]{_UNRESERVED}"),
    "url_decode": _url_decode,
    "url_encode": _quoted(_UNRESERVED, "+"),
    "xml_escape": _escape,
}
