"""Labels of containers: what they say (a table), and what is wrong with them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuma_lite.checks import monitor_types
from kuma_lite.docker_hosts.labels import Container, Labelled, read


def labelled(*containers: dict[str, str]) -> Labelled:
    found = [
        Container(f"id{number}", f"c{number}", "shop:1", labels) for number, labels in enumerate(containers)
    ]
    return read(found, "Box", lambda name: monitor_types().get(name) is not None)


GOOD: list[tuple[dict[str, str], dict[str, dict[str, Any]]]] = [
    ({"kuma.a.http.url": "http://x/", "other": "1", "kumax.a.http.url": "y"},
     {"a": {"name": "a", "type": "http", "url": "http://x/"}}),
    ({"kuma-lite.a.http.name": "A", "kuma.a.http.name": "B"}, {"a": {"name": "A", "type": "http"}}),
    ({"kuma.a.json_query.path": "x"}, {"a": {"name": "a", "type": "json-query", "path": "x"}}),
    ({"kuma.g.group.name": "G", "kuma.a.http.parent_name": "g"},
     {"g": {"name": "G", "type": "group"}, "a": {"name": "a", "type": "http", "parent": "g"}}),
    ({"kuma.a.docker.name": "{{container_name}} of {{ image }}"},
     {"a": {"name": "c0 of shop:1", "type": "docker", "container": "c0", "host": "Box"}}),
    ({"kuma.a.docker.docker_container": "x", "kuma.a.docker.docker_host_name": "y"},
     {"a": {"name": "a", "type": "docker", "container": "x", "host": "Box"}}),
    ({"kuma.a.http.tag_names": '[{"name": "team", "value": "blue"}]'},
     {"a": {"name": "a", "type": "http", "tags": [{"tag": "team", "value": "blue"}]}}),
    ({"kuma-lite.a.http.tags": "team=blue, old"},
     {"a": {"name": "a", "type": "http",
            "tags": [{"tag": "team", "value": "blue"}, {"tag": "old", "value": ""}]}}),
    ({"kuma.a.http.notification_name_list": '["On call"]', "kuma.a.http.accepted_statuscodes": '["200-299"]'},
     {"a": {"name": "a", "type": "http", "notifications": ["On call"], "accepted_statuscodes": ["200-299"]}}),
    ({"kuma.a.http.create_paused": "true"}, {"a": {"name": "a", "type": "http", "active": False}}),
]  # fmt: skip


@pytest.mark.parametrize(("labels", "monitors"), GOOD)
def test_what_labels_say(labels: dict[str, str], monitors: dict[str, Any]) -> None:
    found = labelled(labels)
    assert (found.monitors, found.problems) == (monitors, {})


BAD: list[tuple[dict[str, str], str, set[str]]] = [
    ({"kuma.a.moon.x": "1"}, "a: there is no type moon", {"a"}),
    ({"kuma.a.http": "1"}, "a label is written as in", set()),
    ({"kuma.a b.http.url": "1"}, "a label is written as in", set()),
    ({"kuma.a.http.url": "1", "kuma.a.ping.hostname": "1"}, "of two types", {"a"}),
    ({"kuma.__web": "1"}, "snippets", set()),
    ({"kuma.n.notification.name": "1"}, "only monitors and tags", set()),
    ({"kuma.g.moon.x": "1", "kuma.a.http.parent_name": "g"}, "there is no type moon", {"g", "a"}),
    ({"kuma.a.group.parent_name": "b", "kuma.b.group.parent_name": "a"}, "a group that is in it", {"a", "b"}),
]  # fmt: skip


@pytest.mark.parametrize(("labels", "problem", "faulty"), BAD)
def test_what_is_wrong_is_said_and_the_others_go_on(
    labels: dict[str, str], problem: str, faulty: set[str]
) -> None:
    found = labelled(labels, {"kuma.good.ping.hostname": "x"})
    assert list(found.monitors) == ["good"]
    assert problem in found.problems["c0"]
    assert found.faulty == faulty


def test_replicas_say_the_same() -> None:
    same = {"kuma.a.http.url": "http://x/"}
    assert labelled(same, same).problems == {}
    assert labelled(same, {"kuma.a.http.url": "http://y/"}).problems == {
        "c1": "a: c0 has another monitor of this id"
    }


def test_tags_have_colours() -> None:
    found = labelled({"kuma.team.tag.name": "Team", "kuma.team.tag.color": "#ff0000"})
    assert found.tags == {"Team": {"color": "#ff0000"}}


LABEL = st.builds(
    lambda prefix, words: prefix + ".".join(words),
    st.sampled_from(["kuma.", "kuma-lite.", ""]),
    st.lists(
        st.sampled_from(["a", "b", "http", "group", "tag", "parent_name", "tags", "name", "", "__x"]),
        max_size=4,
    ),
)


TEXTS = st.text(max_size=5) | st.sampled_from(["a", "b", "[1, {}]", "{{x}}"])


@given(st.lists(st.dictionaries(LABEL | st.text(max_size=5), TEXTS, max_size=5), max_size=3))
@settings(max_examples=60, deadline=None)
def test_any_labels_are_read(containers: list[dict[str, str]]) -> None:
    found = labelled(*containers)
    assert not found.monitors.keys() & found.faulty
