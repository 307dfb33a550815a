from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.written_json import WrittenJson
from kuma_lite.web.packets import Burst, Json, WirePacket, ack_text, disconnect_text, event_text


def test_event_on_both_namespaces() -> None:
    assert event_text("/", "info", [{"a": 1}, "ü"]) == '42["info",{"a":1},"ü"]'
    assert event_text("/page", "hello", []) == '42/page,["hello"]'


def test_ack_with_and_without_arguments() -> None:
    assert ack_text("/", 7, [True]) == "437[true]"
    assert ack_text("/page", 12, []) == "43/page,12[]"


def test_disconnect() -> None:
    assert disconnect_text("/") == "41"
    assert disconnect_text("/page") == "41/page,"


def test_what_is_encoded_already_is_taken_as_it_is() -> None:
    once = msgspec.Raw(b'[{"id":1}]')
    assert event_text("/", "heartbeatList", ["5", once, True]) == '42["heartbeatList","5",[{"id":1}],true]'


@given(st.lists(st.one_of(st.integers(), st.text(), st.lists(st.integers())), max_size=4), st.data())
def test_what_is_written_already_is_put_in_its_place(arguments: list[object], data: st.DataObject) -> None:
    def written(value: object) -> object:
        text = msgspec.json.encode(value).decode()
        cut = data.draw(st.integers(0, len(text)))
        return WrittenJson((text[:cut], text[cut:])) if data.draw(st.booleans()) else value

    assert event_text("/page", "e", [written(each) for each in arguments]) == event_text(
        "/page", "e", arguments
    )


@given(st.recursive(st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(), st.lists))
def test_arguments_survive_the_wire(value: object) -> None:
    packet = WirePacket(encoded_packet=event_text("/page", "e", [value])[1:])
    assert (packet.namespace, packet.data) == ("/page", ["e", value])


@pytest.mark.parametrize("text", ["", "[", "nonsense", '{"a":}', "[" * 100_000])
def test_broken_json_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="."):
        Json.loads(text)


def test_packet_keeps_its_ack_id() -> None:
    packet = WirePacket(encoded_packet='242["login",{}]')
    assert (packet.packet_type, packet.id, packet.data) == (2, 42, ["login", {}])


def test_burst_joins_for_polling_and_lists_for_websockets() -> None:
    burst = Burst(["42[1]"])
    burst.extend(["42[2]", "43[3]"])
    assert burst.encode() == ["42[1]", "42[2]", "43[3]"]
    assert burst.encode(b64=True) == "42[1]\x1e42[2]\x1e43[3]"
    assert burst.size == 15


def test_dumps_is_compact() -> None:
    assert json.loads(Json.dumps({"a": [1, None]}, separators=(",", ":"))) == {"a": [1, None]}
    assert " " not in Json.dumps({"a": [1, None]})
