"""Kafka's protocol on our own connection: versions, logging in, metadata, one message.

The driver would keep connections and tasks for each broker; a check sends five requests at most. Texts are
those of kafkajs, which Uptime Kuma uses.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from msgspec import Struct

from kuma_lite.checks._channel import Channel
from kuma_lite.checks._scram import Scram, ScramError
from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.network import USER_AGENT

MAX_ANSWER_BYTES: Final = 16 * 1024 * 1024
REQUIRED_REPLICAS: Final = -1  # all that are in sync, as kafkajs
PRODUCE_TIMEOUT_MS: Final = 30_000  # for the replicas
# Requests and the versions in which they are sent: all are known to brokers from 1.0 (2017) on.
_PRODUCE, _METADATA, _HANDSHAKE, _VERSIONS, _AUTHENTICATE = (0, 3), (3, 4), (17, 1), (18, 0), (36, 0)
_SCRAM: Final = {"SCRAM-SHA-256": "sha256", "SCRAM-SHA-512": "sha512"}
_LEADER_NOT_AVAILABLE: Final = 5
# While a topic is being created: not known, without a leader, with one that does not know it yet.
NOT_THERE_YET: Final = frozenset({3, _LEADER_NOT_AVAILABLE, 6})
_AUTHENTICATION_FAILED: Final = 58
_MAX_ON_LOOP_BYTES: Final = 64 * 1024  # of which a checksum takes 10 ms
_NOT_KAFKA: Final = "The answer is none of Kafka's"
_ERRORS: Final = {
    -1: "The server experienced an unexpected error when processing the request",
    2: "This message has failed its CRC checksum, exceeds the valid size, or is otherwise corrupt",
    3: "This server does not host this topic-partition",
    5: "There is no leader for this topic-partition as we are in the middle of a leadership election",
    6: "This server is not the leader for that topic-partition",
    7: "The request timed out",
    8: "The broker is not available",
    9: "The replica is not available for the requested topic-partition",
    10: "The request included a message larger than the max message size the server will accept",
    13: "The server disconnected before a response was received",
    17: "The request attempted to perform an operation on an invalid topic",
    18: "The request included message batch larger than the configured segment size on the server",
    19: "Messages are rejected since there are fewer in-sync replicas than required",
    20: "Messages are written to the log, but to fewer in-sync replicas than required",
    29: "Not authorized to access topics: [Topic authorization failed]",
    31: "Cluster authorization failed",
    33: "The broker does not support the requested SASL mechanism",
    34: "Request is not valid given the current SASL state",
    35: "The version of API is not supported",
    44: "Request parameters do not satisfy the configured policy",
    56: "Disk error when trying to access log file on the disk",
    58: "SASL Authentication failed",
    87: "This record has failed the validation on broker and hence be rejected",
}


class BrokerError(Exception):
    """A broker refuses, or what it sends makes no sense; the message is what the beat says.

    `code`: the error's number, 0 for what has none.
    """

    def __init__(self, message: str, code: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


@dataclass(frozen=True, slots=True)
class Login:
    """Mechanism in capitals, and what it needs: user and password, or the four parts of AWS."""

    mechanism: str
    parts: tuple[str, ...] = field(repr=False)


class Topic(Struct, frozen=True):
    """Where a topic's partitions are: their number and the broker that leads each."""

    leaders: Mapping[int, int]
    brokers: Mapping[int, tuple[str, int]]


class Broker:
    """Requests and their answers on one connection."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._number = 0

    async def introduce(self, login: Login | None) -> None:
        """Ask what the broker can do, and log in. Raises BrokerError, NetworkError."""
        answer = await self._ask(_VERSIONS, b"")
        _raise_for(answer.int16())
        found = {answer.int16(): (answer.int16(), answer.int16()) for _ in range(answer.count())}
        for key, version in (_PRODUCE, _METADATA):
            least, most = found.get(key, (0, -1))
            if not least <= version <= most:
                raise BrokerError(_ERRORS[35], 35)
        if login is not None:
            await self._log_in(login)

    async def _log_in(self, login: Login) -> None:
        answer = await self._ask(_HANDSHAKE, _text(login.mechanism))
        _raise_for(answer.int16())
        if login.mechanism in _SCRAM:
            name = f"SASL SCRAM {login.mechanism.removeprefix('SCRAM-').replace('-', '')}"
        else:
            name = "SASL AWS-IAM" if login.mechanism == "AWS" else f"SASL {login.mechanism}"
        try:
            await self._authenticate(login)
        except (BrokerError, ScramError) as error:
            raise BrokerError(f"{name} authentication failed: {error}") from None

    async def _authenticate(self, login: Login) -> None:
        digest = _SCRAM.get(login.mechanism)
        if digest is None:
            await self._token("\0".join(login.parts).encode())
            return
        user, password = login.parts
        scram = Scram(digest, user, password.encode())
        final = await scram.final(await self._token(scram.first()))
        scram.check(await self._token(final))

    async def _token(self, token: bytes) -> bytes:
        answer = await self._ask(_AUTHENTICATE, _bytes(token))
        code, text = answer.int16(), answer.text()
        if code == _AUTHENTICATION_FAILED and text:
            raise BrokerError(text, code)
        _raise_for(code)
        return answer.data()

    async def topic(self, name: str, *, create: bool) -> Topic:
        """Where a topic is; brokers that create topics may do so now. Raises BrokerError, NetworkError."""
        answer = await self._ask(_METADATA, struct.pack(">i", 1) + _text(name) + bytes([create]))
        answer.skip(4)
        brokers: dict[int, tuple[str, int]] = {}
        for _ in range(answer.count()):
            number, host, port = answer.int32(), answer.text(), answer.int32()
            answer.text()
            brokers[number] = (host, port)
        answer.text()
        answer.skip(4)
        leaders: dict[int, int] = {}
        for _ in range(answer.count()):
            _raise_for(answer.int16())
            answer.text()
            answer.skip(1)
            for _ in range(answer.count()):
                code, partition, leader = answer.int16(), answer.int32(), answer.int32()
                answer.skip(4 * answer.count())
                answer.skip(4 * answer.count())
                if code != _LEADER_NOT_AVAILABLE:
                    leaders[partition] = leader
        if not any(leader in brokers for leader in leaders.values()):
            raise BrokerError(_ERRORS[_LEADER_NOT_AVAILABLE], _LEADER_NOT_AVAILABLE)
        return Topic({number: leader for number, leader in leaders.items() if leader in brokers}, brokers)

    async def produce(self, topic: str, partition: int, message: bytes, now: float) -> None:
        """Append a message to a partition of which this broker is the leader. Raises as `topic`."""
        if len(message) > _MAX_ON_LOOP_BYTES:
            batch = await asyncio.to_thread(record_batch, message, round(now * 1000))
        else:
            batch = record_batch(message, round(now * 1000))
        body = _text(None) + struct.pack(">hii", REQUIRED_REPLICAS, PRODUCE_TIMEOUT_MS, 1) + _text(topic)
        answer = await self._ask(_PRODUCE, body + struct.pack(">ii", 1, partition) + _bytes(batch))
        for _ in range(answer.count()):
            answer.text()
            for _ in range(answer.count()):
                answer.skip(4)
                _raise_for(answer.int16())
                answer.skip(16)

    async def _ask(self, request: tuple[int, int], body: bytes) -> _Answer:
        self._number += 1
        head = struct.pack(">hhi", *request, self._number) + _text(USER_AGENT)
        self._channel.write(_bytes(head + body))
        try:
            length = int.from_bytes(await self._channel.exactly(4), "big")
            if not 4 <= length <= MAX_ANSWER_BYTES:
                raise BrokerError(_NOT_KAFKA)
            answer = _Answer(await self._channel.exactly(length))
        except NetworkError as error:
            if error.kind is not ErrorKind.RESET:
                raise
            raise NetworkError("Closed connection", error.code, error.kind) from None
        if answer.int32() != self._number:
            raise BrokerError(_NOT_KAFKA)
        return answer


class _Answer:
    """The parts of an answer, one after the other. All raise BrokerError where it ends too early."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def skip(self, count: int) -> bytes:
        taken = self._data[self._place : self._place + count]
        if count < 0 or len(taken) < count:
            raise BrokerError(_NOT_KAFKA)
        self._place += count
        return taken

    def int16(self) -> int:
        return int.from_bytes(self.skip(2), "big", signed=True)

    def int32(self) -> int:
        return int.from_bytes(self.skip(4), "big", signed=True)

    def count(self) -> int:
        """Of what follows; no more than there is room for."""
        count = max(0, self.int32())
        if count > len(self._data):
            raise BrokerError(_NOT_KAFKA)
        return count

    def text(self) -> str:
        length = self.int16()
        return "" if length < 0 else self.skip(length).decode("utf-8", "replace")

    def data(self) -> bytes:
        length = self.int32()
        return b"" if length < 0 else self.skip(length)


def _raise_for(code: int) -> None:
    if code:
        raise BrokerError(_ERRORS.get(code, f"The broker answers with error {code}"), code)


def _text(text: str | None) -> bytes:
    if text is None:
        return b"\xff\xff"
    data = text.encode("utf-8", "replace")
    return struct.pack(">h", len(data)) + data


def _bytes(data: bytes) -> bytes:
    return struct.pack(">i", len(data)) + data


# --- Records -----------------------------------------------------------------------------------------------


def record_batch(message: bytes, milliseconds: int) -> bytes:
    """A batch (version 2) of one record without key and headers."""
    record = b"\0\0\0" + _varint(-1) + _varint(len(message)) + message + _varint(0)
    content = struct.pack(">hiqqqhii", 0, 0, milliseconds, milliseconds, -1, -1, -1, 1)
    content += _varint(len(record)) + record
    checked = struct.pack(">ibI", -1, 2, crc32c(content)) + content
    return struct.pack(">qi", 0, len(checked)) + checked


def _varint(number: int) -> bytes:
    """Zigzag, seven bits a byte."""
    rest = number << 1 ^ number >> 63
    encoded = bytearray()
    while rest > 0x7F:
        encoded.append(rest & 0x7F | 0x80)
        rest >>= 7
    encoded.append(rest)
    return bytes(encoded)


def crc32c(data: bytes) -> int:
    """The checksum of RFC 3720 §B.4 (Castagnoli)."""
    table = _crc_table()
    checksum = 0xFFFF_FFFF
    for byte in data:
        checksum = table[(checksum ^ byte) & 0xFF] ^ checksum >> 8
    return checksum ^ 0xFFFF_FFFF


@lru_cache(1)
def _crc_table() -> tuple[int, ...]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F6_3B78 if value & 1 else 0)
        table.append(value)
    return tuple(table)
