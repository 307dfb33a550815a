"""Bodies as text: which encoding one is in, by the labels and precedence of the WHATWG standards.

Uptime Kuma reads everything as UTF-8. So whatever is UTF-8 is read as that, and what only another encoding
makes sense of, as that one: byte order mark, then header, then the page's own word.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from typing import Final

from kuma_lite.core.patterns import pattern

UTF_8: Final = "utf-8"
WINDOWS_1252: Final = "cp1252"
PRESCAN_BYTES: Final = 4096  # of a page, for its own word; the standard asks for 1024, real pages for more
_C1: Final = "c1-controls"  # how undefined bytes are read, see below

# Python's codec → the labels of the Encoding Standard (§4.2).
_LABELS: Final = {
    UTF_8: "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8",
    "cp866": "866 cp866 csibm866 ibm866",
    "iso8859-2": "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2",
    "iso8859-3": "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3",
    "iso8859-4": "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4",
    "iso8859-5": "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 "
    "iso_8859-5:1988",
    "iso8859-6": "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e "
    "iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987",
    "iso8859-7": "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597 "
    "iso_8859-7 iso_8859-7:1987 sun_eu_greek",
    "iso8859-8": "csiso88598e csiso88598i csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-8859-8-i "
    "iso-ir-138 iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 logical visual",
    "iso8859-10": "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6",
    "iso8859-13": "iso-8859-13 iso8859-13 iso885913",
    "iso8859-14": "iso-8859-14 iso8859-14 iso885914",
    "iso8859-15": "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9",
    "iso8859-16": "iso-8859-16",
    "koi8-r": "cskoi8r koi koi8 koi8-r koi8_r",
    "koi8-u": "koi8-ru koi8-u",
    "mac-roman": "csmacintosh mac macintosh x-mac-roman",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "cp874": "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874",
    "cp1250": "cp1250 windows-1250 x-cp1250",
    "cp1251": "cp1251 windows-1251 x-cp1251",
    WINDOWS_1252: "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 "
    "iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252",
    "cp1253": "cp1253 windows-1253 x-cp1253",
    "cp1254": "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 "
    "latin5 windows-1254 x-cp1254",
    "cp1255": "cp1255 windows-1255 x-cp1255",
    "cp1256": "cp1256 windows-1256 x-cp1256",
    "cp1257": "cp1257 windows-1257 x-cp1257",
    "cp1258": "cp1258 windows-1258 x-cp1258",
    "gb18030": "chinese csgb2312 csiso58gb231280 gb18030 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk",
    "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5",
    "euc-jp": "cseucpkdfmtjapanese euc-jp x-euc-jp",
    "iso2022-jp-ext": "csiso2022jp iso-2022-jp",
    "cp932": "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis",
    "cp949": "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 "
    "windows-949",
    "utf-16-be": "unicodefffe utf-16be",
    "utf-16-le": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le",
}
_CODECS: Final = {label: codec for codec, labels in _LABELS.items() for label in labels.split()}
_BOMS: Final = (
    (codecs.BOM_UTF8, UTF_8),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
)
# Their bytes can be valid UTF-8 that means something else.
_LOOK_LIKE_UTF_8: Final = frozenset({"utf-16-be", "utf-16-le", "iso2022-jp-ext"})

_CHARSET: Final = pattern(r"(?:^|[;,\s])charset\s*=\s*[\"']?\s*([^\s\"';,]+)", re.IGNORECASE)
_COMMENT: Final = pattern(r"<!--.*?(?:-->|$)", re.DOTALL)
_META: Final = pattern(r"<meta[\s/][^>]*?charset\s*=\s*[\"']?\s*([^\s\"'/;>]+)", re.IGNORECASE)
_XML: Final = pattern(r"\s*<\?xml[^>]*?encoding\s*=\s*[\"']\s*([^\s\"']+)", re.IGNORECASE)
_ZERO_OR_ESCAPE: Final = pattern(rb"[\x00\x1b]")
_BINARY: Final = pattern(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")  # MIME Sniffing Standard, §3
_NOT_ASCII: Final = pattern(r"[^\x00-\x7f\ufffd]")


def codec_of(label: str) -> str | None:
    """Python's name of the encoding with a label of the standard; None for any other text."""
    return _CODECS.get(label.strip().lower())


def readings(body: bytes, content_types: Iterable[str] = (), *, cut: bool = False) -> Iterator[str]:
    """The texts that a body can be, the likeliest first; most have one.

    Args:
        content_types: values of the header.
        cut: whether the body goes on, so that half a character at its end is no fault.
    """
    for mark, codec in _BOMS:
        if body.startswith(mark) and (codec == UTF_8 or _is_whole(body, codec, cut)):
            yield _decode(body[len(mark) :], codec, cut)
            return
    declared = next((found for value in content_types if (found := _in_header(value))), None)
    wide = declared if declared in _LOOK_LIKE_UTF_8 else _by_zeros(body)
    text = _as_utf_8(body, cut)
    if wide is not None:
        first = text is None or _ZERO_OR_ESCAPE.search(body) is not None
        pair = (_decode(body, wide, cut), text)
        yield from (reading for reading in (pair if first else reversed(pair)) if reading is not None)
        return
    if text is not None:
        yield text
        if body.isascii():
            return
    declared = declared or _in_page(body[:PRESCAN_BYTES])
    if declared is None:
        if text is None:
            yield _undeclared(body, cut)
    elif text is None or declared != UTF_8:
        yield _decode(body, declared, cut)


def _by_zeros(body: bytes) -> str | None:
    """The wide encoding of JSON as it was once sent (RFC 4627 §3), by where its zeros are."""
    if 0 not in body[:4]:
        return None
    codec: str = json.detect_encoding(body)
    return codec if _is_whole(body, codec, cut=False) else None


def _is_whole(body: bytes, codec: str, cut: bool) -> bool:
    """Whether all of it has a meaning: bytes of no text may begin like text in wide characters."""
    try:
        codecs.getincrementaldecoder(codec)().decode(body, final=not cut)
    except UnicodeDecodeError:
        return False
    return True


def _in_header(value: str) -> str | None:
    match = _CHARSET.search(value)
    return codec_of(match[1]) if match else None


def _in_page(beginning: bytes) -> str | None:
    """What a page says of itself; one that says UTF-16 there is none (HTML Standard, prescan)."""
    text = beginning.decode("latin-1")
    match = _XML.match(text) or _META.search(_COMMENT.sub("", text))
    codec = codec_of(match[1]) if match else None
    return UTF_8 if codec in ("utf-16-be", "utf-16-le") else codec


def _as_utf_8(body: bytes, cut: bool) -> str | None:
    try:
        return codecs.getincrementaldecoder(UTF_8)().decode(body, final=not cut)
    except UnicodeDecodeError:
        return None


def _undeclared(body: bytes, cut: bool) -> str:
    """UTF-8 with faults, where anything in it is UTF-8 or no text at all; else the default of browsers."""
    text = _decode(body, UTF_8, cut)
    if _NOT_ASCII.search(text) or _BINARY.search(body):
        return text
    return _decode(body, WINDOWS_1252, cut)


def _decode(body: bytes, codec: str, cut: bool) -> str:
    return codecs.getincrementaldecoder(codec)(_C1).decode(body, final=not cut)


def _c1_controls(error: UnicodeError) -> tuple[str, int]:
    """U+FFFD for what has no meaning; the bytes that single-byte encodings leave out are controls (§9)."""
    assert isinstance(error, UnicodeDecodeError)
    byte = error.object[error.start]
    if error.encoding == "charmap" and 0x80 <= byte < 0xA0:
        return chr(byte), error.start + 1
    if error.encoding == "gb18030" and byte == 0x80:
        return "€", error.start + 1
    return "\ufffd", error.end


codecs.register_error(_C1, _c1_controls)
