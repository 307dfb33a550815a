"""What every monitor type promises."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks import describe_types, monitor_types
from kuma_lite.core.declarations import AnyMonitorType, Kind
from kuma_lite.core.errors import UserError
from kuma_lite.monitors.document.common_options import CommonOptions
from kuma_lite.monitors.document.fields import FIELDS
from tests.checks.support import Context

TYPES = list(monitor_types())
EVERY_TYPE = pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
SECTIONS = {"general", "request", "authentication", "content", "tls", "advanced"}
REFERABLE = {"proxy", "docker_host", "remote_browser", "monitor_group", "notification"}
# What an option that must be kept secret is called; the kinds that hide what is typed have only such ones.
SECRET_NAME = re.compile(
    r"(pass|password|secret|token|key|connectionstring|community|sasloptions)$", re.IGNORECASE
)
HIDDEN = (Kind.PASSWORD, Kind.TOKEN)


def test_the_types_of_this_release() -> None:
    found = {"group", "http", "json-query", "keyword", "manual", "ping", "port", "push"}
    assert {kind.name for kind in TYPES} >= found
    assert monitor_types() is monitor_types()


@EVERY_TYPE
def test_a_type_has_words_for_people(kind: AnyMonitorType) -> None:
    assert kind.label
    assert kind.description.endswith(".")
    assert kind.group in ("general", "passive", "specific")


@EVERY_TYPE
def test_every_option_has_words_and_a_place(kind: AnyMonitorType) -> None:
    described = kind.options.words()
    keys = {info.alias or name for name, info in kind.options.model_fields.items()}
    assert keys - described.keys() <= CommonOptions.words().keys()  # the form has those already
    for key, (_, words) in described.items():
        assert words.label, key
        assert words.section in SECTIONS, key
        assert words.secret == bool(SECRET_NAME.search(key)), key
        assert words.secret or words.kind not in HIDDEN, key
        assert words.kind is Kind.TEXT or bool(words.choices) == (words.kind is Kind.SELECT), key
        assert (words.refers_to in REFERABLE) == (words.kind is Kind.REFERENCE), key
        if words.shown_when is not None:
            other = described[words.shown_when.option][1]
            switched = {True, False} if other.kind is Kind.SWITCH else set()
            assert set(words.shown_when.values) <= switched | {choice.value for choice in other.choices}, key


@EVERY_TYPE
def test_a_selects_default_is_one_of_its_choices(kind: AnyMonitorType) -> None:
    for key, (info, words) in kind.options.words().items():
        if words.kind is Kind.SELECT:
            assert info.default in {choice.value for choice in words.choices}, key


@EVERY_TYPE
def test_nothing_and_nulls_are_the_defaults(kind: AnyMonitorType) -> None:
    empty = kind.options.read({})
    nulls = kind.options.read(dict.fromkeys(kind.options.words()))
    assert empty == nulls
    assert hash(empty) == hash(nulls)
    try:
        assert kind.validate(empty, {}) == {}
    except UserError as refused:
        assert refused.message.endswith(" is required.")  # as the original says of two types
    assert kind.deadline(empty, Context(timeout=48)) > 0


VALUE = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.text(max_size=3))


@EVERY_TYPE
@given(data=st.data())
def test_any_document_is_read_or_refused_with_a_sentence(kind: AnyMonitorType, data: Any) -> None:
    keys = st.sampled_from([*kind.options.words(), "type", "unknown"])
    document = data.draw(st.dictionaries(keys, VALUE, max_size=4))
    try:
        kind.options.read(document)
    except UserError as refused:
        assert refused.message


def test_the_description_is_what_a_form_reads() -> None:
    described = json.loads(json.dumps(describe_types()))["types"]
    by_name = {entry["name"]: entry for entry in described}
    assert set(by_name["push"]) == {
        "name", "label", "description", "group", "pushed", "untestable", "formDefaults", "notations",
        "fields",
    }  # fmt: skip
    assert by_name["push"]["pushed"] is True
    assert by_name["http"]["pushed"] is False
    fields = {field["name"]: field for field in by_name["http"]["fields"]}
    assert fields["url"] == {
        "name": "url",
        "label": "URL",
        "kind": "url",
        "section": "general",
        "default": "",
        "placeholder": "https://example.org/",
        "required": True,
    }
    assert fields["timeout"]["default"] == 48
    assert fields["accepted_statuscodes"]["default"] == ["200-299"]
    assert fields["basic_auth_pass"]["shownWhen"] == {"option": "authMethod", "values": ["basic", "ntlm"]}
    assert (fields["proxyId"]["kind"], fields["proxyId"]["refersTo"]) == ("reference", "proxy")
    assert {"dns_last_result", "ping_numeric"}.isdisjoint(fields)


def test_what_people_write_down_means_one_type_and_options_that_it_has() -> None:
    seen: dict[str, str] = {}
    for kind in monitor_types():
        words = {key: shown for key, (_, shown) in kind.options.words().items()}
        for notation in kind.notations:
            ways = (notation.scheme and f"{notation.scheme}://", notation.command, notation.prefix)
            for way in filter(None, ways):
                assert seen.setdefault(way, kind.name) == kind.name, way
            settled = {**notation.sets, **notation.with_user}
            assert {*filter(None, [notation.into]), *notation.parts.values(), *settled} <= set(words)
            for key, value in settled.items():
                choices = [choice.value for choice in words[key].choices]
                assert value in choices or not choices, (kind.name, key)
            assert notation.command or not notation.flag
            assert notation.scheme or not notation.ports
    assert seen["https://"] == "http"


def test_no_option_reads_a_field_that_is_another_one() -> None:
    for kind in monitor_types():  # a document may hold its Python name as a key of its own
        for name, info in kind.options.model_fields.items():
            if info.alias not in (None, name):
                assert name not in FIELDS, (kind.name, name)


REFERENCES = {"proxyId": "proxy", "docker_host": "docker_host", "remote_browser": "remote_browser"}


def test_other_things_are_chosen_by_name() -> None:
    found = set()
    for kind in monitor_types():
        words = {key: shown for key, (_, shown) in kind.options.words().items()}
        for key in REFERENCES.keys() & words.keys():
            assert (words[key].kind, words[key].refers_to) == (Kind.REFERENCE, REFERENCES[key]), kind.name
            found.add((kind.name, key))
    assert {(name, "proxyId") for name in ("http", "keyword", "json-query")} <= found
    assert ("docker", "docker_host") in found


def test_forms_know_what_conditions_can_be_about() -> None:
    """Every type that declares variables has a field for conditions on them, and no other has one."""
    for kind, described in zip(monitor_types(), describe_types()["types"], strict=True):
        fields = [field for field in described["fields"] if field["kind"] == "conditions"]
        told = [
            (variable["id"], tuple((each["id"], each["caption"]) for each in variable["operators"]))
            for field in fields
            for variable in field["variables"]
        ]
        assert told == [(variable.id, variable.operators) for variable in kind.condition_variables]
        assert [field["default"] for field in fields] in ([], [()], [[]]), kind.name
