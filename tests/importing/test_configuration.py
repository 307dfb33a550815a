from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.importing.configuration import completed, sound_parents
from kuma_lite.importing.gamedig import new_name
from kuma_lite.importing.report import Report
from kuma_lite.importing.tables import Owners


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"interval": 60, "timeout": 0}, {"timeout": 48}),
        ({"interval": 60}, {"timeout": 48, "retry_interval": 60}),
        ({"interval": 60, "timeout": 10, "retry_interval": 5}, {"timeout": 10, "retry_interval": 5}),
        ({"json_path": "$.a"}, {"json_path_operator": "=="}),
        ({"json_path": "$.a", "json_path_operator": "<"}, {"json_path_operator": "<"}),
        ({"basic_auth_user": "u"}, {"auth_method": "basic"}),
        ({"basic_auth_user": "u", "auth_method": "ntlm"}, {"auth_method": "ntlm"}),
        ({"type": "http"}, {"http_body_encoding": "json"}),
        ({"type": "http", "http_body_encoding": "xml"}, {"http_body_encoding": "xml"}),
        ({"type": "gamedig", "game": "tf2"}, {"game": "teamfortress2"}),
        ({"type": "steam", "game": "tf2"}, {"game": "tf2"}),
    ],
)
def test_what_later_versions_filled_in(row: dict[str, Any], expected: dict[str, Any]) -> None:
    full = completed(row, is_v1=True)
    assert {name: full[name] for name in expected} == expected


def test_games_have_their_new_names_in_uptime_kuma_2() -> None:
    assert completed({"type": "gamedig", "game": "as"}, is_v1=False)["game"] == "as"
    assert new_name("as") == "actionsource"
    assert new_name("minecraft") == "minecraft"


def test_a_row_is_not_changed() -> None:
    row = {"interval": 60}
    completed(row, is_v1=True)
    assert row == {"interval": 60}


def test_parents_that_make_no_sense() -> None:
    parents = {1: None, 2: 1, 3: 99, 4: 4, 5: 6, 6: 5}
    sound = sound_parents(parents)
    assert (sound[1], sound[2], sound[3], sound[4]) == (None, 1, None, None)
    assert sorted([sound[5] is None, sound[6] is None]) == [False, True], "one arrow of a circle goes"


@given(st.dictionaries(st.integers(1, 9), st.none() | st.integers(1, 12)))
def test_no_circle_is_left(parents: dict[int, int | None]) -> None:
    sound = sound_parents(parents)
    assert sound.keys() == parents.keys()
    for number, parent in sound.items():
        assert parent in (parents[number], None)
        steps, above = 0, parent
        while above is not None:
            above, steps = sound[above], steps + 1
            assert steps <= len(sound)


def test_owners() -> None:
    owners = Owners([{"id": 4}, {"id": 2}])
    assert [owners.of(user) for user in (4, 2, 7, None, "x")] == [4, 2, 2, 2, 2]


def test_a_report() -> None:
    report = Report()
    report.took("tags", 2)
    report.took("proxies", 0)
    assert report.lines() == ["Taken over:", "  tags: 2", "Nothing was left behind."]
    for number in range(7):
        report.leave("x{number}", "it is broken", number=number)
    report.remark("y{at}", "it is another one now", at=1234)
    assert report.lines()[2:] == [
        "To know:",
        "  y1,234: it is another one now",
        "Not taken:",
        "  x0, x1, x2, x3, x4 and 2 more: it is broken",
    ]
    assert Report.from_json(json.loads(json.dumps(report.as_json()))) == report
    assert report.for_page()["taken"] == [{"what": "tags", "count": 2}]
    assert report.for_page()["remarks"] == [
        {"why": "it is another one now", "what": [{"key": "y{at}", "arguments": {"at": 1234}}], "more": 0}
    ]
    assert report.for_page()["left"][0]["more"] == 2
    stored_before = {"taken": {}, "remarks": {}, "left": {"it is broken": ["a {cat}"]}}
    assert Report.from_json(stored_before).lines()[-1] == "  a {cat}: it is broken"
