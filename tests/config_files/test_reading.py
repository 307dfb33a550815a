"""What people write, unfolded."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given as examples_of
from hypothesis import strategies as st

from kuma_lite.config_files.reading import Given, escaped, given
from kuma_lite.config_files.texts import parse, written
from kuma_lite.core.errors import UserError

FILES = {"pw": "s3cret\r\n", "empty": ""}


def read_file(name: str) -> str:
    if name not in FILES:
        raise FileNotFoundError(2, "No such file or directory")
    return FILES[name]


def read(text: str, **variables: str) -> Given:
    return given(parse(text, "k.yaml"), "k.yaml", variables, read_file)


def test_groups_and_defaults() -> None:
    found = read(
        """
        name: shop
        defaults:
          monitors: {interval: 30, notifications: [On call]}
          tags: {color: "#111111"}
        tags: {team: , other: {color: "#222222"}}
        monitors:
          Shop:
            type: group
            defaults: {type: http, interval: 60}
            monitors:
              Front: {url: https://a.example/}
              Inner:
                type: group
                monitors:
                  Deep: {interval: 90}
          Alone: {type: ping, notifications: []}
        """
    )
    assert found.name == "shop"
    assert found.documents["tags"] == {"team": {"color": "#111111"}, "other": {"color": "#222222"}}
    call = {"notifications": ["On call"]}
    assert found.documents["monitors"] == {
        "Shop": {"interval": 30, **call, "type": "group"},
        "Front": {"interval": 60, **call, "type": "http", "parent": "Shop", "url": "https://a.example/"},
        "Inner": {"interval": 60, **call, "type": "group", "parent": "Shop"},
        "Deep": {"interval": 90, **call, "type": "http", "parent": "Inner"},
        "Alone": {"interval": 30, "notifications": [], "type": "ping"},
    }
    assert found.origins["monitors", "Deep"] == ("monitors", "Shop", "monitors", "Inner", "monitors", "Deep")


def test_variables() -> None:
    text = 'proxies: {a: {password: "${file:pw}", host: "x-${env:HOST}-${env:HOST}", note: "$${env:HOST} $"}}'
    document = {"password": "s3cret", "host": "x-h-h", "note": "${env:HOST} $"}
    assert read(text, HOST="h").documents["proxies"]["a"] == document
    assert read('name: "a"\ntags: {b: {c: [{d: "${env:X}"}]}}', X="${env:Y}").documents["tags"]["b"] == {
        "c": [{"d": "${env:Y}"}]
    }


BAD = {
    "[]": "k.yaml:1:1: A configuration must be a mapping.",
    "name: ''": "k.yaml:1:1: The name must be a text of at most 200 characters.",
    "tags: 5": "k.yaml:1:1: “tags” must be a mapping.",
    "tags:\n  a: 5": "k.yaml:2:3: “a” must be a mapping.",
    "defaults: 1": "k.yaml:1:1: defaults must be a mapping.",
    "defaults: {tags: []}\ntags: {}": "k.yaml:1:12: defaults must be a mapping.",
    'tags:\n  a: {b: "${env:NONE}"}': "k.yaml:2:7: The variable NONE is not set.",
    'tags:\n  a: {b: "${file:none}"}': "k.yaml:2:7: The file none cannot be read: No such file or",
    'tags:\n  a: {b: "${what:x}"}': "k.yaml:2:7: Variables are ${env:NAME} and ${file:PATH}; $${ is",
    'tags:\n  a: {b: ["${}"]}': "k.yaml:2:11: Variables are",
    "monitors:\n  a: {}\n  g: {monitors: {a: {}}}": "k.yaml:3:18: “a” stands there twice.",
    "monitors:\n  g: {monitors: 1}": "k.yaml:2:7: “monitors” must be a mapping.",
}


@pytest.mark.parametrize("text", BAD)
def test_what_does_not_fit_is_told_with_its_place(text: str) -> None:
    with pytest.raises(UserError) as caught:
        read(text)
    assert caught.value.message.startswith(BAD[text])


TEXTS = st.text(alphabet="${}env:FILE a", max_size=12)


@examples_of(st.dictionaries(st.sampled_from(["a", "b"]), TEXTS | st.lists(TEXTS, max_size=2), max_size=2))
def test_what_is_escaped_is_no_variable(document: dict[str, Any]) -> None:
    text = written({"tags": {"t": escaped(document)}})
    assert read(text).documents["tags"]["t"] == document
