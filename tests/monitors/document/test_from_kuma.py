from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.monitors.document.fields import FIELDS, column_name
from kuma_lite.monitors.document.from_kuma import read_row


def test_columns_become_fields() -> None:
    document, unread = read_row(
        {
            "id": 5,
            "name": "web",
            "user_id": 1,
            "retry_interval": 30,
            "upside_down": 1,
            "dns_resolve_type": "A",
            "mqtt_topic": "a/b",
            "push_token": None,
            "accepted_statuscodes_json": '["200-299","404"]',
            "snmp_v3_username": "u",
            "a_column_of_the_future": 1,
        }
    )
    assert document == {
        "name": "web",
        "retryInterval": 30,
        "upsideDown": True,
        "dns_resolve_type": "A",
        "mqttTopic": "a/b",
        "accepted_statuscodes": ["200-299", "404"],
        "snmpV3Username": "u",
    }
    assert unread == []


def test_every_field_has_a_column() -> None:
    columns = {column_name(name) for name in FIELDS} - {"accepted_statuscodes"}
    document, unread = read_row(dict.fromkeys(columns, None))
    assert unread == []
    assert all(value is None for value in document.values()), "only what may be null and is not by default"


@pytest.mark.parametrize(
    ("column", "value", "field", "read"),
    [
        ("interval", 0, "interval", 0),  # a form refuses it; there it has been running
        ("timeout", 48.0, "timeout", 48),
        ("timeout", 9.6, "timeout", 9.6),
        ("kafka_producer_ssl", "1", "kafkaProducerSsl", True),
        ("kafka_producer_brokers", '["a:1"]', "kafkaProducerBrokers", ["a:1"]),
        ("kafka_producer_sasl_options", '{"a":"b"}', "kafkaProducerSaslOptions", {"a": "b"}),
        ("rabbitmq_nodes", '"[\\"a\\"]"', "rabbitmqNodes", '["a"]'),  # written as the text of a list
        ("expiry_notification", 0, "expiryNotification", False),
        ("expected_value", 5, "expectedValue", "5"),
        ("port", "", "port", None),
        ("headers", "not JSON", "headers", "not JSON"),
    ],
)  # fmt: skip
def test_values(column: str, value: Any, field: str, read: Any) -> None:
    document, unread = read_row({column: value})
    assert document.get(field) == read
    assert unread == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("conditions", "{"),
        ("rabbitmq_nodes", "nodes"),
        ("accepted_statuscodes_json", "[200]"),
        ("kafka_producer_sasl_options", "[1,"),
    ],
)
def test_what_cannot_be_read_has_its_default(column: str, value: str) -> None:
    document, unread = read_row({"name": "m", column: value})
    assert document == {"name": "m"}
    assert unread == [column]
