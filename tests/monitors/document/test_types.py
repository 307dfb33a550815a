"""What is known of types, checked and unchecked ones."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks import monitor_types
from kuma_lite.core.declarations import AnyMonitorType
from kuma_lite.core.targets import Target
from kuma_lite.monitors.document.fields import SENSITIVE
from kuma_lite.monitors.document.targets import target_of
from kuma_lite.monitors.document.type_list import monitor_type_list

LISTED = """
    real-browser tailscale-ping websocket-upgrade dns postgres mqtt smtp group snmp grpc-keyword mongodb
    rabbitmq sip-options gamedig steam port manual globalping redis pm2 system-service sqlserver mysql
    oracledb ntp
"""


def test_the_type_list_is_that_of_the_original() -> None:
    listed = monitor_type_list()
    assert set(listed) == set(LISTED.split())
    assert {
        name: [item["id"] for item in listed[name]["conditionVariables"]] for name in ("dns", "mqtt")
    } == {
        "dns": ["record"],
        "mqtt": ["topic", "message", "json_value"],
    }
    assert {name for name in listed if listed[name]["supportsConditions"]} >= {"dns", "mqtt", "mysql"}
    assert not listed["group"]["supportsConditions"]


@pytest.mark.parametrize(
    ("document", "target", "address", "hostname"),
    [
        ({"type": "http", "url": "https://a.b:8/c"}, Target(url="https://a.b:8/c"), "https://a.b:8/c", "a.b"),
        ({"type": "keyword", "url": "https://"}, Target(url="https://"), "", ""),
        ({"type": "json-query"}, Target(), "", ""),
        ({"type": "http", "url": "http://[::"}, Target(url="http://[::"), "http://[::", ""),
        ({"type": "http", "url": "a.b/c"}, Target(url="a.b/c"), "a.b/c", ""),
        ({"type": "http", "url": 5}, Target(), "", ""),
        ({"type": "websocket-upgrade", "url": "wss://a.b"}, Target(url="wss://a.b"), "wss://a.b", "a.b"),
        ({"type": "port", "hostname": "a.b", "port": 25}, Target("a.b", 25), "a.b:25", "a.b"),
        ({"type": "port", "hostname": "a.b", "port": None}, Target("a.b"), "a.b", "a.b"),
        ({"type": "port", "hostname": "a.b", "port": "x"}, Target("a.b"), "a.b", "a.b"),
        ({"type": "ping", "hostname": "::1", "port": 25}, Target("::1"), "::1", "::1"),
        ({"type": "dns", "hostname": "a.b", "port": 53}, Target("a.b"), "a.b", "a.b"),
        ({"type": "push", "pushToken": "x"}, Target(name="Heartbeat"), "Heartbeat", ""),
        # Forms leave it behind when the type is changed; it is not what these look at.
        ({"type": "port", "hostname": "a.b", "port": 1, "url": "https://"}, Target("a.b", 1), "a.b:1", "a.b"),
        (
            {"type": "http", "hostname": "x", "url": "http://a.b"},
            Target(url="http://a.b"),
            "http://a.b",
            "a.b",
        ),
        ({"type": "smtp", "hostname": "a.b", "port": 25}, Target("a.b", 25), "a.b:25", "a.b"),
        ({"type": "grpc-keyword", "grpcUrl": "a.b:50"}, Target("a.b", 50), "a.b:50", "a.b"),
    ],
)
def test_targets(document: dict[str, Any], target: Target, address: str, hostname: str) -> None:
    found = target_of(document)
    assert found == target
    assert (found.address, found.hostname) == (address, hostname)


@pytest.mark.parametrize(
    "kind", ["group", "manual", "docker", "redis", "rabbitmq", "mysql", "x", "", None, ["http"]]
)
def test_types_that_point_at_nothing(kind: Any) -> None:
    document = {"type": kind, "url": "https://a.b", "databaseConnectionString": "redis://a.b"}
    assert target_of(document) is None


VALUE = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.text(max_size=3))


@pytest.mark.parametrize("kind", list(monitor_types()), ids=lambda kind: kind.name)
@given(data=st.data())
def test_any_document_has_a_target_or_none(kind: AnyMonitorType, data: Any) -> None:
    keys = st.sampled_from([*kind.options.words(), "unknown"])
    document = data.draw(st.dictionaries(keys, VALUE, max_size=4))
    target = target_of({**document, "type": kind.name})
    for key in ("url", "hostname"):
        # The one is asked from elsewhere, the other reads a host out of a broker's address.
        if key in kind.options.words() and kind.name not in ("globalping", "mqtt"):
            wanted = document.get(key)
            assert target is not None
            assert (target.url or target.host) == (wanted if isinstance(wanted, str) else "")


@pytest.mark.parametrize("kind", list(monitor_types()), ids=lambda kind: kind.name)
def test_secrets_are_kept_from_notifications_and_visitors(kind: AnyMonitorType) -> None:
    secrets = {key for key, (_, words) in kind.options.words().items() if words.secret}
    assert secrets <= SENSITIVE
