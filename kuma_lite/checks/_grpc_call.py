"""One unary gRPC call over HTTP/2 (gRPC's PROTOCOL-HTTP2), with grpc-js's words for failures."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from time import perf_counter
from typing import Any, Final
from urllib.parse import unquote

from kuma_lite.checks import _driver
from kuma_lite.checks._channel import Channel, open_channel
from kuma_lite.checks._network import is_maybe_ours
from kuma_lite.core.declarations import CheckFailed
from kuma_lite.net.contexts import TlsOptions
from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.network import USER_AGENT, Network

MAX_MESSAGE_BYTES: Final = 4 * 1024 * 1024  # as grpc-js; also of what is read before a message is whole


class Code(IntEnum):
    """gRPC's status codes."""

    OK = 0
    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16


_HTTP_OK: Final = "200"
# What an HTTP status means where a server sends no gRPC status (http-grpc-status-mapping).
_OF_HTTP: Final = {
    "400": Code.INTERNAL, "401": Code.UNAUTHENTICATED, "403": Code.PERMISSION_DENIED,
    "404": Code.UNIMPLEMENTED, "429": Code.UNAVAILABLE, "502": Code.UNAVAILABLE, "503": Code.UNAVAILABLE,
    "504": Code.UNAVAILABLE,
}  # fmt: skip
# What a reset stream means: its HTTP/2 error code (RFC 9113 §7).
_OF_RESET: Final = {
    7: (Code.UNAVAILABLE, "Stream refused by server"),
    8: (Code.CANCELLED, "Call cancelled"),
    11: (Code.RESOURCE_EXHAUSTED, "Bandwidth exhausted or memory limit exceeded"),
    12: (Code.PERMISSION_DENIED, "Protocol not secure enough"),
}
_GARBAGE: Final = "Received RST_STREAM with code 2 triggered by internal client error: Protocol error"
_CODES: Final = frozenset(Code)
_PREFIX: Final = struct.Struct(">BI")  # compressed, length (gRPC: Length-Prefixed-Message)
_FRAME_HEAD_BYTES: Final = 9  # RFC 9113 §4.1: length, type, flags, stream
_SETTINGS: Final = 4
_MAX_FRAME_BYTES: Final = 16_384  # which we never raise
_DROPPED: Final = "Connection dropped"
_NOT_CONNECTED: Final = "No connection established"
# Failures of a connection that grpc-js does not explain; of the others it names the last one.
_PLAINLY_NOT_CONNECTED: Final = frozenset({ErrorKind.REFUSED, ErrorKind.RESET})


def status_failure(code: int, details: str, *, local: bool = False) -> CheckFailed:
    """`14 UNAVAILABLE: No connection established`."""
    name = Code(code).name if code in _CODES else "undefined"
    return CheckFailed(f"{int(code)} {name}: {details}", local=local)


@dataclass(frozen=True, slots=True)
class Call:
    """What is called, where. `metadata` has lower-case names."""

    host: str
    port: int
    path: str
    request: bytes = field(repr=False)
    tls: bool = False
    metadata: Sequence[tuple[str, str]] = field(default=(), repr=False)

    @property
    def authority(self) -> str:
        """Of the request."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


async def call(network: Network, wanted: Call, *, timeout: float, now: float) -> bytes:
    """The answer's message, within `timeout` seconds. Raises CheckFailed with gRPC's status."""
    until = perf_counter() + timeout
    connected = False
    try:
        async with (
            asyncio.timeout(timeout),
            open_channel(
                network,
                wanted.host,
                wanted.port,
                tls=TlsOptions(alpn=("h2",)) if wanted.tls else None,
                timeout=timeout + 1,
                now=now,
            ) as channel,
        ):
            connected = True
            return await _Exchange(channel, wanted).run(until)
    except TimeoutError:
        raise status_failure(Code.DEADLINE_EXCEEDED, "Deadline exceeded", local=True) from None
    except NetworkError as error:
        raise status_failure(
            Code.UNAVAILABLE,
            _DROPPED if connected else _no_connection(error, wanted),
            local=is_maybe_ours(error),
        ) from None


def _no_connection(error: NetworkError, wanted: Call) -> str:
    if error.kind is ErrorKind.DNS:
        return f"Name resolution failed for target dns:{wanted.authority}"
    plainly = error.kind in _PLAINLY_NOT_CONNECTED or (error.kind is ErrorKind.TLS and not error.certificate)
    return _NOT_CONNECTED if plainly else f"{_NOT_CONNECTED}. Last error: {error.message}"


class _Exchange:
    """One call on a connection of its own."""

    def __init__(self, channel: Channel, wanted: Call) -> None:
        self._channel = channel
        self._call = wanted
        self._h2_events: Any = _driver.load("h2.events")
        self._protocol_error: Any = _driver.load("h2.exceptions").ProtocolError
        config = _driver.load("h2.config").H2Configuration(header_encoding="utf-8")
        self._h2: Any = _driver.load("h2.connection").H2Connection(config)
        self._unsent = memoryview(_PREFIX.pack(0, len(wanted.request)) + wanted.request)
        self._headers: dict[str, str] = {}
        self._received = bytearray()
        self._ended = False

    async def run(self, until: float) -> bytes:
        """The message of the answer. Raises CheckFailed, NetworkError."""
        self._h2.initiate_connection()
        self._h2.send_headers(1, self._request_headers(until))
        self._send_body()
        self._flush()
        data = await self._greeting()
        while not self._ended:
            data = data or await self._channel.some()
            if not data:
                raise NetworkError(_DROPPED, "ECONNRESET", ErrorKind.RESET)
            try:
                events = self._h2.receive_data(data)
                for event in events:
                    self._take(event)
                self._send_body()
            except (self._protocol_error, UnicodeError):
                raise status_failure(Code.INTERNAL, _GARBAGE) from None
            self._flush()
            data = b""
        return self._message()

    async def _greeting(self) -> bytes:
        """The head of the first frame, which is of settings; the library would wait for garbage to end."""
        head = await self._channel.exactly(_FRAME_HEAD_BYTES)
        if head[3] != _SETTINGS or int.from_bytes(head[:3], "big") > _MAX_FRAME_BYTES:
            raise status_failure(Code.INTERNAL, _GARBAGE)
        return head

    def _request_headers(self, until: float) -> list[tuple[str, str]]:
        milliseconds = max(1, round((until - perf_counter()) * 1000))
        return [
            (":method", "POST"),
            (":scheme", "https" if self._call.tls else "http"),
            (":path", self._call.path),
            (":authority", self._call.authority),
            ("te", "trailers"),
            ("content-type", "application/grpc"),
            ("user-agent", USER_AGENT),
            ("grpc-accept-encoding", "identity"),
            ("grpc-timeout", f"{min(milliseconds, 99_999_999)}m"),
            *self._call.metadata,
        ]

    def _flush(self) -> None:
        if data := self._h2.data_to_send():
            self._channel.write(data)

    def _send_body(self) -> None:
        """As much of the request as the server takes now."""
        while self._unsent and not self._ended:
            room = min(self._h2.local_flow_control_window(1), self._h2.max_outbound_frame_size)
            if room <= 0:
                return
            part, self._unsent = self._unsent[:room], self._unsent[room:]
            self._h2.send_data(1, bytes(part), end_stream=not self._unsent)

    def _take(self, event: Any) -> None:
        events = self._h2_events
        if isinstance(event, events.ResponseReceived | events.TrailersReceived):
            self._headers.update(event.headers)
        elif isinstance(event, events.DataReceived):
            self._received += event.data
            self._h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            self._refuse_too_large()
        elif isinstance(event, events.StreamEnded):
            self._ended = True
        elif isinstance(event, events.StreamReset):
            self._reset(event.error_code)
        elif isinstance(event, events.ConnectionTerminated) and not self._ended:
            raise NetworkError(_DROPPED, "ECONNRESET", ErrorKind.RESET)

    def _refuse_too_large(self) -> None:
        size = len(self._received)
        if size >= _PREFIX.size and self._headers.get(":status") == _HTTP_OK:
            size = max(size - _PREFIX.size, _PREFIX.unpack_from(self._received)[1])
        if size > MAX_MESSAGE_BYTES:
            raise status_failure(
                Code.RESOURCE_EXHAUSTED, f"Received message larger than max ({size} vs. {MAX_MESSAGE_BYTES})"
            )

    def _reset(self, code: int) -> None:
        """A server that has answered may still reset what it does not want to read any more."""
        if "grpc-status" in self._headers:
            self._ended = True
            return
        raise status_failure(
            *_OF_RESET.get(code, (Code.INTERNAL, f"Received RST_STREAM with code {int(code)}"))
        )

    def _message(self) -> bytes:
        code, details = self._status()
        if code != Code.OK:
            raise status_failure(code, details)
        if len(self._received) < _PREFIX.size:
            raise status_failure(Code.INTERNAL, "Not enough responses received")
        compressed, length = _PREFIX.unpack_from(self._received)
        if compressed:
            raise status_failure(Code.INTERNAL, "Received a compressed message, which nobody asked for")
        end = _PREFIX.size + length
        if len(self._received) < end:
            raise status_failure(Code.INTERNAL, "Not enough responses received")
        if len(self._received) > end:
            raise status_failure(Code.INTERNAL, "Too many responses received")
        return bytes(self._received[_PREFIX.size : end])

    def _status(self) -> tuple[int, str]:
        text = self._headers.get("grpc-status")
        if text is not None:
            code = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else Code.UNKNOWN
            return code, unquote(self._headers.get("grpc-message", ""))
        http = self._headers.get(":status", "")
        if http == _HTTP_OK:
            return Code.UNKNOWN, "The server sent no gRPC status"
        return _OF_HTTP.get(http, Code.UNKNOWN), f"Received HTTP status code {http}"
