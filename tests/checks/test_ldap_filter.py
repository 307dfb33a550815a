"""Filters of LDAP: those of RFC 4515, in the bytes of RFC 4511; and texts that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks import _ber as ber
from kuma_lite.checks._ldap_filter import FilterError, encode


def equal(attribute: str, value: bytes, tag: int = 0xA3) -> bytes:
    return ber.sequence(ber.octets(attribute.encode()), ber.octets(value), tag=tag)


def substrings(attribute: str, *parts: tuple[int, bytes]) -> bytes:
    listed = (ber.octets(value, tag) for tag, value in parts)
    return ber.sequence(ber.octets(attribute.encode()), ber.sequence(*listed), tag=0xA4)


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        ("(cn=Babs Jensen)", equal("cn", b"Babs Jensen")),
        (" cn=Babs ", equal("cn", b"Babs")),
        ("(!(cn=Tim Howes))", ber.sequence(equal("cn", b"Tim Howes"), tag=0xA2)),
        (
            "(&(objectClass=Person)(|(sn=Jensen)(cn=Babs J*)))",
            ber.sequence(
                equal("objectClass", b"Person"),
                ber.sequence(equal("sn", b"Jensen"), substrings("cn", (0x80, b"Babs J")), tag=0xA1),
                tag=0xA0,
            ),
        ),
        ("(& (a=1) (b=2) )", ber.sequence(equal("a", b"1"), equal("b", b"2"), tag=0xA0)),
        ("(&)", ber.sequence(tag=0xA0)),
        ("(o=univ*of*mich*)", substrings("o", (0x80, b"univ"), (0x81, b"of"), (0x81, b"mich"))),
        ("(o=*a)", substrings("o", (0x82, b"a"))),
        ("(seeAlso=)", equal("seeAlso", b"")),
        ("(mail=*)", ber.octets(b"mail", 0x87)),
        ("(age>=5)", equal("age", b"5", 0xA5)),
        ("(age<=5)", equal("age", b"5", 0xA6)),
        ("(cn~=bob)", equal("cn", b"bob", 0xA8)),
        ("(cn;lang-de=x)", equal("cn;lang-de", b"x")),
        (r"(o=Parens \28in a value\29)", equal("o", b"Parens (in a value)")),
        (r"(cn=*\2A*)", substrings("cn", (0x81, b"*"))),
        (r"(bin=\00\00\00\04)", equal("bin", b"\0\0\0\4")),
        (r"(sn=Lu\c4\8di\c4\87)", equal("sn", "Lučić".encode())),
        ("(sn=Lučić)", equal("sn", "Lučić".encode())),
        (
            "(cn:caseExactMatch:=Fred Flintstone)",
            ber.sequence(
                ber.octets(b"caseExactMatch", 0x81),
                ber.octets(b"cn", 0x82),
                ber.octets(b"Fred Flintstone", 0x83),
                tag=0xA9,
            ),
        ),
        (
            "(sn:dn:2.4.6.8.10:=Barney)",
            ber.sequence(
                ber.octets(b"2.4.6.8.10", 0x81),
                ber.octets(b"sn", 0x82),
                ber.octets(b"Barney", 0x83),
                ber.boolean(True, 0x84),
                tag=0xA9,
            ),
        ),
        ("(:1.2.3:=W)", ber.sequence(ber.octets(b"1.2.3", 0x81), ber.octets(b"W", 0x83), tag=0xA9)),
        (
            "(ou:DN:=x)",
            ber.sequence(ber.octets(b"ou", 0x82), ber.octets(b"x", 0x83), ber.boolean(True, 0x84), tag=0xA9),
        ),
        ("(1.3.6.1=x)", equal("1.3.6.1", b"x")),
    ],
)
def test_filters(text: str, encoded: bytes) -> None:
    assert encode(text) == encoded


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "unexpected ')'"),
        ("(uid=a", "it ends too early"),
        ("(uid=a))", "unexpected ')'"),
        ("(uid=a)(uid=b)", "unexpected '(uid=b)'"),
        ("(uid)", "unexpected 'uid)'"),
        ("(=a)", "unexpected '=a)'"),
        ("(u d=a)", "unexpected 'u d=a)'"),
        ("(&(uid=a)", "it ends too early"),
        ("(!)", "unexpected ')'"),
        ("(!(a=1)(b=2))", "unexpected '(b=2))'"),
        ("(cn=**)", "only asterisks after cn"),
        (r"(cn=\2)", "a backslash must be followed by two hexadecimal digits"),
        (r"(cn=a\\b)", "a backslash must be followed by two hexadecimal digits"),
        ("(cn=a(b)c)", "unexpected '(b)c)'"),
        ("(:=a)", "unexpected ':=a)'"),
        ("(!" * 40 + "(a=1)" + ")" * 40, "the filter is nested too deeply"),
        ("(a=" + "x" * 9000 + ")", "the filter is longer than 8192 characters"),
    ],
)
def test_texts_that_are_none(text: str, problem: str) -> None:
    with pytest.raises(FilterError) as refused:
        encode(text)
    assert str(refused.value) == problem


@given(st.text("(&|!)=*<>~:\\ab2 ", max_size=40) | st.text(max_size=20))
def test_any_text_is_a_filter_or_refused(text: str) -> None:
    try:
        encoded = encode(text)
    except FilterError as error:
        assert str(error)
    else:
        assert ber.header(encoded) is not None


@given(st.text(max_size=30))
def test_a_value_that_is_escaped_comes_back(value: str) -> None:
    data = value.encode("utf-8", "replace")
    escaped = "".join(f"\\{byte:02x}" for byte in data)
    assert encode(f"(cn={escaped})") == equal("cn", data)
