"""Reading what clients send: every dialect accepted, nothing lost silently."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.errors import UserError
from kuma_lite.monitors.document.fields import ALIASES, DEFAULTS, FIELDS, SENSITIVE, JsonKind, shown, sparse
from kuma_lite.monitors.document.reading import linked_notifications, read_added, read_edited


@pytest.mark.parametrize(
    ("payload", "sentence"),
    [
        (None, "The monitor must be an object."),
        ("text", "The monitor must be an object."),
        ({"interval": 0}, "Interval cannot be less than 1 seconds"),
        ({"interval": 0.5}, "Interval cannot be less than 1 seconds"),
        ({"interval": 2**31}, "Interval cannot be more than 2147483647 seconds"),
        ({"retryInterval": 0}, "Retry interval cannot be less than 1 seconds"),
        ({"retry_interval": -1}, "Retry interval cannot be less than 1 seconds"),
        ({"responseMaxLength": -1}, "Response max length cannot be less than 0"),
        ({"response_max_length": 99_999_999}, "Response max length cannot be more than 1048576 bytes"),
        ({"accepted_statuscodes": [200]}, "Accepted status codes are not all strings"),
        ({"accepted_statuscodes": None}, "Accepted status codes must be a list of texts."),
        ({"thereIsNoSuchField": 1}, "A monitor has no field named 'thereIsNoSuchField'."),
        ({"name": {"a": 1}}, "name must be text."),
        ({"interval": float("nan")}, "interval must be a number."),
        ({"port": 1e300}, "port is too large."),
        ({"conditions": ["x" * 200_001]}, "conditions must not be longer than 200000 characters."),
        ({"timeout": -1}, "timeout cannot be negative"),
        ({"body": "x" * 200_001}, "body must not be longer than 200000 characters."),
    ],
)
def test_refusals(payload: Any, sentence: str) -> None:
    with pytest.raises(UserError) as refusal:
        read_added(payload)
    assert refusal.value.message == sentence


def test_headers_must_be_json() -> None:
    with pytest.raises(UserError, match="^Headers must be valid JSON: "):
        read_added({"headers": "{nope"})
    assert read_added({"headers": ""})["headers"] == ""


@pytest.mark.parametrize(
    ("payload", "stored"),
    [
        ({"retry_interval": 30}, {"retryInterval": 30}),
        ({"port": "8080"}, {"port": 8080}),
        ({"port": ""}, {"port": None}),
        ({"timeout": 48.0}, {"timeout": 48}),
        ({"timeout": 20.5}, {"timeout": 20.5}),
        ({"timeout": None}, {"timeout": 0}),
        ({"interval": 20.4}, {"interval": 20}),
        ({"expectedValue": 42}, {"expectedValue": "42"}),
        ({"ignoreTls": 1, "upsideDown": 0}, {"ignoreTls": True, "upsideDown": False}),
        ({"interval": "60", "retryInterval": 2_592_000}, {"interval": 60, "retryInterval": 2_592_000}),
        ({"maxretries": -1, "resendInterval": -1}, {"maxretries": -1, "resendInterval": -1}),
        ({"accepted_statuscodes": "200-299"}, {"accepted_statuscodes": ["200-299"]}),
        ({"upsideDown": "False", "ignoreTls": "true"}, {"upsideDown": False, "ignoreTls": True}),
        ({"accepted_statuscodes_json": '["200"]'}, {"accepted_statuscodes": ["200"]}),
        ({"id": 7, "tags": [], "path": [], "humanReadableInterval": "1 minute"}, {}),
    ],
)
def test_dialects(payload: dict[str, Any], stored: dict[str, Any]) -> None:
    assert read_added(payload) == stored


JSON_FIELDS = [
    "rabbitmqNodes", "kafkaProducerBrokers", "kafkaProducerSaslOptions", "conditions",
]  # fmt: skip


@pytest.mark.parametrize("name", JSON_FIELDS)
@pytest.mark.parametrize("value", ['["http://r"]', ["http://r"], "http://r", "", {}, {"a": [1]}, 5, None])
def test_what_is_json_is_read_back_as_it_was_written(name: str, value: Any) -> None:
    assert shown(sparse(read_added({name: value})), sensitive=True)[name] == value


class TestEdit:
    stored = {"name": "web", "type": "http", "port": 80, "interval": 60, "proxyId": 3, "weight": 5}

    def test_missing_keys_keep_their_value_null_clears(self) -> None:
        edited = read_edited({"id": 1, "interval": 61, "name": None}, self.stored)
        assert (edited["interval"], edited["name"], edited["type"], edited["port"]) == (61, None, "http", 80)

    def test_unknown_keys_are_ignored(self) -> None:
        assert "nonsense" not in read_edited({"nonsense": 1}, self.stored)

    def test_what_cannot_be_edited_is_not(self) -> None:
        edited = read_edited({"weight": 1, "active": False, "dns_last_result": "x"}, self.stored)
        assert edited["weight"] == 5
        assert "active" not in edited
        assert "dns_last_result" not in edited

    @pytest.mark.parametrize("sent", [{}, {"snmpV3Username": ""}, {"snmp_v3_username": None}])
    def test_a_text_that_is_never_shown_is_kept(self, sent: dict[str, Any]) -> None:
        stored = {**self.stored, "snmpV3Username": "reader"}
        assert read_edited(sent, stored)["snmpV3Username"] == "reader"
        assert read_edited({"snmpV3Username": "other"}, stored)["snmpV3Username"] == "other"
        assert "snmpV3Username" not in shown(stored, sensitive=True)

    def test_a_port_that_is_no_number_clears(self) -> None:
        assert read_edited({"port": "not a number"}, self.stored)["port"] is None

    @pytest.mark.parametrize("sent", [{}, {"proxyId": "3"}, {"proxyId": True}, {"proxyId": None}])
    def test_a_proxy_is_a_whole_number_or_none(self, sent: dict[str, Any]) -> None:
        assert read_edited(sent, self.stored)["proxyId"] is None
        assert read_edited({"proxyId": 4}, self.stored)["proxyId"] == 4


@pytest.mark.parametrize(
    ("links", "ids"),
    [
        ({"1": True, "2": False, "x": True}, [1]),
        ({1: True}, [1]),
        ([3, 1, True], [1, 3]),
        (["3"], [3]),
        ("1", [1]),
        (7, [7]),
        ({}, []),
        (None, None),
    ],
)
def test_linked_notifications(links: Any, ids: list[int] | None) -> None:
    assert linked_notifications({"notificationIDList": links}) == ids


def test_every_field_has_one_spelling_and_a_fitting_default() -> None:
    assert len(FIELDS) == 117  # six of them our own
    assert not set(ALIASES) & set(FIELDS)
    for field in FIELDS.values():
        assert not (field.required and field.default is None), field.name
        if field.kind is JsonKind.BOOL:
            assert isinstance(field.default, bool)


def test_shown_has_all_fields_and_hides_what_is_secret() -> None:
    document = {"name": "x", "basic_auth_pass": "secret", "manual_status": 1}
    full, public = shown(document, sensitive=True), shown(document, sensitive=False)
    assert full["basic_auth_pass"] == "secret"
    assert "manual_status" not in full
    assert not SENSITIVE & set(public)
    assert set(full) - set(public) == SENSITIVE


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from([*FIELDS, *ALIASES, "id", "tags"])


@given(st.dictionaries(KEYS, JSON, max_size=8))
def test_anything_is_stored_well_formed_or_refused_with_a_sentence(payload: dict[str, Any]) -> None:
    try:
        document = read_added(payload)
    except UserError as refusal:
        assert refusal.message
        return
    for name, value in document.items():
        kind = {
            JsonKind.TEXT: str, JsonKind.BOOL: bool, JsonKind.LIST: object, JsonKind.OBJECT: object,
            JsonKind.INT: int, JsonKind.NUMBER: (int, float),
        }[FIELDS[name].kind]  # fmt: skip
        assert value is None or isinstance(value, kind), name
        assert not (FIELDS[name].required and value is None), name
    assert {**DEFAULTS, **sparse(document)} == {**DEFAULTS, **document}
