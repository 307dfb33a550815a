"""Passwords are prepared as RFC 4013 says, and as a known library does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymongo.saslprep import saslprep as known

from kuma_lite.net.saslprep import saslprep


@pytest.mark.parametrize(
    ("password", "prepared"),
    [
        ("I\u00adX", "IX"),
        ("user", "user"),
        ("\u00aa", "a"),
        ("\u2168", "IX"),
        ("a\u00a0é", "a é"),
    ],
)
def test_examples_of_the_document(password: str, prepared: str) -> None:
    assert saslprep(password) == prepared


@pytest.mark.parametrize("password", ["é\u0007", "\u0627\u0031", "é\u0378", "é\ue000"])
def test_what_cannot_be_in_a_password(password: str) -> None:
    with pytest.raises(ValueError, match="forbids|both directions"):
        saslprep(password)


@given(st.text(min_size=1))
def test_does_as_a_known_library(password: str) -> None:
    if password.isascii():
        return
    try:
        expected = known(password)
    except ValueError:
        with pytest.raises(ValueError, match="forbids|both directions"):
            saslprep(password)
    else:
        assert saslprep(password) == expected
