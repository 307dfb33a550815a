"""gRPC with a keyword: the answer to a call contains a text, or lacks it.

On purpose otherwise than in Uptime Kuma 2.5: metadata are sent, calls have a deadline, Google's own types may
be imported, a call that was cancelled is a failure, and failures have no stray quotes and plus signs.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any, Final, TypeVar

from kuma_lite.checks._large import ON_LOOP_CHARS
from kuma_lite.checks._network import network_of
from kuma_lite.checks._shared_options import invert_keyword_option
from kuma_lite.core.declarations import (
    CannotCheck,
    CheckContext,
    CheckFailed,
    CheckResult,
    Kind,
    MonitorType,
)
from kuma_lite.core.json_text import JsonTextError, parse_json, text_of
from kuma_lite.core.options import Options, option
from kuma_lite.core.targets import Target

DEFAULT_PORT: Final = 443  # as grpc-js
_MAX_PROTO_CHARS: Final = 512 * 1024
_SHOWN_CHARS: Final = 50  # of the answer in a failure; longer ones are cut to 47 and dots
_DOTS: Final = "..."
_ON_LOOP_BYTES: Final = ON_LOOP_CHARS // 8  # messages and their types take longer to read than JSON
_SCHEME: Final = re.compile(r"(?:dns:(?://[^/]*/)?|ipv4:|ipv6:)", re.IGNORECASE)
_ADDRESS: Final = re.compile(
    r"(?:\[(?P<v6>[0-9a-f:.]+(?:%[\w.~-]+)?)\]|(?P<name>[^\s:/\[\]]+))(?::(?P<port>[0-9]{1,5}))?"
    r"|(?P<bare>[0-9a-f.]*:[0-9a-f:.]*:[0-9a-f:.]*)",
    re.IGNORECASE,
)
_MAX_PORT: Final = 65_535
_METADATA_NAME: Final = re.compile(r"[0-9a-z_.-]+")
_METADATA_VALUE: Final = re.compile(r"[\x20-\x7e]*")
# What the protocol itself sends.
_RESERVED: Final = frozenset({"te", "content-type", "user-agent", "host", "connection", "content-length"})

T = TypeVar("T")


class GrpcKeywordOptions(Options):
    """A call, and the text to look for. Keys are Uptime Kuma 2.5's."""

    address: str = option(
        "",
        alias="grpcUrl",
        label="Address",
        kind=Kind.TEXT,
        required=True,
        placeholder="example.org:50051",
        help="Host and port, without https://.",
    )
    tls: bool = option(False, alias="grpcEnableTls", label="Use TLS", kind=Kind.SWITCH)
    service: str = option(
        "",
        alias="grpcServiceName",
        label="Service",
        kind=Kind.TEXT,
        section="request",
        required=True,
        placeholder="Health",
        help="Its name in the proto text, with or without the package.",
    )
    rpc: str = option(
        "",
        alias="grpcMethod",
        label="Method",
        kind=Kind.TEXT,
        section="request",
        required=True,
        placeholder="check",
        help="A method with one question and one answer; its first letter may be in lower case.",
    )
    proto: str = option(
        "",
        alias="grpcProtobuf",
        label="Proto text",
        kind=Kind.TEXTAREA,
        section="request",
        required=True,
        help="The .proto file that describes the service. Only files of google/protobuf can be imported.",
    )
    message: str = option(
        "", alias="grpcBody", label="Body", kind=Kind.JSON, section="request", placeholder='{"key": "value"}'
    )
    metadata: str = option(
        "",
        alias="grpcMetadata",
        label="Metadata",
        kind=Kind.JSON,
        section="request",
        placeholder='{"authorization": "Bearer ..."}',
    )
    keyword: str = option(
        "",
        label="Keyword",
        kind=Kind.TEXT,
        section="content",
        required=True,
        help="Looked for in the answer as JSON without spaces. Upper and lower case matter.",
    )
    invert_keyword: bool = invert_keyword_option()


class GrpcKeywordMonitor(MonitorType[GrpcKeywordOptions]):
    """Calls a method and looks for a text in its answer."""

    name = "grpc-keyword"
    label = "gRPC(s) - Keyword"
    description = "Calls a method of a gRPC service and looks for a text in its answer."
    options = GrpcKeywordOptions

    def target(self, options: GrpcKeywordOptions) -> Target | None:
        """The host with its port; what cannot be read as one is shown as it was typed."""
        address = read_address(options.address)
        return Target(*address) if address else Target(name=options.address)

    async def check(self, options: GrpcKeywordOptions, context: CheckContext) -> CheckResult:
        """The ping is the time of connection and call in whole ms."""
        from kuma_lite.checks import _driver, _grpc_call

        address = read_address(options.address)
        if address is None:
            raise CannotCheck("Address: it is read as host:port, such as example.org:50051.")
        body = _read_body(options.message)
        method, request = await _prepared(options, body)
        _driver.load("h2.connection")  # the first check need not seem slow
        begun = perf_counter()
        answer = await _grpc_call.call(
            network_of(context),
            _grpc_call.Call(
                *address, method.path, request, options.tls, tuple(read_metadata(options.metadata))
            ),
            timeout=context.timeout,
            now=context.now,
        )
        ping = round((perf_counter() - begun) * 1000)
        return judge(await _off_loop(_shown, method.response, answer, size=len(answer)), options, ping)


def judge(answer: str, options: GrpcKeywordOptions, ping: float) -> CheckResult:
    """Whether the text is there, as it should or should not be. Raises CheckFailed."""
    found = options.keyword in answer
    if found is not options.invert_keyword:
        verb = "is" if found else "not"
        return CheckResult(f"{answer}, keyword [{options.keyword}] {verb} found", ping=ping)
    shown = answer if len(answer) <= _SHOWN_CHARS else answer[: _SHOWN_CHARS - len(_DOTS)] + _DOTS
    raise CheckFailed(
        f"keyword [{options.keyword}] is {'present' if found else 'not'} in [{shown}]", ping=ping
    )


def read_address(text: str) -> tuple[str, int] | None:
    """Host and port of a gRPC target (`host:port`, `dns:///host:port`, `ipv6:[::1]:1`); None for others."""
    text = text.strip()
    scheme = _SCHEME.match(text)
    found = _ADDRESS.fullmatch(text[scheme.end() :] if scheme else text)
    if found is None:
        return None
    port = int(found["port"] or DEFAULT_PORT)
    return (found["v6"] or found["name"] or found["bare"], port) if port <= _MAX_PORT else None


def read_metadata(text: str) -> Iterator[tuple[str, str]]:
    """The pairs of a JSON object; a list gives one for each value. What cannot be sent is left out."""
    try:
        metadata = parse_json(text)
    except JsonTextError:
        return  # nobody has looked at it so far
    if not isinstance(metadata, dict):
        return
    for key, value in metadata.items():
        name = key.strip().lower()
        if not _METADATA_NAME.fullmatch(name) or name in _RESERVED or name.startswith("grpc-"):
            continue
        for each in value if isinstance(value, list) else [value]:
            shown = "" if each is None or isinstance(each, dict | list) else text_of(each)
            if shown and _METADATA_VALUE.fullmatch(shown):
                yield name, shown.strip()


def _read_body(text: str) -> dict[str, Any]:
    try:
        body = parse_json(text)
    except JsonTextError as error:
        raise CannotCheck(str(error)) from None  # the text of Uptime Kuma 2.5
    if not isinstance(body, dict):
        raise CannotCheck("Body: it must be a JSON object.")
    return body


async def _prepared(options: GrpcKeywordOptions, body: dict[str, Any]) -> tuple[Any, bytes]:
    """The method, and the message that asks. Raises CannotCheck."""
    from kuma_lite.checks import _proto_types
    from kuma_lite.checks._proto_tokens import ProtoError

    def prepare() -> tuple[_proto_types.Method, bytes]:
        method = _proto_types.find_method(options.proto, options.service.strip(), options.rpc.strip())
        return method, _proto_types.filled(method.request, body).SerializeToString()

    if len(options.proto) > _MAX_PROTO_CHARS:
        raise CannotCheck(f"Proto text: it is longer than {_MAX_PROTO_CHARS} characters.")
    try:
        return await _off_loop(prepare, size=len(options.proto) + len(options.message))
    except ProtoError as error:
        raise CannotCheck(f"Proto text: {error}.") from None
    except _proto_types.NoSuchMethod as error:
        raise CannotCheck(str(error)) from None
    except ValueError as error:
        raise CannotCheck(f"Body: {error}.") from None


def _shown(response: Callable[[], Any], answer: bytes) -> str:
    from kuma_lite.checks import _driver, _proto_types

    message = response()
    try:
        message.ParseFromString(answer)
    except _driver.load("google.protobuf.message").DecodeError:
        raise CheckFailed(f"The answer is no message {message.DESCRIPTOR.name}") from None
    return _proto_types.json_of(message)


async def _off_loop(work: Callable[..., T], *arguments: Any, size: int) -> T:
    """The result of `work`, on a thread when there is much to do."""
    return await asyncio.to_thread(work, *arguments) if size > _ON_LOOP_BYTES else work(*arguments)
