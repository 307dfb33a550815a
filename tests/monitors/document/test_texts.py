"""Documents as text are what the encoder makes of `shown`."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.monitors.document import texts
from kuma_lite.monitors.document.fields import DEFAULTS, HIDDEN, SENSITIVE, shown
from kuma_lite.monitors.document.texts import shown_text

VALUES = st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.text(), st.lists(st.text()))
DOCUMENTS = st.dictionaries(st.sampled_from([*DEFAULTS, "unknown"]), VALUES, max_size=12)


def read(document: dict[str, Any], *, active: bool, sensitive: bool) -> list[tuple[str, Any]]:
    found = json.loads(b"{%b}" % shown_text(document, active=active, sensitive=sensitive))
    return list(found.items())


@given(DOCUMENTS, st.booleans(), st.booleans())
def test_the_text_is_that_of_the_document(document: dict[str, Any], active: bool, sensitive: bool) -> None:
    expected = {**shown(document, sensitive=sensitive), "active": active}
    assert read(document, active=active, sensitive=sensitive) == list(expected.items())


def test_percent_signs_and_other_texts_stay_what_they_are() -> None:
    for name in ("100 %b", "%(x)s", 'ü \\ "', "%%"):
        assert dict(read({"name": name}, active=True, sensitive=False))["name"] == name


def test_secrets_are_for_those_who_may_see_them() -> None:
    document = {"basic_auth_pass": "geheim", "snmpV3Username": "hidden"}
    assert b"geheim" not in shown_text(document, active=True, sensitive=False)
    assert b"geheim" in shown_text(document, active=True, sensitive=True)
    keys = dict(read(document, active=True, sensitive=True)).keys()
    assert not keys & HIDDEN
    assert keys >= SENSITIVE - HIDDEN


def test_shapes_do_not_pile_up() -> None:
    names = [name for name in DEFAULTS if name != "active"]
    for first in names:
        for second in names[:10]:
            shown_text({first: 1, second: 2}, active=True, sensitive=True)
    assert 0 < len(texts._shapes) <= 512
