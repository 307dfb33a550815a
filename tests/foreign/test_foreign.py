"""Files of other programs: what becomes of them, and that nonsense is only refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuma_lite.config_files.texts import parse
from kuma_lite.core.errors import UserError
from kuma_lite.foreign import blackbox, gatus, healthchecks, kuma_backup, uptimerobot
from kuma_lite.foreign.gatus_conditions import Conditions
from kuma_lite.foreign.model import Converted
from kuma_lite.foreign.recognise import as_file, convert
from kuma_lite.foreign.values import host_and_port, seconds

DATA = Path(__file__).parent / "data"


def converted(name: str, modules: str | None = None) -> Converted:
    return convert((DATA / name).read_text(), name, (DATA / modules).read_text() if modules else None)


# File → whose it is; name of a monitor → some of its fields; parts of what was left out, in order.
FILES: dict[str, tuple[str, dict[str, dict[str, Any]], list[str]]] = {
    "gatus.yaml": (
        gatus.NAME,
        {
            "Shop": {"type": "group"},
            "Front page": {
                "type": "http", "parent": "Shop", "interval": 30, "accepted": ["200", "204"], "timeout": 0.8,
                "ignore_tls": True, "expiry_notification": True, "notifications": ["Gatus slack"],
                "max_retries": 1,
            },
            "Health": {
                "type": "json-query", "path": "status", "operator": "==", "expected": "UP", "method": "POST",
                "accepted": ["100-299"], "headers": '{"X-Shop": "one"}', "body": '{"deep": true}',
            },
            "Words": {"type": "keyword", "keyword": "Imprint", "invert_keyword": False, "active": False},
            "Name": {"type": "dns", "hostname": "shop.example", "server": "1.1.1.1", "record_type": "A"},
            "Database": {"type": "port", "hostname": "db.shop.example", "port": 5432},
            "Mail": {"type": "tls", "port": 587, "protocol": "smtp", "minimum_days": "2"},
            "Router": {"type": "ping", "hostname": "192.0.2.1"},
            "Nightly": {"type": "push", "interval": 90_000, "max_retries": 2, "parent": "Jobs"},
        },
        ["click", "carrier-pigeon", "carrier-pigeon", "CERTIFICATE", "len([BODY]", "sctp", "send-on-resolved",
         "token", "Whenever", "storage", "suites"],
    ),
    "prometheus.yml": (
        blackbox.NAME,
        {
            "web": {"type": "group"},
            "https://shop.example/": {
                "type": "keyword", "parent": "web", "interval": 30, "accepted": ["200", "301"],
                "max_redirects": 0, "basic_user": "probe", "keyword": "Welcome", "timeout": 7.0,
                "tags": [{"tag": "team", "value": "blue"}],
            },
            "shop.example/about": {"url": "http://shop.example/about"},
            "db.shop.example:5432": {"type": "port", "port": 5432, "interval": 120},
            "192.0.2.1": {"type": "ping"},
            "192.0.2.53": {"type": "dns", "hostname": "shop.example", "record_type": "SOA"},
        },
        ["node", "fail_if_not_ssl", "^x.*y$", "no-port", "file_sd_configs", "valid_rcodes", "nobody"],
    ),
    "healthchecks.json": (
        healthchecks.NAME,
        {
            "Backup": {
                "type": "push", "interval": 86_400, "max_retries": 1, "retry_interval": 3600,
                "token": "0d3b7f578f344f439a533a1d2f7a9a11", "description": "Nightly dump",
                "tags": [{"tag": "prod", "value": ""}, {"tag": "db", "value": ""}],
            },
            "Paused": {"active": False, "interval": 600},
        },
        ["channels", "15 5 * * *", "ping URLs"],
    ),
    "healthchecks.csv": (healthchecks.NAME, {"Backup": {"interval": 86_400}}, ["15 5", "ping URLs"]),
    "uptimerobot.json": (
        uptimerobot.NAME,
        {
            "Shop": {"type": "http", "interval": 300, "basic_user": "probe", "basic_pass": "pass-word"},
            "Sold out": {"type": "keyword", "keyword": "sold out", "invert_keyword": True},
            "Router": {"type": "ping", "active": False},
            "Mail": {"type": "port", "port": 25},
            "Job": {"type": "push", "interval": 3600},
        },
        ["alertcontacts", "type 99", "heartbeat"],
    ),
    "uptimerobot.csv": (
        uptimerobot.NAME,
        {
            "Shop": {"type": "http"},
            "Welcome": {"keyword": "Welcome", "invert_keyword": False},
            "Database": {"type": "port", "port": 5432, "active": False},
        },
        [],
    ),
    "kuma-backup.json": (
        kuma_backup.NAME,
        {
            "Shop": {"type": "group"},
            "Front": {
                "type": "http", "parent": "Shop", "ignore_tls": True, "accepted": ["200-299", "401"],
                "notifications": ["Hook"], "max_retries": 3, "tags": [{"tag": "team", "value": "blue"}],
            },
        },
        ["Broken", "proxy.example", "moon-phase", "proxy"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_what_becomes_of_a_file(name: str) -> None:
    source, monitors, left_out = FILES[name]
    found = converted(name, "blackbox.yml" if name == "prometheus.yml" else None)
    assert found.source == source
    there = found.documents["monitors"]
    assert {key for key, one in there.items() if one.get("type") != "group"} == {
        key for key, one in monitors.items() if one.get("type") != "group"
    }
    for key, fields in monitors.items():
        assert {field: there[key].get(field) for field in fields} == fields, key
    assert len(found.left_out) == len(left_out), [*map(str, found.left_out)]
    for part, one in zip(left_out, found.left_out, strict=True):
        assert part in str(one)
    assert parse(as_file(found, name), "x.yaml").value["name"] == name


def test_the_channels_of_gatus() -> None:
    found = converted("gatus.yaml").documents
    assert found["notifications"]["Gatus slack"]["webhook"] == "${env:SLACK_URL}"
    assert found["notifications"]["Gatus email"]["password"] == "a$b"
    assert found["maintenance"]["Gatus"]["weekdays"] == [0, 1]
    assert found["maintenance"]["Gatus"]["time_range"][1] == {"hours": 1, "minutes": 0, "seconds": 0}


# Type of the endpoint, condition → type and options, or why it has no equal.
CONDITIONS: list[tuple[str, str, tuple[str, dict[str, Any]] | str]] = [
    ("http", "[STATUS] == 200", ("http", {"accepted": ["200"]})),
    ("http", "[STATUS] != 404", ("http", {"accepted": ["100-403", "405-599"]})),
    ("http", "[STATUS] >= 500", ("http", {"accepted": ["500-599"]})),
    ("http", "[STATUS] > 599", "no status fits"),
    ("http", "[STATUS] == ok", "not readable"),
    ("port", "[STATUS] == 200", "only HTTP"),
    ("http", "[BODY] == pat(*a b*)", ("keyword", {"keyword": "a b", "invert_keyword": False})),
    ("http", "[BODY] != pat(*x*)", ("keyword", {"keyword": "x", "invert_keyword": True})),
    ("http", "[BODY] == pat(*a*b*)", "pat(*text*)"),
    ("http", "[BODY] == pat(a*)", "pat(*text*)"),
    ("http", "[BODY].a.b >= 5", ("json-query", {"path": "a.b", "operator": ">=", "expected": "5"})),
    ("http", "[BODY][0].id == 1", ("json-query", {"path": "$[0].id", "operator": "==", "expected": "1"})),
    ("http", "[BODY].a[1] == ${x}", ("json-query", {"path": "a[1]", "operator": "==", "expected": "$${x}"})),
    ("http", "has([BODY].errors) == false",
     ("json-query", {"path": "$exists(errors)", "operator": "==", "expected": "false"})),
    ("http", "[BODY].a-b == 1", "no such condition"),
    ("http", "len([BODY].a) == 1", "$count"),
    ("http", "[IP] == 127.0.0.1", "no such condition"),
    ("http", "[DOMAIN_EXPIRATION] > 720h", "domain"),
    ("http", "[CONNECTED] == true", ("http", {})),
    ("http", "[CONNECTED] == false", "no such condition"),
    ("tls", "[CERTIFICATE_EXPIRATION] > 240h", ("tls", {"minimum_days": "10"})),
    ("http", "[CERTIFICATE_EXPIRATION] < 240h", "lower limits"),
    ("http", "[RESPONSE_TIME] > 240", "upper limits"),
    ("http", "nonsense", "not readable"),
    ("http", "a == b", "not known"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "condition", "expected"), CONDITIONS)
def test_conditions_of_gatus(kind: str, condition: str, expected: tuple[str, dict[str, Any]] | str) -> None:
    found = Conditions(kind)
    found.take(condition)
    found.finish()
    if isinstance(expected, str):
        assert [expected in reason for _, reason in found.left_out] == [True]
        assert found.type == kind
    else:
        assert (found.type, found.options) == expected
        assert not found.left_out


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("1m30s", 90),
        ("500ms", 0.5),
        ("24h", 86_400),
        ("7", None),
        (7, 7),
        ("", None),
        ("1x", None),
        (True, None),
    ],
)
def test_durations(text: Any, length: float | None) -> None:
    assert seconds(text) == length


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a:1", ("a", 1)),
        ("[::1]:2", ("::1", 2)),
        ("::1", ("::1", None)),
        ("a", ("a", None)),
        ("a:x", ("a:x", None)),
    ],
)
def test_hosts(text: str, found: tuple[str, int | None]) -> None:
    assert host_and_port(text) == found


REFUSED = {
    "": "nothing that can be taken over",
    "a: [": ":",
    "{": ":",
    "monitors: {Shop: {type: http}}": "kuma-lite apply",
    "modules: {x: {prober: http}}": "and this with it",
    "a,b\n1,2": "nothing that can be taken over",
    "[1, 2]": "nothing that can be taken over",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_file_of_theirs(text: str) -> None:
    with pytest.raises(UserError) as refused:
        convert(text, "x")
    assert REFUSED[text] in refused.value.message


# --- nonsense ----------------------------------------------------------------------------------------------

PLAIN = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
WORDS = st.sampled_from(
    ["name", "url", "type", "http://x", "tcp://x:1", "dns", "1m", "${A}", "$", "group", "slack", "1",
     "2", "/probe", "http_2xx", "icmp", "http", "00:00",
     "[STATUS] == 200", "[BODY] == pat(*x*)", "15 5 * * *"]
)  # fmt: skip
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | PLAIN | WORDS
KEYS = PLAIN | st.sampled_from(
    ["name", "group", "url", "conditions", "alerts", "type", "dns", "query-name", "client", "timeout",
     "heartbeat", "interval", "endpoints", "external-endpoints", "alerting", "slack", "maintenance",
     "start", "duration", "every", "scrape_configs", "metrics_path", "params", "module",
     "static_configs", "targets", "labels", "modules", "prober", "http", "headers", "checks", "grace",
     "ping_url", "tags", "monitors", "friendly_name", "keyword_value", "monitorList", "notificationList",
     "config", "id", "parent", "notificationIDList"]
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=25,
)
ROOTS = st.dictionaries(KEYS, VALUES, max_size=6)
READERS = [gatus.convert, blackbox.convert, healthchecks.convert, uptimerobot.convert, kuma_backup.convert]


@pytest.mark.parametrize("reader", READERS)
@given(root=ROOTS, entries=st.lists(ROOTS, max_size=3))
@settings(max_examples=150, deadline=None)
def test_nonsense_is_converted_to_something(reader: Any, root: dict[str, Any], entries: list[Any]) -> None:
    for key in ("endpoints", "external-endpoints", "scrape_configs", "checks", "monitors", "monitorList"):
        found = reader({**root, key: entries})
        parse(as_file(found, "x"), "x.yaml")
        assert all(str(one) for one in found.left_out)


@given(value=VALUES)
@settings(max_examples=150, deadline=None)
def test_any_json_is_converted_or_refused(value: Any) -> None:
    try:
        convert(json.dumps(value), "x")
    except UserError as error:
        assert error.message


@given(text=PLAIN | st.text(st.sampled_from("name,timeout,grace;\n\"'\0\r"), max_size=60))
def test_any_text_is_converted_or_refused(text: str) -> None:
    try:
        convert(text, "x")
    except UserError as error:
        assert error.message
