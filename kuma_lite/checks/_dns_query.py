"""One question to DNS servers: UDP, TCP where the answer was cut, the next server where one fails."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from kuma_lite.checks._dns_messages import (
    BADVERS,
    FORMERR,
    NOTIMP,
    REFUSED,
    SERVFAIL,
    Answer,
    Question,
    number_of,
    read_answer,
)
from kuma_lite.checks._dns_records import TYPES, Malformed
from kuma_lite.net import datagram
from kuma_lite.net.errors import ErrorKind, NetworkError

if TYPE_CHECKING:
    from kuma_lite.net.network import Network

Server = tuple[str, int]  # address, port

TRY_S: Final = 5.0  # for one server; what resolvers usually wait
# Bytes of an answer that a datagram may hold (RFC 6891): what passes everywhere in one piece, as c-ares and
# the makers of resolvers have agreed; and what many servers still send, in pieces.
EDNS_PAYLOAD: Final = 1232
LARGE_PAYLOAD: Final = 4096
# At most a third of the whole time; then the same question without EDNS. All servers are asked in two rounds,
# since a datagram may be lost, and in the second without EDNS: some fail for it in ways of their own.
EDNS_TRY_S: Final = 2.0
_NO_EDNS: Final = frozenset({FORMERR, NOTIMP, BADVERS})  # RFC 6891 §6.1.3, §7
_STEP_S: Final = 0.001  # of the loop's clock
_LENGTH_BYTES: Final = 2  # before each message over TCP (RFC 1035 §4.2.2)
# Answers after which no other server is asked, and those after which one is (names of c-ares).
_FINAL: Final = {3: "ENOTFOUND"}
_ELSEWHERE: Final = {FORMERR: "EFORMERR", SERVFAIL: "ESERVFAIL", NOTIMP: "ENOTIMP", REFUSED: "EREFUSED"}


class QueryFailed(Exception):
    """No records. `code` in the words of Uptime Kuma's resolver: `ENOTFOUND`, `ETIMEOUT` ...

    `local`: our own network may be the cause; `final`: another server would say the same.
    """

    def __init__(self, code: str, *, local: bool = False, final: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.local = local
        self.final = final


async def ask(
    network: Network, servers: Sequence[Server], name: bytes, kind: str, timeout: float
) -> list[Any]:
    """The records of a type (see `Answer`), in the order of the answer, within `timeout` seconds.

    Args:
        name: as on the wire, uncompressed.
        kind: `A`, `MX` ...

    Raises QueryFailed.
    """
    question = Question(name, TYPES[kind])
    end = _now() + timeout
    failure = QueryFailed("ETIMEOUT", local=True)
    rounds = (min(EDNS_TRY_S, timeout / 3), None)
    for patience, server in [(patience, server) for patience in rounds for server in servers]:
        if _now() >= end:
            raise QueryFailed("ETIMEOUT", local=True)
        try:
            return _records(await _answer(network, server, question, patience, min(end, _now() + TRY_S)))
        except QueryFailed as failed:
            if failed.final:
                raise
            failure = failed
    raise failure


def _records(answer: Answer) -> list[Any]:
    if answer.code in _FINAL:
        raise QueryFailed(_FINAL[answer.code], final=True)
    if answer.code:
        raise QueryFailed(_ELSEWHERE.get(answer.code, "EBADRESP"))
    if not answer.records:
        raise QueryFailed("ENODATA", final=True)
    return answer.records


async def _answer(
    network: Network, server: Server, question: Question, patience: float | None, end: float
) -> Answer:
    """What a server says until `end` (of the loop's clock).

    Without EDNS when it does not understand that, or says nothing for `patience` seconds (somebody on the way
    may have dropped it), or when there is no patience at all.
    """
    try:
        answer = None
        if patience is not None:
            answer = await _with_edns(network, server, question, min(end, _now() + patience))
        if answer is None:
            answer = await _over_udp(network, server, question, 0, end)
        return await _whole(network, server, question, end) if answer.truncated else answer
    except TimeoutError:
        raise QueryFailed("ETIMEOUT", local=True) from None
    except NetworkError as error:
        if error.kind is ErrorKind.TIMEOUT:
            raise QueryFailed("ETIMEOUT", local=True) from None
        raise QueryFailed("ECONNREFUSED", local=error.kind is ErrorKind.UNREACHABLE) from None


async def _with_edns(network: Network, server: Server, question: Question, end: float) -> Answer | None:
    try:
        answer = await _over_udp(network, server, question, EDNS_PAYLOAD, end)
    except NetworkError as error:
        if error.kind is ErrorKind.TIMEOUT:
            return None
        raise
    return None if answer.code in _NO_EDNS else answer


async def _whole(network: Network, server: Server, question: Question, end: float) -> Answer:
    """An answer that was cut, over TCP; where that is closed, in one large datagram."""
    try:
        async with asyncio.timeout_at(end):
            return await _over_tcp(network, server, question)
    except (NetworkError, QueryFailed):
        answer = await _over_udp(network, server, question, LARGE_PAYLOAD, end)
        if answer.code in _NO_EDNS or answer.truncated:
            raise
        return answer


async def _over_udp(network: Network, server: Server, question: Question, payload: int, end: float) -> Answer:
    left = end - _now()
    if left < _STEP_S:
        raise TimeoutError
    number = _any_number()

    def read(wire: bytes) -> Answer | None:
        return _read(wire, question) if number_of(wire) == number else None

    return await datagram.ask(network, *server, question.packed(number, payload), read, timeout=left)


async def _over_tcp(network: Network, server: Server, question: Question) -> Answer:
    stream = await network.open_stream(*server, timeout=TRY_S)
    number = _any_number()
    try:
        wire = question.packed(number, 0)
        stream.writer.write(len(wire).to_bytes(_LENGTH_BYTES, "big") + wire)
        length = int.from_bytes(await stream.reader.readexactly(_LENGTH_BYTES), "big")
        wire = await stream.reader.readexactly(length)
    except (OSError, asyncio.IncompleteReadError):
        raise QueryFailed("ECONNREFUSED") from None
    finally:
        stream.writer.transport.abort()
    if number_of(wire) != number:
        raise QueryFailed("EBADRESP")
    return _read(wire, question)


def _read(wire: bytes, question: Question) -> Answer:
    try:
        return read_answer(wire, question)
    except Malformed:
        raise QueryFailed("EBADRESP") from None


def _any_number() -> int:
    """An id that nobody can guess."""
    return int.from_bytes(os.urandom(2), "big")


def _now() -> float:
    return asyncio.get_running_loop().time()
