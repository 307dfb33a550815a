"""Texts in the encodings that servers write, name, and misname."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.net.http import HttpClient, Request
from kuma_lite.net.http.charsets import codec_of, readings
from tests.net.servers import answer, serve

HTML = "text/html"


def read(body: bytes, *content_types: str, cut: bool = False) -> str:
    return next(readings(body, content_types, cut=cut))


@pytest.mark.parametrize(
    ("label", "body", "text"),
    [
        ("iso-8859-1", b"K\xf6ln \x80", "Köln €"),  # a label of windows-1252
        ("us-ascii", b"K\xf6ln", "Köln"),
        ("windows-1252", b"\x81\x9d", "\x81\x9d"),
        ("ISO-8859-15", b"\xa4", "€"),
        ("iso-8859-2", b"\xa3\xf3d\xbc", "Łódź"),
        ("iso-8859-9", b"\xddst\x80", "İst€"),  # a label of windows-1254
        ("windows-1251", b"\xd0\xe0\xe1\xee\xf2\xe0\xe5\xf2", "Работает"),
        ("koi8-r", b"\xf2\xc1\xc2\xcf\xd4\xc1\xc5\xd4", "Работает"),
        ("x-mac-cyrillic", b"\x90\xe0\xe1", "Раб"),
        ("ibm866", b"\x90\xa0\xa1", "Раб"),
        ("greek", b"\xc1\xe8\xde\xed\xe1", "Αθήνα"),
        ("windows-1255", b"\xf9\xec\xe5\xed", "שלום"),
        ("iso-8859-8-i", b"\xf9\xec\xe5\xed", "שלום"),
        ("windows-1256", b"\xe3\xd1\xcd\xc8\xc7", "مرحبا"),
        ("tis-620", b"\xca\xc7\xd1\xca\xb4\xd5", "สวัสดี"),
        ("windows-874", b"\xff", "\ufffd"),
        ("gb2312", "运行正常，镕".encode("gbk"), "运行正常，镕"),
        ("GBK", b"\x80", "€"),
        ("gb18030", "运行😀".encode("gb18030"), "运行😀"),
        ("big5", "運作正常".encode("big5"), "運作正常"),
        ("shift_jis", "正常①～".encode("cp932"), "正常①～"),
        ("x-sjis", "ｶﾅ".encode("cp932"), "ｶﾅ"),
        ("euc-jp", "正常".encode("euc-jp"), "正常"),
        ("iso-2022-jp", "正常です".encode("iso2022-jp"), "正常です"),
        ("euc-kr", "정상 똠".encode("cp949"), "정상 똠"),
        ("ks_c_5601-1987", "정상".encode("euc-kr"), "정상"),
        ("utf-16", "Köln".encode("utf-16-le"), "Köln"),
        ("utf-16be", "中文".encode("utf-16-be"), "中文"),
        ("utf8", "Köln".encode(), "Köln"),
        ("unicode-1-1-utf-8", "Köln".encode(), "Köln"),
    ],
)
def test_labels_of_the_standard(label: str, body: bytes, text: str) -> None:
    for content_type in (f"text/html; charset={label}", f'text/html;charset="{label.upper()}"; x=y'):
        assert read(body, content_type) == text


@pytest.mark.parametrize(
    "label", ["utf-7", "utf-32", "rot13", "hex", "idna", "zlib", "utf-8-sig", "none", ""]
)
def test_other_names_are_no_labels(label: str) -> None:
    assert codec_of(label) is None
    assert read(b"K\xf6ln+-", f"text/html; charset={label}") == "Köln+-"


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("text/html; charset=iso-8859-1", "ö"),
        ("text/html;charset=ISO-8859-1", "ö"),
        ("text/html; Charset = 'iso-8859-1'", "ö"),
        ('text/html; charset=" iso-8859-1 "', "ö"),
        ("text/html; charset=iso-8859-1; charset=koi8-r", "ö"),
        ("text/html; charset=iso-8859-1, text/html", "ö"),
        ("text/html; boundary=x; charset=iso-8859-1;", "ö"),
        ("charset=iso-8859-1", "ö"),
        ("text/html; charset=koi8-r", b"\xf6".decode("koi8-r")),
        ("text/html; xcharset=koi8-r", "ö"),
        ("text/html; charset", "ö"),
        ("", "ö"),
    ],
)
def test_headers_as_they_are_written(content_type: str, expected: str) -> None:
    assert read(b"\xf6", content_type) == expected


WORDS = {
    "gbk": "运行",
    "cp932": "正常",
    "cp949": "정상",
    "cp1251": "Работает",
    "iso8859-2": "Łódź",
    "big5": "運作",
}


@pytest.mark.parametrize(
    ("head", "codec"),
    [
        ('<meta charset="gbk">', "gbk"),
        ("<!DOCTYPE html><html><head>\n<META CHARSET=GB2312 >", "gbk"),
        ("<meta name=x><meta charset = 'shift_jis'/>", "cp932"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=euc-kr">', "cp949"),
        ("<meta content='text/html;charset=windows-1251' http-equiv=content-type>", "cp1251"),
        ("<!-- <meta charset=koi8-r> --><meta charset=windows-1251>", "cp1251"),
        ('<?xml version="1.0" encoding="ISO-8859-2"?>', "iso8859-2"),
        ("<?xml version='1.0' encoding='big5'?><html>", "big5"),
        (" " * 3000 + '<meta charset="gbk">', "gbk"),
    ],
)
def test_what_a_page_says_of_itself(head: str, codec: str) -> None:
    word = WORDS[codec]
    body = (head + word).encode(codec)
    assert read(body, HTML) == head + word
    assert read(body) == head + word


def test_who_is_believed_before_whom() -> None:
    page = b'<meta charset="koi8-r">\xf2\xc1'
    assert read(page, HTML).endswith("Ра")
    assert read(page, "text/html; charset=windows-1251").endswith("тБ")
    assert read(codecs.BOM_UTF8 + "Köln".encode(), "text/html; charset=koi8-r") == "Köln"
    assert read(codecs.BOM_UTF16_LE + "Köln".encode("utf-16-le"), "text/html; charset=utf-8") == "Köln"
    assert read(codecs.BOM_UTF16_BE + "Köln".encode("utf-16-be")) == "Köln"
    assert read(b'<meta charset="utf-16">K\xf6ln', HTML).endswith("K\ufffdln")  # it is none
    assert read(b"\xd6\xd0", "text/html", "text/html; charset=gbk") == "中"  # in the second of two headers


def test_what_is_utf_8_is_read_as_that_first() -> None:
    """As Uptime Kuma reads it; many servers name an encoding of their own for whatever they send."""
    for label in ("iso-8859-1", "us-ascii", "windows-1251", "utf-16", "iso-2022-jp"):
        assert read("Köln läuft".encode(), f"application/json; charset={label}") == "Köln läuft"
    assert list(readings("ö".encode(), ["text/html; charset=iso-8859-1"])) == ["ö", "Ã¶"]
    assert list(readings("ö".encode(), ["text/html; charset=utf-8"])) == ["ö"]
    assert list(readings(b"plain", ["text/html; charset=koi8-r"])) == ["plain"]
    assert list(readings(b"kc^8", ["text/html; charset=utf-16be"])) == ["kc^8", "正常"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"K\xf6ln", "Köln"),
        ("Köln ist schön, ".encode() + b"\xff", "Köln ist schön, \ufffd"),
        (b"\x93quoted\x94", "“quoted”"),
        (b"", ""),
    ],
)
def test_no_word_and_no_utf_8(body: bytes, expected: str) -> None:
    assert read(body, HTML) == expected


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_json_in_wide_characters(codec: str) -> None:
    assert read('{"a": "ö"}'.encode(codec), "application/json") == '{"a": "ö"}'


def test_zeros_of_other_kinds_are_left_alone() -> None:
    assert read(b"\0\0\0\x05PNG\xff") == "\0\0\0\x05PNG\ufffd"
    assert read(b"\xff\xfe\x00") == "\ufffd\ufffd\0"  # no byte order mark
    assert read(b"\0\0\0\x05hello") == "\0\0\0\x05hello"


def test_half_a_character_at_the_limit_is_no_fault() -> None:
    body = "é".encode() * 100
    assert read(body[:-1], cut=True) == "é" * 99
    assert read("中".encode("gbk")[:1], "text/html; charset=gbk", cut=True) == ""


CONTENT_TYPE = st.builds(
    "text/{}; charset={}".format,
    st.sampled_from(["html", "plain"]),
    st.sampled_from(["utf-8", "gbk", "shift_jis", "iso-2022-jp", "utf-16", "koi8-r", "nonsense", "big5"]),
)


@given(st.binary(max_size=300), st.one_of(st.text(max_size=40), CONTENT_TYPE), st.booleans())
def test_any_bytes_have_a_reading(body: bytes, content_type: str, cut: bool) -> None:
    found = list(readings(body, [content_type], cut=cut))
    assert 1 <= len(found) <= 3
    for text in found:
        text.encode("utf-8", "surrogatepass")


@given(st.text(max_size=50), st.sampled_from(["gb18030", "utf-8", "utf-16-le", "utf-16-be"]))
def test_what_was_written_is_among_the_readings(text: str, codec: str) -> None:
    label = codec.replace("16-", "16")
    try:
        body = text.encode(codec)
    except UnicodeEncodeError:
        return
    if not text.startswith("\ufeff"):
        assert text in readings(body, [f"text/plain; charset={label}"])


async def test_the_text_of_a_response(client: HttpClient) -> None:
    body = "läuft".encode("latin-1")
    async with serve(answer(body, "200 OK", "Content-Type: text/plain; charset=ISO-8859-1")) as server:
        response = await client.send(Request("GET", server.url()))
        assert response.text == "läuft"
        cut = await client.send(Request("GET", server.url(), body_limit=3))
        assert (cut.text, cut.truncated) == ("läu", True)
