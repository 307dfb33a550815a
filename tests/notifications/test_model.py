"""What a channel and its messages are when they come out of the database."""

from __future__ import annotations

import pytest

from kuma_lite.core.declarations import Message
from kuma_lite.notifications.model import Channel, form_of, pack, unpack


def channel(text: str) -> Channel:
    return Channel(1, "a", True, 1, 1, False, text)


def test_a_message_comes_out_as_it_went_in() -> None:
    monitor = {"id": 1, "name": "Shop ü 🔴", "timeout": 48.0, "tags": [], "url": None, "big": 2**70}
    for message in (
        Message("only text"),
        Message("all of it", monitor, {"status": 0, "ping": 1.5}, {"since": 5}),
        Message("numbers of no JSON", {"id": 1, "most": float("inf")}, {}),
    ):
        assert unpack(pack(message)) == message


@pytest.mark.parametrize("text", ["", "{", "[]", '"text"', '{"text": 5}', '{"monitor": {}}'])
def test_a_damaged_message_says_so(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        unpack(text)


@pytest.mark.parametrize("text", ['{"type": "webhook", "n": 1}', "{}", "[]", "damaged", ""])
def test_a_form_is_the_stored_one(text: str) -> None:
    assert channel(text).form == channel(text).config
    assert channel(text).form is channel(text).form
    assert form_of(text).text == text


def test_who_changes_a_config_changes_no_form() -> None:
    one = channel('{"type": "webhook"}')
    one.config["type"] = "other"
    assert one.form == one.config == {"type": "webhook"}
