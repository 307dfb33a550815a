"""A .proto text (proto2, proto3) as the descriptor that protobuf's own library works with.

Options, extensions and reserved numbers are passed over: none changes what goes over the wire in a way that a
check would see. A field is called in JSON as Uptime Kuma's library calls it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from kuma_lite.checks import _driver
from kuma_lite.checks._proto_tokens import ProtoError, Tokens

FILE_NAME: Final = "monitor.proto"
SCALARS: Final = {
    "double": 1,
    "float": 2,
    "int64": 3,
    "uint64": 4,
    "int32": 5,
    "fixed64": 6,
    "fixed32": 7,
    "bool": 8,
    "string": 9,
    "bytes": 12,
    "uint32": 13,
    "sfixed32": 15,
    "sfixed64": 16,
    "sint32": 17,
    "sint64": 18,
}  # fmt: skip - FieldDescriptorProto.Type
GROUP: Final = 10
_OPTIONAL, _REQUIRED, _REPEATED = 1, 2, 3  # FieldDescriptorProto.Label
_LABELS: Final = {"optional": _OPTIONAL, "required": _REQUIRED, "repeated": _REPEATED}
_MAX_DEPTH: Final = 50  # of messages within messages
_HUMP: Final = re.compile(r"_([a-z])")

Descriptor = Any  # of the library's generated classes, which have no types


def read_proto(text: str) -> Descriptor:
    """The FileDescriptorProto of a text; names of types are still as they were written.

    Raises ProtoError.
    """
    return _Reader(text).file()


def json_name(name: str) -> str:
    """How a field is called in JSON: `user_id` is `userId`, but `line_2` and `LINE_A` stay."""
    return name[:1] + _HUMP.sub(lambda hump: hump[1].upper(), name[1:])


class _Reader:
    """One text. Each method has just passed the keyword of what it reads."""

    def __init__(self, text: str) -> None:
        self._tokens = Tokens(text)
        self._pb2 = _driver.load("google.protobuf.descriptor_pb2")
        self._file = self._pb2.FileDescriptorProto(name=FILE_NAME, syntax="proto2")
        self._depth = 0

    def file(self) -> Descriptor:
        tokens = self._tokens
        statements: dict[str, Callable[[], None]] = {
            "syntax": self._syntax,
            "import": self._import,
            "package": self._package,
            "option": tokens.skip_statement,
            "extend": tokens.skip_statement,
            "message": lambda: self._message(self._file.message_type.add()),
            "enum": lambda: self._enum(self._file.enum_type.add()),
            "service": self._service,
            ";": lambda: None,
        }
        while tokens.peek():
            read = statements.get(tokens.take())
            if read is None:
                raise tokens.unexpected()
            read()
        return self._file

    def _syntax(self) -> None:
        self._tokens.expect("=")
        self._file.syntax = self._tokens.string()
        if self._file.syntax not in ("proto2", "proto3"):
            raise self._tokens.unexpected("the syntax is proto2 or proto3")
        self._tokens.expect(";")

    def _import(self) -> None:
        if self._tokens.peek() in ("public", "weak"):
            self._tokens.take()
        self._file.dependency.append(self._tokens.string())
        self._tokens.expect(";")

    def _package(self) -> None:
        self._file.package = self._tokens.name()
        self._tokens.expect(";")

    def _message(self, message: Descriptor) -> None:
        message.name = self._tokens.simple_name()
        self._message_body(message)

    def _message_body(self, message: Descriptor) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise ProtoError("messages are nested too deeply")
        tokens = self._tokens
        nested: dict[str, Callable[[], None]] = {
            "message": lambda: self._message(message.nested_type.add()),
            "enum": lambda: self._enum(message.enum_type.add()),
            "oneof": lambda: self._oneof(message),
            "option": tokens.skip_statement,
            "extend": tokens.skip_statement,
            "extensions": tokens.skip_statement,
            "reserved": tokens.skip_statement,
            ";": lambda: None,
        }
        tokens.expect("{")
        while not tokens.takes("}"):
            read = nested.get(tokens.peek())
            if read is None:
                self._labelled_field(message)
            else:
                tokens.take()
                read()
        self._name_single_choices(message)
        self._depth -= 1

    def _labelled_field(self, message: Descriptor) -> None:
        tokens = self._tokens
        if tokens.takes("map", "<"):
            self._map(message)
            return
        label = _LABELS.get(tokens.peek())
        if label is not None:
            tokens.take()
        field = self._field(message, label or _OPTIONAL)
        field.proto3_optional = label == _OPTIONAL and self._file.syntax == "proto3"

    def _field(self, message: Descriptor, label: int) -> Descriptor:
        tokens = self._tokens
        kind = tokens.name()
        field = message.field.add(label=label)
        if kind == "group":
            self._group(message, field)
            return field
        field.name = tokens.simple_name()
        field.json_name = json_name(field.name)
        self._set_type(field, kind)
        self._number(field)
        if tokens.takes("["):
            tokens.skip_rest_of("[")
        tokens.expect(";")
        return field

    def _group(self, message: Descriptor, field: Descriptor) -> None:
        group = message.nested_type.add(name=self._tokens.simple_name())
        field.name = group.name.lower()
        field.json_name = group.name[:1].lower() + group.name[1:]
        field.type, field.type_name = GROUP, group.name
        self._number(field)
        self._message_body(group)

    def _map(self, message: Descriptor) -> None:
        tokens = self._tokens
        key = tokens.name()
        tokens.expect(",")
        value = tokens.name()
        tokens.expect(">")
        field = message.field.add(name=tokens.simple_name(), label=_REPEATED)
        field.json_name = json_name(field.name)
        entry = message.nested_type.add(name=_entry_name(field.name))
        entry.options.map_entry = True
        for number, (name, kind) in enumerate((("key", key), ("value", value)), 1):
            self._set_type(entry.field.add(name=name, number=number, label=_OPTIONAL, json_name=name), kind)
        field.type_name = entry.name
        self._number(field)
        if tokens.takes("["):
            tokens.skip_rest_of("[")
        tokens.expect(";")

    def _oneof(self, message: Descriptor) -> None:
        index = len(message.oneof_decl)
        message.oneof_decl.add(name=self._tokens.simple_name())
        self._tokens.expect("{")
        while not self._tokens.takes("}"):
            if self._tokens.takes("option"):
                self._tokens.skip_statement()
            elif not self._tokens.takes(";"):
                self._field(message, _OPTIONAL).oneof_index = index

    @staticmethod
    def _name_single_choices(message: Descriptor) -> None:
        """What proto3 calls optional is a choice of one, and those come after all others."""
        for field in message.field:
            if field.proto3_optional:
                field.oneof_index = len(message.oneof_decl)
                message.oneof_decl.add(name=f"_{field.name}")

    def _enum(self, enum: Descriptor) -> None:
        tokens = self._tokens
        enum.name = tokens.simple_name()
        tokens.expect("{")
        while not tokens.takes("}"):
            if tokens.peek() in ("option", "reserved") and tokens.peek(1) != "=":
                tokens.skip_statement()
            elif not tokens.takes(";"):
                value = enum.value.add(name=tokens.simple_name())
                self._number(value)
                if tokens.takes("["):
                    tokens.skip_rest_of("[")
                tokens.expect(";")
        if len({value.number for value in enum.value}) < len(enum.value):
            enum.options.allow_alias = True

    def _service(self) -> None:
        tokens = self._tokens
        service = self._file.service.add(name=tokens.simple_name())
        tokens.expect("{")
        while not tokens.takes("}"):
            if tokens.takes("rpc"):
                self._method(service.method.add(name=tokens.simple_name()))
            elif tokens.peek() == "option":
                tokens.skip_statement()
            else:
                tokens.expect(";")

    def _method(self, method: Descriptor) -> None:
        tokens = self._tokens
        method.client_streaming, method.input_type = self._streamed_type()
        tokens.expect("returns")
        method.server_streaming, method.output_type = self._streamed_type()
        if tokens.takes("{"):
            tokens.skip_rest_of("{")
        else:
            tokens.expect(";")

    def _streamed_type(self) -> tuple[bool, str]:
        self._tokens.expect("(")
        streamed = self._tokens.peek(1) != ")" and self._tokens.takes("stream")
        name = self._tokens.name()
        self._tokens.expect(")")
        return streamed, name

    @staticmethod
    def _set_type(field: Descriptor, kind: str) -> None:
        if kind in SCALARS:
            field.type = SCALARS[kind]
        else:
            field.type_name = kind

    def _number(self, numbered: Descriptor) -> None:
        self._tokens.expect("=")
        try:
            numbered.number = self._tokens.integer()
        except ValueError:
            raise self._tokens.unexpected("the number is too large") from None


def _entry_name(field_name: str) -> str:
    """What protoc calls the message of a map's entries."""
    return "".join(part[:1].upper() + part[1:] for part in field_name.split("_")) + "Entry"
