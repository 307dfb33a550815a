"""Addresses as people type them; what is not said otherwise is what Nodemailer makes of them."""

from __future__ import annotations

from email import charset, message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.declarations import DeliveryFailed
from kuma_lite.notifications.services.support.mail import Mail, addresses, envelope
from kuma_lite.notifications.services.support.mailboxes import field, mailboxes


@pytest.mark.parametrize(
    ("typed", "specs", "written"),
    [
        ("taro..yamada.@docomo.example.jp", ['"taro..yamada."@docomo.example.jp'], None),
        (".a@b.example", ['".a"@b.example'], '<".a"@b.example>'),
        ("Taro <taro..y.@d.example>", ['"taro..y."@d.example'], 'Taro <"taro..y."@d.example>'),
        ('"a..b"@x.example', ['"a..b"@x.example'], '<"a..b"@x.example>'),
        ('X <"a b"@c.example>', ['"a b"@c.example'], 'X <"a b"@c.example>'),
        ("a@b@c.example", ['"a@b"@c.example'], '<"a@b"@c.example>'),
        ("müller@x.example", ["müller@x.example"], "müller@x.example"),
        ("a@münchen.example", ["a@xn--mnchen-3ya.example"], "a@xn--mnchen-3ya.example"),
        ("a@faß.example", ["a@xn--fa-hia.example"], None),
        ("a@例え.テスト", ["a@xn--r8jz45g.xn--zckzah"], None),
        ("x@xn--mnchen-3ya.example", ["x@xn--mnchen-3ya.example"], None),
        ("Ünï Cöde <a@b.example>", ["a@b.example"], "=?utf-8?b?w5xuw68gQ8O2ZGU=?= <a@b.example>"),
        ("a@b.example, c@d.example", ["a@b.example", "c@d.example"], "a@b.example,\r\n c@d.example"),
        ("a@b.example; c@d.example", ["a@b.example", "c@d.example"], None),
        (",,a@b.example;;", ["a@b.example"], "a@b.example"),
        ("a@b.example\t,\tc@d.example", ["a@b.example", "c@d.example"], None),
        ("<a@b.example>", ["a@b.example"], "a@b.example"),
        ("a@b.example <c@d.example>", ["c@d.example"], '"a@b.example" <c@d.example>'),
        ("Doe, John <j@b.example>", ["j@b.example"], '"Doe, John" <j@b.example>'),
        ('"Doe, John" <j@b.example>', ["j@b.example"], '"Doe, John" <j@b.example>'),
        ("Doe, John <j@b.example>, x@y.example", ["j@b.example", "x@y.example"], None),
        ("R&D [ops] <a@b.example>", ["a@b.example"], '"R&D [ops]" <a@b.example>'),
        ('"A\\"B" <a@b.example>', ["a@b.example"], '"A\\"B" <a@b.example>'),
        ("=?utf-8?Q?=C3=9C?= <a@b.example>", ["a@b.example"], '"=?utf-8?Q?=C3=9C?=" <a@b.example>'),
        ("Group: a@b.example, c@d.example;", ["a@b.example", "c@d.example"], None),
        ("(comment) a@b.example", ["a@b.example"], "comment <a@b.example>"),
        ("a@b.example (Alice)", ["a@b.example"], "Alice <a@b.example>"),
        ("A B a@b.example", ["a@b.example"], "A B <a@b.example>"),
        ('"quoted name" a@b.example', ["a@b.example"], "quoted name <a@b.example>"),
        ("Name <a@b.example", ["a@b.example"], "Name <a@b.example>"),
        ("mailto:a@b.example", ["a@b.example"], "a@b.example"),
        ("a@localhost", ["a@localhost"], "a@localhost"),
        ("a@[127.0.0.1]", ["a@[127.0.0.1]"], "<a@[127.0.0.1]>"),
        ("o'brien+x@x.example", ["o'brien+x@x.example"], "o'brien+x@x.example"),
        ("user@sub_domain.example", ["user@sub_domain.example"], None),
        ("A.B. <a@b.example>", ["a@b.example"], '"A.B." <a@b.example>'),
        ("", [], ""),
        (" , ; ", [], ""),
        # Here it is more than Nodemailer, which takes the other address for a name.
        ("a@b.example c@d.example", ["a@b.example", "c@d.example"], None),
        ("a@b.example\nc@d.example", ["a@b.example", "c@d.example"], None),
    ],
)
def test_what_is_typed(typed: str, specs: list[str], written: str | None) -> None:
    found = addresses(typed)
    assert [box.addr_spec for box in found] == specs
    if written is not None:
        assert field(found) == written


@pytest.mark.parametrize(
    "typed", ["nobody", "nobody, a@b.example", "a@", "@b.example", "<>", "a@b.example\0"]
)
def test_what_is_none_is_said(typed: str) -> None:
    with pytest.raises(DeliveryFailed, match="is not an e-mail address"):
        addresses(typed)


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)
USERS = st.text('abc.äß-+ "\\@()<>,;:[]', min_size=1, max_size=20).filter(lambda text: text.strip() == text)


@given(NAMES, USERS)
def test_names_and_users_survive_the_way_there_and_back(name: str, user: str) -> None:
    escaped = [text.replace("\\", "\\\\").replace('"', '\\"') for text in (name, user)]
    (box,) = mailboxes(f'"{escaped[0]}" <"{escaped[1]}"@b.example>')
    assert (box.name, box.username) == (" ".join(name.split()), user)
    again = mailboxes(box.written) if box.written.isascii() and "=?utf-8?" not in box.written else [box]
    assert again == [box]


@given(st.text(max_size=80))
def test_no_text_begins_a_line_of_the_head(typed: str) -> None:
    try:
        found = mailboxes(typed)
    except ValueError:
        return
    for line in field(found).split("\r\n")[1:]:
        assert line.startswith(" ")
    assert not set("\r\n\0") & set(field(found).replace("\r\n ", ""))


HOSTILE = st.text(st.characters(exclude_categories=["Cs"]), max_size=1500)


@given(HOSTILE, HOSTILE, HOSTILE)
def test_mails_are_well_formed_whatever_is_in_them(subject: str, text: str, value: str) -> None:
    mail = Mail("Ü <a@b.example>", "x..y@c.example", "", "", subject, text, headers={"X-Mine": value})
    content = envelope(mail, 0).content
    assert content.isascii()
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"") and b"\r" not in content.replace(b"\r\n", b"")
    found = message_from_bytes(content, policy=default)
    assert set(found.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Content-Type", "Content-Transfer-Encoding",
        "MIME-Version", "X-Mine",
    }  # fmt: skip
    assert found["To"].addresses[0].username == "x..y"


@pytest.mark.parametrize("word", ["x" * 1200, "ü" * 400, "🔴" * 300, "a " * 700, "日本" * 300])
def test_long_words_in_the_head_are_folded(word: str) -> None:
    mail = Mail(f"{word[:200]} <a@b.example>", "c@d.example", "", "", word, word, headers={"X-Long": word})
    lines = envelope(mail, 0).content.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    found = message_from_bytes(b"\r\n".join(lines), policy=default)
    assert found["From"].addresses[0].display_name.replace(" ", "") == word[:200].replace(" ", "")


def test_what_a_library_has_told_the_process_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(charset.CHARSETS, "utf-8", (charset.QP, charset.QP, "utf-8"))
    assert (
        field(addresses("Ün\u00ef C\u00f6de <a@b.example>")) == "=?utf-8?b?w5xuw68gQ8O2ZGU=?= <a@b.example>"
    )
    test_fields_of_the_users_may_be_addresses_too()


def test_fields_of_the_users_may_be_addresses_too() -> None:
    headers = {"reply-to": "Ä <a..b@münchen.example>", "From": "Other <o@b.example>"}
    found = envelope(Mail("a@b.example", "c@d.example", "", "", "s", "t", headers=headers), 0)
    assert found.sender == "a@b.example"
    text = found.content.decode()
    assert 'Reply-To: =?utf-8?b?w4Q=?= <"a..b"@xn--mnchen-3ya.example>\r\n' in text
    assert text.count("From: ") == 1 and "From: Other <o@b.example>\r\n" in text


def test_an_address_with_other_letters_needs_a_server_that_knows_them() -> None:
    found = envelope(Mail("a@b.example", "müller@d.example", "", "", "ü", "t"), 0)
    assert found.international
    assert "To: müller@d.example\r\n".encode() in found.content
    assert not envelope(Mail("a@b.example", "m@dü.example", "", "", "ü", "t"), 0).international
