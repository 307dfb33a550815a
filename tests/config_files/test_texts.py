"""YAML and TOML, and where in them something stands."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.config_files.texts import parse, written
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
    assert parsed.place(("monitors", "Shop", "url")) == (3, 5)
    assert parsed.place(("monitors", "Shop", "tags", 0)) == (5, 9)
    assert parsed.place(("monitors", "Shop", "none")) == (2, 3)
    assert parsed.place(("monitors", "404", "type")) == (6, 9)
    assert parsed.place(("nothing",)) == (1, 1)


def test_toml_and_nothing() -> None:
    assert parse('[monitors."Shop 1"]\nurl = "x"\n', "x.TOML").value == {"monitors": {"Shop 1": {"url": "x"}}}
    assert parse("", "x.yaml").value == parse("# nothing\n", "x.yaml").value == {}


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


def test_toml_that_is_none() -> None:
    with pytest.raises(UserError, match=r"x\.toml: .*line 2"):
        parse("a = 1\nb = ?", "x.toml")


# YAML cannot hold half characters, nor what it calls unprintable but for escapes.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_what_is_written_reads_back(value: dict[str, Any]) -> None:
    assert parse(written(value), "x.yaml").value == value
