"""Proto texts: what is read of them, and their messages as JSON in the form of protobufjs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks._proto_source import json_name, read_proto
from kuma_lite.checks._proto_tokens import ProtoError
from kuma_lite.checks._proto_types import Method, NoSuchMethod, filled, find_method, json_of

EVERYTHING = """
// a comment; with "quotes" and { braces
syntax = "proto3";
package shop.v1;
import "google/api/annotations.proto";  /* not here, and not needed */
import public 'google/protobuf/any.proto';
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
option java_package = "org.example";
option (custom).value = { text: "}" list: [1, 2] };;
extend google.protobuf.FieldOptions { string note = 50000; }

message All {
  option deprecated = true;
  reserved 100 to max; reserved "old";
  double d = 1; float f = 2 [deprecated = true, (note) = "]"]; int64 i64 = 3; uint64 u64 = 0x4;
  int32 i32 = 05; fixed64 f64 = 6; fixed32 f32 = 7; bool b = 8; string s = 9; bytes by = 12; uint32 u32 = 13;
  sfixed32 sf32 = 15; sfixed64 sf64 = 16; sint32 si32 = 17; sint64 si64 = 18;
  Kind kind = 19; repeated .shop.v1.All.Kind kinds = 20; repeated int64 numbers = 21 [packed = false];
  map<string, All> all = 22; map<int32, int64> by_number = 23; map<bool, string> by_truth = 24;
  All sub = 25; optional int32 zero = 26;
  oneof choice { option (x) = 1; int32 choice_one = 27; v1.Other.Deep choice_two = 28; }
  int32 line_2 = 29; int32 a_b_c = 30; int32 user_id = 31; int32 message = 32;
  repeated double doubles = 33; repeated float floats = 34;
  google.protobuf.Timestamp at = 35; google.protobuf.StringValue maybe = 36;
  enum Kind { ZERO = 0; ONE = 1 [(note) = "x"]; UNO = 1; BELOW = -0x2; reserved 9; option (x) = 1; };
}
message Other { message Deep { string s = 1; } }
service First {
  option deprecated = true;
  rpc Get_Item (All) returns (Other.Deep) { option (a) = { b: "/" }; } }
service Shop { rpc Do (All) returns (.shop.v1.All) {} rpc Up (stream All) returns (All); ; }
"""
SHOWN: dict[str, Any] = {
    "d": 1e21,
    "f": 0.10000000149011612,
    "i64": "9007199254740993",
    "u64": "5",
    "i32": -3,
    "b": True,
    "s": 'é\n"x',
    "by": "AQL/",
    "sf64": "-7",
    "si64": "-5",
    "kind": "ONE",
    "kinds": ["ONE", "ZERO", 7],
    "numbers": ["1", "2"],
    "all": {"k": {"i32": 1}, "z": {}},
    "byNumber": {"5": "6"},
    "byTruth": {"true": "x"},
    "sub": {"sub": {"s": "x"}},
    "zero": 0,
    "choiceTwo": {"s": ""},
    "line_2": 1,
    "aBC": 2,
    "userId": 3,
    "message": 4,
    "doubles": [1.5, "NaN", "Infinity", "-Infinity", 1e-7, 2.0**70, 100],
    "floats": [3.140000104904175, 16777216],
    "at": "2030-01-02T03:04:05.500Z",
    "maybe": "yes",
}


def do(text: str = EVERYTHING) -> Method:
    return find_method(text, "Shop", "do")


def test_messages_from_json_and_back() -> None:
    method = do()
    message = filled(method.request, SHOWN)
    copy = method.response()
    copy.ParseFromString(message.SerializeToString())
    text = json_of(copy)
    assert '"d":1e+21,' in text
    assert '"doubles":[1.5,"NaN","Infinity","-Infinity",1e-7,1.1805916207174113e+21,100]' in text
    without = {key: value for key, value in json.loads(text).items() if key != "choiceTwo"}
    assert without == {key: value for key, value in SHOWN.items() if key != "choiceTwo"}
    assert '"choiceTwo":{}' in text  # what the wire does not carry is not shown
    assert method.path == "/shop.v1.Shop/Do"


def test_messages_without_anything() -> None:
    method = do()
    assert json_of(filled(method.request, {})) == "{}"
    assert filled(method.request, {"unknown": 1, "user_id": 2}).SerializeToString() == b"\xf8\x01\x02"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"i32": "secret"}, "the value of 'i32' does not fit the message All"),
        ({"sub": {"by": 5}}, "the value of 'sub' does not fit the message All"),
        ({"kinds": "secret"}, "the value of 'kinds' does not fit the message All"),
        ({"choiceOne": 1, "choiceTwo": {}}, "a value does not fit the message All"),
    ],
)
def test_bodies_that_do_not_fit(body: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match="does not fit") as refused:
        filled(do().request, body)
    assert str(refused.value) == problem


@pytest.mark.parametrize(
    ("service", "method", "path"),
    [
        ("First", "get_Item", "/shop.v1.First/Get_Item"),
        ("shop.v1.First", "Get_Item", "/shop.v1.First/Get_Item"),
        ("v1.Shop", "do", "/shop.v1.Shop/Do"),
    ],
)
def test_names_of_methods(service: str, method: str, path: str) -> None:
    assert find_method(EVERYTHING, service, method).path == path


@pytest.mark.parametrize(
    ("service", "method", "problem"),
    [
        ("hop", "do", "no such Service 'hop' in Root"),
        ("All", "do", "no such Service 'All' in Root"),
        ("Shop", "get", "Method: the service 'Shop' has no method 'get'."),
        ("Shop", "up", "Method: 'Up' streams; only methods with one answer can be checked."),
    ],
)
def test_methods_that_cannot_be_called(service: str, method: str, problem: str) -> None:
    with pytest.raises(NoSuchMethod) as refused:
        find_method(EVERYTHING, service, method)
    assert str(refused.value) == problem


def test_proto2() -> None:
    text = """
    package old;
    message M {
      required string a = 1; optional E e = 2 [default = ONE];
      repeated group Part = 3 { required int32 n = 4; }
      extensions 100 to 199; string bare = 5;
    }
    extend M { optional string more = 100; }
    enum E { ONE = 1; }
    service Shop { rpc Do (M) returns (M); }
    """
    method = do(text)
    body = {"a": "x", "part": [{"n": 1}, {"n": 2}], "bare": "y"}
    message = filled(method.request, body)
    assert json_of(message) == '{"a":"x","part":[{"n":1},{"n":2}],"bare":"y"}'
    assert method.path == "/old.Shop/Do"


def test_without_a_package() -> None:
    method = do('syntax = "proto3"; message M { M m = 1; } service Shop { rpc Do (M) returns (M); }')
    assert method.path == "/Shop/Do"
    assert json_of(filled(method.request, {"m": {"m": {}}})) == '{"m":{"m":{}}}'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("hello", "unexpected 'hello' in line 1"),
        ('\n\nsyntax = "proto4";', "unexpected '\"proto4\"' in line 3: the syntax is proto2 or proto3"),
        ("message M {", "the text ends too early (line 1)"),
        ("message M.N {}", "unexpected 'M.N' in line 1: a name without dots was expected"),
        ("message M { string s = x; }", "unexpected 'x' in line 1: a number was expected"),
        ("message M { string s = 1.5; }", "unexpected '1.5' in line 1: a whole number was expected"),
        ("message M { bool b = 9999999999; }", "unexpected '9999999999' in line 1: the number is too large"),
        ("message M { string s 1; }", "unexpected '1' in line 1: '=' was expected"),
        ("message M { Nope n = 1; }", "no such type: Nope"),
        ("message M { google.rpc.Status s = 1; }", "no such type: google.rpc.Status"),
        ('import "google/protobuf/nope.proto"; message M { google.protobuf.Nope n = 1; }',
         "no such type: google.protobuf.Nope"),
        ("service S { rpc Do (E) returns (E); } enum E { A = 0; }", "no such type: E"),
        ("import x;", "unexpected 'x' in line 1: a text in quotation marks was expected"),
        ("message M {" * 60, "messages are nested too deeply"),
        ("/* never ends", "unexpected '/' in line 1"),
    ],
)  # fmt: skip
def test_texts_that_are_none(text: str, problem: str) -> None:
    with pytest.raises(ProtoError) as refused:
        do(text)
    assert str(refused.value) == problem


def test_types_that_contradict_themselves() -> None:
    for fields in ("int32 a = 1; int32 b = 1;", "int32 a = 1; int32 a = 2;", "int32 a = 0;"):
        with pytest.raises(ProtoError):
            do(f"message M {{ {fields} }}")


@pytest.mark.parametrize(
    ("name", "shown"), [("", ""), ("a", "a"), ("_a", "_a"), ("a_b", "aB"), ("a_1", "a_1"), ("A_B", "A_B")]
)
def test_names_of_fields_in_json(name: str, shown: str) -> None:
    assert json_name(name) == shown


WORDS = EVERYTHING.split() + list("{}[]()<>=;,.\"'/-")


@given(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join) | st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        do(text)
    except (ProtoError, NoSuchMethod) as refused:
        assert str(refused)


@given(st.integers(0, len(EVERYTHING)), st.integers(0, 30))
def test_a_text_with_a_hole_is_read_or_refused(start: int, length: int) -> None:
    text = EVERYTHING[:start] + EVERYTHING[start + length :]
    try:
        do(text)
    except (ProtoError, NoSuchMethod) as refused:
        assert str(refused)


def test_nothing_is_read_as_nothing() -> None:
    assert read_proto(" // nothing").service == []
