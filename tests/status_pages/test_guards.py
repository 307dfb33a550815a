from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.records import replace
from kuma_lite.status_pages.protection.guards import COOKIE_S, Guard, Link, digest_of

LINK = Link(3, "board", digest_of("token"), 0)
GUARD = Guard(7, "hash", b"k" * 32, (LINK,))
NOW = 1_800_000_000.0


def test_a_cookie_holds_as_long_as_what_it_was_given_for() -> None:
    by_password, by_link = GUARD.cookie(None, NOW), GUARD.cookie(LINK, NOW)
    assert GUARD.admits(by_password, NOW) and GUARD.admits(by_link, NOW + COOKIE_S - 1)
    assert not GUARD.admits(by_password, NOW + COOKIE_S)
    other_password = replace(GUARD, password="other")
    assert not other_password.admits(by_password, NOW) and other_password.admits(by_link, NOW)
    without_link = replace(GUARD, links=())
    assert without_link.admits(by_password, NOW) and not without_link.admits(by_link, NOW)
    assert not replace(GUARD, password=None).admits(by_password, NOW)
    for stranger in (replace(GUARD, page_id=8), replace(GUARD, key=b"x" * 32)):
        assert not stranger.admits(by_password, NOW) and not stranger.admits(by_link, NOW)


@given(st.text() | st.from_regex(r"[0-9]{1,20}\.[0-9]{1,3}\.[0-9a-f]{0,64}", fullmatch=True))
def test_no_other_text_is_a_cookie(text: str) -> None:
    assert not GUARD.admits(text, NOW)
    assert GUARD.link_of(text) is None
    assert not GUARD.opens_picture(text)


def test_a_longer_life_needs_another_signature() -> None:
    until, number, signature = GUARD.cookie(None, NOW).split(".")
    assert not GUARD.admits(f"{int(until) + 1}.{number}.{signature}", NOW)
    assert not GUARD.admits(f"{until}.3.{signature}", NOW)


def test_a_picture_key_opens_the_picture_alone() -> None:
    assert GUARD.opens_picture(GUARD.picture_key())
    assert not GUARD.admits(GUARD.picture_key(), NOW)
