from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.servers.samples.reading import (
    MAX_ERRORS,
    NAMELESS,
    Report,
    Unprocessable,
    are_two_hosts,
    put_in_time,
    read_report,
)
from tests.servers.reports import ATTRIBUTES, report

NOW = 1_700_000_000_000
STAMP = "2023-11-14T22:13:20Z"
OLDEST = NOW - 7 * 86_400_000


def read(body: bytes) -> Report:
    found = read_report(body)
    put_in_time(found, 0, NOW, OLDEST)
    return found


def one(**sample: Any) -> Report:
    entry = {"metric": "cpu_used", "value": 5, "timestamp": STAMP, **sample}
    return read(report(None, document={"metrics": [entry]}))


def test_a_report_of_the_public_agent() -> None:
    found = read(
        report(
            STAMP, cpu_used=5, mem_used_b=6, disk_used_b=7, net_sent_b=8, net_recv_b=9, pkt_sent=1, pkt_recv=2
        )
    )
    assert (found.motherboard_id, found.agent_version, len(found.samples)) == ("MB-1", "0.9.2", 7)
    assert found.samples[0] == ("cpu_used", NOW, 5)
    assert found.answer() == {
        "success_count": 7,
        "failure_count": 0,
        "message": "All metrics were successfully created",
    }


@pytest.mark.parametrize(
    ("sample", "sentence"),
    [
        ({"metric": "cpu_temperature"}, "Invalid metric name: cpu_temperature"),
        ({"metric": None}, "Invalid metric name: None"),
        ({"metric": "cpu_used[a]"}, "Invalid metric name: cpu_used[a]"),
        ({"metric": "disk_used_b[]"}, "Invalid metric name: disk_used_b[]"),
        ({"metric": "disk_used_b[\n]"}, "Invalid metric name: disk_used_b[\n]"),
        ({"metric": f"disk_used_b[{'x' * 200}]"}, f"Invalid metric name: disk_used_b[{'x' * 52}"),
        ({"value": "5"}, "cpu_used: value must be a number"),
        ({"value": None}, "cpu_used: value must be a number"),
        ({"value": True}, "cpu_used: value must be a number"),
        ({"value": float("nan")}, "cpu_used: value must be a finite number"),
        ({"value": float("inf")}, "cpu_used: value must be a finite number"),
        ({"value": 1e300}, "cpu_used: value is too large"),
        ({"value": 10**400}, "cpu_used: value is too large"),
        ({"value": -1}, "cpu_used: value must not be negative"),
        ({"timestamp": "yesterday"}, "Invalid date format"),
        ({"timestamp": None}, "Invalid date format"),
        ({"timestamp": 1700000000}, "Invalid date format"),
        ({"timestamp": "0001-01-01T00:00:00+14:00"}, "The timestamp is older than samples are kept"),
        (
            {"timestamp": "2023-11-15T01:13:20Z"},
            "The timestamp is 180 minutes in the future; set the clock of the host",
        ),
        ({"timestamp": "2023-10-01T00:00:00Z"}, "The timestamp is older than samples are kept"),
    ],
)  # fmt: skip
def test_a_bad_sample_is_a_failure_with_its_sentence(sample: dict[str, Any], sentence: str) -> None:
    found = one(**sample)
    assert found.samples == []
    assert found.answer() == {
        "success_count": 0,
        "failure_count": 1,
        "message": "No metrics were created",
        "errors": [sentence],
    }


def test_bad_samples_do_not_spoil_good_ones() -> None:
    found = read(report(STAMP, cpu_used=5, bogus=1, mem_used_b=-4))
    assert found.answer() == {
        "success_count": 1,
        "failure_count": 2,
        "message": "Some metrics could not be created",
        "errors": ["Invalid metric name: bogus", "mem_used_b: value must not be negative"],
    }


def test_sentences_are_said_once_and_not_without_end() -> None:
    entries = [{"metric": f"m{number}", "value": 1, "timestamp": STAMP} for number in range(1000)] + [17]
    found = read(report(None, document={"metrics": entries}))
    assert (found.failures, len(found.errors)) == (1001, MAX_ERRORS)


@pytest.mark.parametrize(
    ("stamp", "offset"),
    [
        ("2023-11-14T22:13:20Z", 0),
        ("2023-11-14T22:13:20", 0),
        ("2023-11-14T23:13:20+01:00", 0),
        ("2023-11-14T22:13:20.123456789Z", 123),
    ],
)
def test_dates(stamp: str, offset: int) -> None:
    assert one(timestamp=stamp).samples[0].time == NOW + offset


@pytest.mark.parametrize(
    ("document", "errors"),
    [
        ({"attributes": {}}, ["motherboard_id is required"]),
        ({"attributes": {"motherboard_id": "unknown"}}, [NAMELESS]),
        ({"attributes": {"motherboard_id": "  "}}, [NAMELESS]),
        ({"attributes": {"motherboard_id": 5}}, ["motherboard_id is required"]),
        ({"attributes": {"motherboard_id": "x" * 257}}, ["motherboard_id is longer than 256 characters"]),
        ({"attributes": []}, ["attributes must be an object"]),
        ({"agent_version": 5}, ["agent_version is required"]),
        ({"agent_version": None, "metrics": None}, ["agent_version is required", "metrics must be an array"]),
        ({"metrics": {}}, ["metrics must be an array"]),
    ],
)
def test_a_report_of_nobody_is_refused(document: dict[str, Any], errors: list[str]) -> None:
    with pytest.raises(Unprocessable) as caught:
        read(report(STAMP, document=document))
    assert caught.value.errors == errors


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"5", b"\xff\xfe", b'{"a":' * 5000, b"[" * 100_000])
def test_what_is_no_report(body: bytes) -> None:
    with pytest.raises(Unprocessable):
        read(body)


def test_attributes_are_taken_as_far_as_they_are_known() -> None:
    odd = {
        "motherboard_id": " MB ",
        "hostname": "unknown",
        "cpu_cores": "8",
        "uptime": -5,
        "memory_total_bytes": True,
        "disk_total_bytes": 1e30,
        "cpu_model": "x" * 500,
        "other": 1,
    }
    found = read(report(STAMP, document={"attributes": odd}))
    assert found.motherboard_id == "MB"
    assert found.attributes == {"cpu_cores": 8, "cpu_model": "x" * 256}


def test_lists_of_containers_are_cut() -> None:
    rows: list[Any] = [{"name": "db", "cpu": 5.5, "memory": 100, "env": "secret"}, 5] + [{"name": 3}] * 50
    found = read(report(STAMP, document={"containers": rows, "processes": "no"}))
    assert set(found.snapshot) == {"containers"}
    assert found.snapshot["containers"][0] == {"name": "db", "cpu": 5.5, "memory": 100}
    assert len(found.snapshot["containers"]) < 20
    box = {"name": "db", "cpu": 1, "memory": 2, "image": "db:9", "status": "Up"}
    found = read(report(STAMP, document={"containers": [box], "gpus": [{"name": "L4", "load": 7}]}))
    assert found.snapshot["containers"] == [box]
    assert found.snapshot["gpus"][0]["load"] == 7 and found.snapshot["gpus"][0]["memory"] is None


HALF, SIGN = "\ud800", "\ufffd"


def test_half_a_surrogate_pair_becomes_the_sign_for_what_is_no_character() -> None:
    found = read(
        report(
            STAMP,
            {"motherboard_id": f"MB{HALF}", "hostname": f"web\udfff{HALF}"},
            {"agent_version": f"1{HALF}", "processes": [{"name": HALF}], "containers": [{"name": HALF}]},
            cpu_used=5,
            **{f"disk_used_b[{HALF}]": 6},
        )
    )
    assert (found.motherboard_id, found.agent_version) == (f"MB{SIGN}", f"1{SIGN}")
    assert found.attributes["hostname"] == f"web{SIGN}{SIGN}"
    assert [found.snapshot[kind][0]["name"] for kind in ("processes", "containers")] == [SIGN, SIGN]
    assert [sample.name for sample in found.samples] == ["cpu_used"]
    assert found.answer()["errors"] == [f"Invalid metric name: disk_used_b[{SIGN}]"]


@pytest.mark.parametrize("text", [b"\xff\xfe", b"\xed\xa0\x80"])
@pytest.mark.parametrize("value", [1, float("nan")])  # the faster decoder takes no NaN
def test_what_is_not_utf_8_is_no_json(text: bytes, value: float) -> None:
    with pytest.raises(Unprocessable) as caught:
        read(report(STAMP, {"hostname": "HOST"}, cpu_used=value).replace(b"HOST", text))
    assert caught.value.errors == ["The body is not valid JSON"]


def test_a_byte_order_mark_does_no_harm() -> None:
    assert read(b"\xef\xbb\xbf" + report(STAMP, cpu_used=5)).samples


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(anything, anything, anything, st.sampled_from(["cpu_used", "net_recv_b", "disk_used_b[/]", "x"]))
def test_nothing_breaks_it(attributes: Any, value: Any, stamp: Any, name: str) -> None:
    document = {
        "agent_version": "1",
        "attributes": {**ATTRIBUTES, "x": attributes, "hostname": attributes, "cpu_cores": value},
        "metrics": [{"metric": name, "value": value, "timestamp": stamp}, value],
        "containers": [attributes],
        "sent_at": stamp,
    }
    found = read(json.dumps(document).encode())
    assert len(found.samples) + found.failures == 2


@pytest.mark.parametrize(
    ("now", "seconds", "two"),
    [
        ({"hostname": "b", "mac_address": "2"}, 60, True),
        ({"hostname": "b", "mac_address": "2"}, 600, False),  # another board was put in
        ({"hostname": "b", "mac_address": "1"}, 60, False),  # renamed
        ({"hostname": "a", "mac_address": "2"}, 60, False),  # another card
        ({"hostname": "b"}, 60, False),
        ({}, 60, False),
    ],
)
def test_two_hosts(now: dict[str, Any], seconds: int, two: bool) -> None:
    assert are_two_hosts({"hostname": "a", "mac_address": "1"}, NOW, now, NOW + seconds * 1000) is two


leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["unknown", "1e400", "nan", "-1", STAMP, "0001-01-01T00:00:00+14:00", 10**400])
)
things = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner)
)
samples = st.fixed_dictionaries(
    {},
    optional={
        "metric": st.sampled_from(["cpu_used", "disk_used_b[/x]", "disk_used_b[", "net_recv_b", ""]) | things,
        "value": things,
        "timestamp": st.sampled_from([STAMP, "2023-11-14T22:13:20.5+01:00"]) | things,
    },
)
reports = st.fixed_dictionaries(
    {},
    optional={
        "agent_version": st.just("1") | things,
        "attributes": st.dictionaries(st.sampled_from([*ATTRIBUTES, "uptime"]), things) | things,
        "metrics": st.lists(samples | things, max_size=5) | things,
        "processes": things,
        "containers": st.lists(st.dictionaries(st.sampled_from(["name", "cpu", "pid"]), things), max_size=3),
        "sent_at": things,
    },
)


@given(reports | things)
def test_whatever_comes_is_a_report_or_refused_with_sentences(document: Any) -> None:
    try:
        found = read(json.dumps(document).encode())
    except Unprocessable as refusal:
        assert refusal.errors and all(isinstance(sentence, str) for sentence in refusal.errors)
        return
    assert len(found.samples) + found.failures == len(document["metrics"])
    assert bool(found.failures) == bool(found.errors)
    assert all(OLDEST <= time <= NOW + 10 * 60_000 and abs(value) <= 1e18 for _, time, value in found.samples)
    json.dumps([found.attributes, found.snapshot, found.answer()], allow_nan=False)


@pytest.mark.parametrize("version", ["", "  ", "unknown"])
def test_an_agent_may_have_been_built_without_a_version(version: str) -> None:
    assert read(report(STAMP, document={"agent_version": version})).agent_version == "unknown"
