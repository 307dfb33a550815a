"""Our reader of DNS answers against dnspython's, on what it makes and on what is wrong with it."""

from __future__ import annotations

import random
import struct
import time
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuma_lite.checks._dns_messages import Question, number_of, read_answer
from kuma_lite.checks._dns_records import TYPES, Malformed, read_name, read_record

NAME = "Host.Example.test."
RECORDS = {
    "A": ["192.0.2.10", "192.0.2.11"],
    "AAAA": ["2001:db8::1", "::", "::1", "::ffff:192.0.2.1", "1:0:0:2:0:0:0:3"],
    "CAA": ['0 issue "letsencrypt.org"'],
    "CNAME": ["other.example.test."],
    "MX": ["10 mx1.example.test.", "20 mx2.other.test."],
    "NS": ["ns1.example.test.", "ns2.example.test."],
    "PTR": ["host.example.test."],
    "SOA": ["ns1.example.test. admin.example.test. 7 3600 600 86400 300"],
    "SRV": ["1 2 443 web.example.test."],
    "TXT": ['"hello world"', '"one" "two"'],
}
MUTATIONS = 1_500


def question(kind: str = "A", name: str = NAME) -> Question:
    wire = dns.name.from_text(name).to_wire()
    assert wire is not None
    return Question(wire, TYPES[kind])


def response(kind: str = "A", *, edns: bool = True) -> dns.message.Message:
    """Records behind an alias, with some in the other sections."""
    query = dns.message.make_query(NAME, kind, use_edns=0 if edns else False, id=4711)
    answer = dns.message.make_response(query)
    alias = dns.name.from_text("alias.example.test.")
    if kind != "CNAME":
        answer.answer.append(dns.rrset.from_text(NAME, 60, "IN", "CNAME", str(alias)))
    answer.answer.append(dns.rrset.from_text(alias, 60, "IN", kind, *RECORDS[kind]))
    answer.authority.append(dns.rrset.from_text("test.", 60, "IN", "NS", "ns.test."))
    answer.additional.append(dns.rrset.from_text("ns.test.", 60, "IN", "A", "192.0.2.53"))
    return answer


def parts(record: Any) -> list[Any]:
    """What is in a record of dnspython's, as ours has it."""
    found = [getattr(record, name) for name in record.__slots__]
    if hasattr(record, "address"):
        return [record.address]
    return [each.to_text(omit_final_dot=True) if isinstance(each, dns.name.Name) else each for each in found]


def as_dnspython(wire: bytes, kind: str) -> tuple[int, bool, list[list[Any]]] | None:
    """Code, whether it was cut, records; None for what is no answer."""
    asked = dns.message.make_query(NAME, kind, id=number_of(wire))
    try:
        answer = dns.message.from_wire(wire, ignore_trailing=True)
    except (dns.exception.DNSException, ValueError):
        return None
    if not asked.is_response(answer):
        return None
    wanted = (dns.rdataclass.IN, dns.rdatatype.from_text(kind))
    found = [
        parts(each) for rrset in answer.answer if (rrset.rdclass, rrset.rdtype) == wanted for each in rrset
    ]
    return int(answer.rcode()), bool(answer.flags & dns.flags.TC), found


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("edns", [True, False])
def test_it_reads_what_dnspython_reads(kind: str, edns: bool) -> None:
    wire = response(kind, edns=edns).to_wire(want_shuffle=False)
    answer = read_answer(wire, question(kind))
    assert (answer.code, answer.truncated, [list(each) for each in answer.records]) == as_dnspython(
        wire, kind
    )
    assert len(answer.records) == len(RECORDS[kind])


@pytest.mark.parametrize("payload", [0, 1232])
def test_a_question_is_what_dnspython_would_ask(payload: int) -> None:
    wire = question("MX").packed(4711, payload)
    asked = dns.message.make_query(NAME, "MX", use_edns=0 if payload else False, payload=payload, id=4711)
    assert wire == asked.to_wire()


def test_another_case_is_the_same_name() -> None:
    wire = response().to_wire()
    assert read_answer(wire, question(name=NAME.upper())).records


@pytest.mark.parametrize("other", [question("AAAA"), question(name="other.test."), question(name="test.")])
def test_another_question_is_not_answered(other: Question) -> None:
    with pytest.raises(Malformed):
        read_answer(response().to_wire(), other)


def test_a_query_is_no_answer() -> None:
    with pytest.raises(Malformed):
        read_answer(question().packed(4711, 0), question())


def test_a_server_in_trouble_need_not_repeat_the_question() -> None:
    for code, accepted in ((dns.rcode.FORMERR, True), (dns.rcode.NXDOMAIN, False)):
        answer = dns.message.Message(id=4711)
        answer.flags = dns.flags.QR
        answer.set_rcode(code)
        if accepted:
            assert read_answer(answer.to_wire(), question()).code == int(code)
        else:
            with pytest.raises(Malformed):
                read_answer(answer.to_wire(), question())


def test_a_code_may_be_extended() -> None:
    answer = response()
    answer.set_rcode(dns.rcode.BADVERS)
    assert read_answer(answer.to_wire(), question()).code == int(dns.rcode.BADVERS)


def test_the_same_record_twice_is_one() -> None:
    query = question()
    record = b"\xc0\x0c" + bytes.fromhex("0001 0001 0000003c 0004 c000020a")
    wire = bytearray(query.packed(4711, 0) + record * 2)
    wire[2], wire[7] = 0x81, 2
    assert [each.address for each in read_answer(bytes(wire), query).records] == ["192.0.2.10"]


@pytest.mark.parametrize(
    "record",
    [
        "c00c 0001 0001 0000003c 0003 c00002",  # an address of three bytes
        "c00c 0001 0001 0000003c 0004 c00002",  # that ends early
        "c00c 0001 0001 0000003c ffff c000020a",
        "c0ff 0001 0001 0000003c 0004 c000020a",  # a name that goes on behind itself
        "40 0001 0001 0000003c 0004 c000020a",  # a label of a kind that there is not
        "3f 0001 0001 0000003c 0004 c000020a",  # a label longer than the message
        "00 0029 04d0 00000000 0000",  # EDNS among the answers
    ],
)
def test_what_cannot_be_read_is_no_answer(record: str) -> None:
    query = question()
    wire = bytearray(query.packed(4711, 0) + bytes.fromhex(record))
    wire[2], wire[7] = 0x81, 1
    with pytest.raises(Malformed):
        read_answer(bytes(wire), query)
    assert as_dnspython(bytes(wire), "A") is None


@pytest.mark.parametrize("kind", TYPES)
def test_damaged_messages_are_refused_or_read_as_dnspython_reads_them(kind: str) -> None:
    chance, whole, asked = random.Random(kind), response(kind).to_wire(want_shuffle=False), question(kind)
    accepted = 0
    for _ in range(MUTATIONS):
        wire = bytearray(whole[: chance.randint(0, len(whole))] if chance.random() < 0.2 else whole)
        for _ in range(chance.randint(0, 3)):
            if wire:
                wire[chance.randrange(len(wire))] = chance.randrange(256)
        expected = as_dnspython(bytes(wire), kind) if len(wire) > 1 else None
        try:
            answer = read_answer(bytes(wire), asked)
        except Malformed:
            assert expected is None
            continue
        accepted += 1
        if expected is not None:  # what is wrong in records that nobody wants is not looked for
            found = (answer.code, answer.truncated, sorted(list(each) for each in answer.records))
            assert found == (*expected[:2], sorted(expected[2]))
    assert accepted > MUTATIONS / 20


# --- One record --------------------------------------------------------------------------------------------

LABELS = st.binary(min_size=1, max_size=8) | st.sampled_from([b"www", b"example", b"a" * 63])
POINTERS = st.integers(0, 40).map(lambda target: bytes([0xC0, target]))
NAMES = st.builds(
    lambda labels, end: b"".join(bytes([len(label)]) + label for label in labels) + end,
    st.lists(LABELS, max_size=5),
    st.sampled_from([b"\0", b"\0", b""]) | POINTERS,
)
CHUNKS = st.binary(max_size=12).map(lambda chunk: bytes([len(chunk)]) + chunk)
CONTENTS = (
    NAMES
    | st.binary(max_size=24)
    | st.builds(lambda *pieces: b"".join(pieces), st.binary(min_size=2, max_size=2), NAMES)
    | st.builds(lambda *pieces: b"".join(pieces), st.binary(min_size=6, max_size=6), NAMES)
    | st.builds(lambda *pieces: b"".join(pieces), NAMES, NAMES, st.binary(min_size=20, max_size=20))
    | st.lists(CHUNKS, max_size=4).map(b"".join)
    | st.builds(
        lambda tag, value: bytes([0, len(tag)]) + tag + value, st.binary(max_size=6), st.binary(max_size=9)
    )
)


@given(before=NAMES, contents=CONTENTS, after=st.binary(max_size=8), kind=st.sampled_from(sorted(TYPES)))
@settings(max_examples=1_000, deadline=None)
def test_a_record_is_read_or_refused_as_by_dnspython(
    before: bytes, contents: bytes, after: bytes, kind: str
) -> None:
    wire, at = before + contents + after, len(before)
    try:
        known = dns.rdata.from_wire(dns.rdataclass.IN, dns.rdatatype.from_text(kind), wire, at, len(contents))
        expected = parts(known)
    except (dns.exception.DNSException, ValueError):
        expected = None
    try:
        found = list(read_record(wire, TYPES[kind], at, len(contents)))
    except (Malformed, IndexError, struct.error):
        found = None
    assert found == expected


def test_a_name_that_leads_back_and_back_ends() -> None:
    wire = b"\0\0" + b"".join((0xC000 | 2 * step).to_bytes(2, "big") for step in range(8_000))
    began = time.perf_counter()
    assert read_name(wire, len(wire) - 2, len(wire)) == (".", len(wire))
    assert time.perf_counter() - began < 1
    with pytest.raises(Malformed):
        read_name(b"\xc0\x00", 0, 2)
