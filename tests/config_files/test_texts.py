"""YAML and TOML, and where in them something stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.config_files.texts import parse, written
from kuma_lite.config_files.toml_places import Place
from kuma_lite.core.errors import UserError

SCALARS: list[tuple[str, Any]] = [
    ("no", "no"), ("yes", "yes"), ("on", "on"), ("Off", "Off"), ("true", True), ("False", False),
    ("~", None), ("null", None), ("", None), ("12", 12), ("-3", -3), ("012", 12), ("1_000", "1_000"),
    ("12:30", "12:30"), ("0x1f", "0x1f"), ("1.5", 1.5), (".5", 0.5), ("1e3", 1000.0), ("1.2.3", "1.2.3"),
    ("2026-01-01", "2026-01-01"), ("=", "="), ("'12'", "12"), ('"no"', "no"), (".inf", ".inf"), ("<<", "<<"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), SCALARS)
def test_scalars_are_what_they_look_like(text: str, value: Any) -> None:
    found = parse(f"a: {text}\n", "x.yaml").value["a"]
    assert (found, type(found)) == (value, type(value))


def test_places() -> None:
    parsed = parse(
        "monitors:\n  Shop:\n    url: x\n    tags:\n      - tag: a\n  404: {type: http}\n", "x.yaml"
    )
    assert parsed.value == {
        "monitors": {"Shop": {"url": "x", "tags": [{"tag": "a"}]}, "404": {"type": "http"}}
    }
    assert parsed.place(("monitors", "Shop", "url")) == Place(3, 5)
    assert parsed.place(("monitors", "Shop", "tags", 0)) == Place(5, 9)
    assert parsed.place(("monitors", "Shop", "none")) == Place(2, 3)
    assert parsed.place(("monitors", "404", "type")) == Place(6, 9)
    assert parsed.place(("nothing",)) == Place(1, 1)


def test_toml_and_nothing() -> None:
    assert parse('[monitors."Shop 1"]\nurl = "x"\n', "x.TOML").value == {"monitors": {"Shop 1": {"url": "x"}}}
    assert parse("", "x.yaml").value == parse("# nothing\n", "x.yaml").value == {}


TOML = r"""name = "x" # "=" [
[monitors."Shop \"1\""]
url = '''a = 1
[b]'''
tags = [ # of it
  {tag = "a", value = "x,]}"},
  { tag = 'b' } ]
notes.deep = 1979-05-27 07:32:00
[monitors . 404]
type="http"
[[groups]]
n = 1
[[groups.inner]]
m = -2.5
[[groups]]
n = [[1, 2], []]
"""


def test_places_of_toml() -> None:
    for text in (TOML, TOML.replace("\n", "\r\n")):
        parsed = parse(text, "x.toml")
        for path, place in {
            ("monitors", 'Shop "1"', "url"): (3, 1),
            ("monitors", 'Shop "1"', "tags", 0, "value"): (6, 15),
            ("monitors", 'Shop "1"', "tags", 1): (7, 3),
            ("monitors", 'Shop "1"', "notes", "deep"): (8, 7),
            ("monitors", 'Shop "1"', "none"): (2, 11),
            ("monitors", "404", "type"): (10, 1),
            ("groups", 0, "n"): (12, 1),
            ("groups", 0, "inner", 0, "m"): (14, 1),
            ("groups", 1, "n"): (16, 1),
            ("groups", 1, "n", 0, 1): (16, 10),
            ("nothing",): (1, 1),
        }.items():
            assert parsed.place(path) == Place(*place), path


# JSON writes what lies beyond the first plane in two halves.
TEXTS = st.text(st.characters(max_codepoint=0xD7FF), max_size=6)
VALUES = st.recursive(
    st.integers(-9, 9) | st.booleans() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


def quoted(text: str) -> str:
    return json.dumps(text).replace("\x7f", "\\u007f")


def as_toml(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{quoted(key)} = {as_toml(item)}' for key, item in value.items())} }}"
    if isinstance(value, list):
        return f"[\n{','.join(map(as_toml, value))} # ]\n]"
    return quoted(value) if isinstance(value, str) else json.dumps(value)


def paths_of(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from paths_of(item, (*path, key))


@given(st.dictionaries(TEXTS, st.dictionaries(TEXTS, VALUES, max_size=3), max_size=3))
def test_everything_in_toml_has_its_place(value: dict[str, Any]) -> None:
    text = "".join(
        f"[{quoted(table)}] # x\n"
        + "".join(f"{quoted(key)} = {as_toml(item)}\n" for key, item in entries.items())
        for table, entries in value.items()
    )
    parsed = parse(text, "x.toml")
    assert parsed.value == value
    assert set(paths_of(value)) == parsed.places.keys()
    lines = text.split("\n")
    for path, place in parsed.places.items():
        if path and isinstance(path[-1], str):
            assert lines[place.line - 1][place.column - 1 :].startswith(quoted(path[-1])), (path, place)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('a = "x\n', "x.toml:1:7: "),
        ("a = 1\na = 2\n", "x.toml:"),
        ("a = " + "[" * 100_000, "x.toml: it is too deep"),
        ("a = 1\nb =\n", "x.toml:2:4: Invalid value"),
    ],
)
def test_toml_that_is_none(text: str, sentence: str) -> None:
    with pytest.raises(UserError) as caught:
        parse(text, "x.toml")
    assert caught.value.message.startswith(sentence)


BAD = {
    "a: 1\nb: [": "x.yaml:3:1: ",
    "a: 1\na: 2": "x.yaml:2:1: “a” stands there twice",
    "? [a]\n: 1": "x.yaml:1:3: a key must be a text",
    "a: !!python/object:os.system x": "x.yaml:1:4: the tag",
    "a: !!binary aGk=": "x.yaml:1:4: the tag",
    "a: &a\n  b: *a": "x.yaml:1:4: it holds itself",
    "a: *b": "x.yaml:1:4: ",
    "\x00": "x.yaml: ",
    "a: 1\n---\nb: 2": "x.yaml:2:1: ",
}


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_yaml_is_told_with_its_place(text: str) -> None:
    with pytest.raises(UserError) as caught:
        parse(text, "x.yaml")
    assert caught.value.message.startswith(BAD[text])


def test_aliases_of_aliases_end() -> None:
    lines = ["a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    with pytest.raises(UserError, match="too many values"):
        parse("\n".join(lines), "x.yaml")


def test_deep_ones_are_refused() -> None:
    with pytest.raises(UserError, match=r"x\.yaml:1:10\d: it is too deep"):
        parse("[" * 200_000 + "]" * 200_000, "x.yaml")


# YAML cannot hold half characters, nor what it calls unprintable but for escapes.
# JSON writes what lies beyond the first plane in two halves.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_what_is_written_reads_back(value: dict[str, Any]) -> None:
    assert parse(written(value), "x.yaml").value == value
