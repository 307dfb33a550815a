"""The services of a .proto text: methods by name, their messages from JSON and to JSON.

JSON is as protobufjs gives it, which Uptime Kuma uses: what the answer does not carry is left out, 64 bits
and bytes are texts, 32-bit floats have the digits of the double they are kept in. Google's own types, which
that library does not know here (timestamps, wrappers ...), have the JSON that protobuf defines for them.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct

from kuma_lite.checks import _driver
from kuma_lite.checks._proto_source import FILE_NAME, Descriptor, read_proto
from kuma_lite.checks._proto_tokens import ProtoError
from kuma_lite.core.json_text import text_of

_WELL_KNOWN: Final = "google.protobuf."
_WELL_KNOWN_FILE: Final = re.compile(r"google/protobuf/([a-z_]+)\.proto")
_TYPES_KEPT: Final = 64  # texts whose types are kept; some 50 kB each
_MESSAGE, _ENUM = 11, 14  # FieldDescriptorProto.Type
_64_BIT: Final = frozenset({3, 4, 6, 16, 18})
_BYTES: Final = 12
_FAILED_FIELD: Final = re.compile(r"Failed to parse ([\w.\[\]]+) field")

Message = Any


class Method(Struct, frozen=True):
    """A unary method. `request` and `response` are the classes of its messages."""

    path: str  # `/package.Service/Method`
    request: Callable[[], Message]
    response: Callable[[], Message]


class NoSuchMethod(Exception):
    """The text has no such service or method, or it is none that can be called; the message says which."""


def find_method(text: str, service: str, method: str) -> Method:
    """A method by its name (the first letter in either case) and its service's (with or without package).

    Raises ProtoError, NoSuchMethod.
    """
    pool = _pool(text)
    file = pool.FindFileByName(FILE_NAME)
    found = next(
        (
            each
            for each in file.services_by_name.values()
            if service and f".{each.full_name}".endswith(f".{service.removeprefix('.')}")
        ),
        None,
    )
    if found is None:
        raise NoSuchMethod(f"no such Service '{service}' in Root")
    for each in found.methods:
        if method in (each.name, each.name[:1].lower() + each.name[1:]):
            if each.client_streaming or each.server_streaming:
                raise NoSuchMethod(
                    f"Method: '{each.name}' streams; only methods with one answer can be checked."
                )
            classes = _driver.load("google.protobuf.message_factory").GetMessageClass
            path = f"/{found.full_name}/{each.name}"
            return Method(path, classes(each.input_type), classes(each.output_type))
    raise NoSuchMethod(f"Method: the service '{found.name}' has no method '{method}'.")


def filled(request: Callable[[], Message], body: Mapping[str, Any]) -> Message:
    """A message with what a JSON object says; keys it does not know are passed over.

    Raises ValueError, with a sentence that has no value of the object in it.
    """
    json_format = _driver.load("google.protobuf.json_format")
    message = request()
    try:
        json_format.ParseDict(
            body, message, ignore_unknown_fields=True, descriptor_pool=message.DESCRIPTOR.file.pool
        )
    except json_format.ParseError as error:
        field = _FAILED_FIELD.search(str(error))
        place = f"the value of '{field[1]}'" if field else "a value"
        raise ValueError(f"{place} does not fit the message {message.DESCRIPTOR.name}") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return message


def json_of(message: Message) -> str:
    """A message as JSON text without spaces, its fields in the order of their numbers."""
    return _text(_plain(message))


def _plain(message: Message) -> Any:
    if message.DESCRIPTOR.full_name.startswith(_WELL_KNOWN):
        pool = message.DESCRIPTOR.file.pool
        return _driver.load("google.protobuf.json_format").MessageToDict(message, descriptor_pool=pool)
    plain: dict[str, Any] = {}
    for field, value in message.ListFields():
        if not field.is_repeated:
            plain[field.json_name] = _value(field, value)
        elif field.message_type is not None and field.message_type.GetOptions().map_entry:
            kind = field.message_type.fields_by_name["value"]
            plain[field.json_name] = {text_of(key): _value(kind, value[key]) for key in sorted(value)}
        else:
            plain[field.json_name] = [_value(field, each) for each in value]
    return plain


def _value(field: Descriptor, value: Any) -> Any:
    if field.message_type is not None:
        return _plain(value)
    if field.enum_type is not None:
        known = field.enum_type.values_by_number.get(value)
        return value if known is None else known.name
    if field.type in _64_BIT:
        return str(value)
    return b64encode(value).decode("ascii") if field.type == _BYTES else value


def _text(value: Any) -> str:
    """JSON with numbers as JavaScript writes them."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{_text(key)}:{_text(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_text, value)) + "]"
    if isinstance(value, float):
        text = text_of(value)
        return f'"{text}"' if text[-1] in "yN" else text  # Infinity, NaN
    return text_of(value) if not isinstance(value, str) else json.dumps(value, ensure_ascii=False)


# --- Types -------------------------------------------------------------------------------------------------


@lru_cache(_TYPES_KEPT)
def _pool(text: str) -> Any:
    """All types of a text. Raises ProtoError."""
    file = read_proto(text)
    pool = _driver.load("google.protobuf.descriptor_pool").DescriptorPool()
    names = _Names()
    for path in file.dependency:
        for imported in _files_of(path):
            pool.AddSerializedFile(imported.serialized_pb)
            for message in imported.message_types_by_name.values():
                names.add(message.full_name, _MESSAGE)
            for enum in imported.enum_types_by_name.values():
                names.add(enum.full_name, _ENUM)
    kept = [path for path in file.dependency if any(_files_of(path))]
    del file.dependency[:]
    file.dependency.extend(dict.fromkeys(kept))
    names.add_file(file)
    names.resolve_file(file)
    try:
        pool.AddSerializedFile(file.SerializeToString())
    except TypeError as error:  # two fields of one number, and the like
        raise ProtoError(str(error).rpartition("pool: ")[2]) from None
    return pool


def _files_of(path: str) -> Iterator[Any]:
    """A file of Google's own and what it imports itself, that first; none for other files."""
    name = _WELL_KNOWN_FILE.fullmatch(path)
    if name is None:
        return
    try:
        file = _driver.load(f"google.protobuf.{name[1]}_pb2").DESCRIPTOR
    except Exception:  # no such file
        return
    for needed in file.dependencies:
        yield from _files_of(needed.name)
    yield file


class _Names:
    """Full names of types, and what a name means where it stands."""

    def __init__(self) -> None:
        self._kinds: dict[str, int] = {}

    def add(self, full_name: str, kind: int) -> None:
        self._kinds[full_name] = kind

    def add_file(self, file: Descriptor) -> None:
        prefix = f"{file.package}." if file.package else ""
        self._add_types(prefix, file.message_type, file.enum_type)

    def _add_types(self, prefix: str, messages: Any, enums: Any) -> None:
        for enum in enums:
            self.add(prefix + enum.name, _ENUM)
        for message in messages:
            self.add(prefix + message.name, _MESSAGE)
            self._add_types(f"{prefix}{message.name}.", message.nested_type, message.enum_type)

    def resolve_file(self, file: Descriptor) -> None:
        """Put full names where types are named. Raises ProtoError for one that is nowhere."""
        for message in file.message_type:
            self._resolve_message(file.package, message)
        for service in file.service:
            for method in service.method:
                method.input_type = self._resolved(method.input_type, file.package, _MESSAGE)[0]
                method.output_type = self._resolved(method.output_type, file.package, _MESSAGE)[0]

    def _resolve_message(self, scope: str, message: Descriptor) -> None:
        scope = f"{scope}.{message.name}" if scope else message.name
        for field in message.field:
            if field.type_name:
                name, kind = self._resolved(field.type_name, scope)
                field.type_name = name
                if not field.HasField("type"):  # a group has one
                    field.type = kind
        for nested in message.nested_type:
            self._resolve_message(scope, nested)

    def _resolved(self, name: str, scope: str, kind: int | None = None) -> tuple[str, int]:
        parts = [] if name.startswith(".") else scope.split(".")
        for length in range(len(parts), -1, -1):
            full_name = ".".join((*parts[:length], name.removeprefix(".")))
            found = self._kinds.get(full_name)
            if found is not None and kind in (None, found):
                return f".{full_name}", found
        raise ProtoError(f"no such type: {name}")
