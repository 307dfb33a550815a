"""Sentences for people are templates: the key of their translations, and what belongs into them."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.errors import UserError

PACKAGE = Path(__file__).parents[2] / "kuma_lite"
NAMES = st.text(string.ascii_lowercase, min_size=1, max_size=8).filter(
    lambda name: name not in ("status", "extra", "message", "self")
)


def raised() -> list[tuple[str, ast.Call]]:
    """Every `UserError(...)` of the package, with where it stands."""
    return [
        (f"{path.relative_to(PACKAGE)}:{node.lineno}", node)
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "UserError" and node.args
    ]


def test_no_sentence_is_put_together_in_the_code() -> None:
    """Keys of Uptime Kuma's own message file (`i18n`) are no sentences."""
    wrong = [
        where
        for where, call in raised()
        if isinstance(call.args[0], ast.JoinedStr) and not any(word.arg == "i18n" for word in call.keywords)
    ]
    assert wrong == []


def test_every_template_gets_what_it_names() -> None:
    named = 0
    for where, call in raised():
        template = call.args[0]
        if not isinstance(template, ast.Constant) or any(word.arg is None for word in call.keywords):
            continue
        given_names = {word.arg for word in call.keywords} - {"i18n", "status", "extra", "about"}
        if given_names:
            fields = {
                field.split("!")[0] for _, field, _, _ in string.Formatter().parse(template.value) if field
            }
            assert fields == given_names, where
            named += 1
    assert named > 50


def test_the_sentence_is_filled_in() -> None:
    error = UserError("At most {most} of {name!r}.", most=5, name="a{b}", status=422)
    assert (error.message, str(error), error.status) == ("At most 5 of 'a{b}'.", "At most 5 of 'a{b}'.", 422)
    assert error.as_answer() == {"ok": False, "msg": "At most 5 of 'a{b}'."}
    assert error.translatable() == {
        "key": "At most {most} of {name!r}.",
        "arguments": {"most": 5, "name": "a{b}"},
    }


@pytest.mark.parametrize("text", ["a {brace}", "{", "}", "{0}", ""])
def test_a_sentence_without_arguments_stays_as_it_is(text: str) -> None:
    assert UserError(text).message == text


@given(st.dictionaries(NAMES, st.text() | st.integers(), min_size=1))
def test_arguments_are_never_read_as_templates(arguments: dict[str, str | int]) -> None:
    template = " ".join(f"{{{name}}}" for name in arguments)
    assert UserError(template, **arguments).message == " ".join(map(str, arguments.values()))
