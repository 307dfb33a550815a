"""BER: what is written is read again, and any bytes are read or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks import _ber as ber
from kuma_lite.checks._ber import BerError, Reader, header

ARC = st.integers(0, 2**32 - 1)
OIDS = st.builds(
    lambda first, second, others: ".".join(map(str, (first, second if first == 2 else second % 40, *others))),
    st.integers(0, 2),
    ARC,
    st.lists(ARC, max_size=20),
)


@pytest.mark.parametrize(
    ("written", "wanted"),
    [  # examples of X.690
        (ber.integer(0), "020100"),
        (ber.integer(127), "02017f"),
        (ber.integer(128), "02020080"),
        (ber.integer(-128), "020180"),
        (ber.integer(-129), "0202ff7f"),
        (ber.boolean(True), "0101ff"),
        (ber.boolean(False), "010100"),
        (ber.object_id("2.100.3"), "0603813403"),
        (ber.object_id("1.3.6.1.2.1.1.5.0"), "06082b06010201010500"),
        (ber.octets(b"a" * 200)[:4], "0481c861"),
        (ber.octets(b"a" * 300)[:5], "0482012c61"),
        (ber.sequence(ber.integer(1), ber.octets(b""), tag=0xA0), "a0050201010400"),
    ],
)
def test_encoding(written: bytes, wanted: str) -> None:
    assert written.hex() == wanted


@given(st.integers(-(2**64), 2**64), st.binary(max_size=400), st.booleans(), OIDS)
def test_what_is_written_is_read(number: int, data: bytes, flag: bool, oid: str) -> None:
    whole = ber.sequence(ber.integer(number), ber.octets(data), ber.boolean(flag), ber.object_id(oid))
    assert header(whole) == (len(whole) - header(whole)[1], header(whole)[1])  # type: ignore[index]
    outer = Reader(whole)
    reader = outer.sequence()
    assert not outer
    assert reader.integer() == number
    assert reader.octets() == data
    assert reader.any() == (ber.BOOLEAN, b"\xff" if flag else b"\0")
    assert reader.object_id() == oid
    assert reader.tag == -1
    with pytest.raises(BerError):
        reader.any()


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    reader = Reader(data)
    try:
        while reader:
            _, content = reader.any()
            for read in (ber.read_integer, ber.read_object_id):
                try:
                    read(content)
                except BerError:
                    continue
    except BerError:
        return


@given(OIDS, st.data())
def test_a_cut_message_is_refused(oid: str, data: st.DataObject) -> None:
    whole = ber.sequence(ber.object_id(oid), ber.octets(bytes(150)))
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    with pytest.raises(BerError):
        Reader(cut).sequence()


@pytest.mark.parametrize(
    "text", ["", "1", "no.oid", ".1.3.6", "1.3.", "1..3", "3.1", "1.40", "1.3.4294967296", "١.٣", "1.3.-1"]
)
def test_texts_that_are_no_object_identifier(text: str) -> None:
    with pytest.raises(BerError):
        ber.object_id(text)


@pytest.mark.parametrize("data", ["1f8101", "0480", "0485ffffffffff", "0203", "0603818181", "0600"])
def test_bytes_that_are_refused(data: str) -> None:
    with pytest.raises(BerError):
        Reader(bytes.fromhex(data)).object_id()
