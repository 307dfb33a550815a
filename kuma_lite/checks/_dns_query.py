"""One question to DNS servers: UDP, TCP where the answer was cut, the next server where one fails.

The messages are dnspython's, the sockets our own: its transports load an HTTP client when one is installed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from kuma_lite.net.connect import OUR_OWN_LIMITS
from kuma_lite.net.errors import ErrorKind, NetworkError, connect_error

if TYPE_CHECKING:
    from dns.message import Message

    from kuma_lite.net.network import Network

Server = tuple[str, int]  # address, port
Question = Callable[[int], "Message"]  # of a payload size; 0 is without EDNS

TRY_S: Final = 5.0  # for one server; what resolvers usually wait
# Bytes of an answer that a datagram may hold (RFC 6891): what passes everywhere in one piece, as c-ares and
# the makers of resolvers have agreed; and what many servers still send, in pieces.
EDNS_PAYLOAD: Final = 1232
LARGE_PAYLOAD: Final = 4096
# At most a third of the whole time; then the same question without EDNS. All servers are asked in two rounds,
# since a datagram may be lost, and in the second without EDNS: some fail for it in ways of their own.
EDNS_TRY_S: Final = 2.0
_NO_EDNS: Final = frozenset({1, 4, 16})  # FORMERR, NOTIMP, BADVERS (RFC 6891 §6.1.3, §7)
_TRUNCATED: Final = 0x0200  # flag TC (RFC 1035 §4.1.1)
_LENGTH_BYTES: Final = 2  # before each message over TCP (RFC 1035 §4.2.2)
# Answers after which no other server is asked, and those after which one is (names of c-ares).
_FINAL: Final = {3: "ENOTFOUND"}
_ELSEWHERE: Final = {1: "EFORMERR", 2: "ESERVFAIL", 4: "ENOTIMP", 5: "EREFUSED"}


class QueryFailed(Exception):
    """No records. `code` in the words of Uptime Kuma's resolver: `ENOTFOUND`, `ETIMEOUT` ...

    `local`: our own network may be the cause; `final`: another server would say the same.
    """

    def __init__(self, code: str, *, local: bool = False, final: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.local = local
        self.final = final


async def ask(network: Network, servers: Sequence[Server], name: Any, kind: str, timeout: float) -> list[Any]:
    """The records (dnspython's rdata) of a type, in the order of the answer, within `timeout` seconds.

    Args:
        name: a dns.name.Name.
        kind: `A`, `MX` ...

    Raises QueryFailed.
    """
    import dns.message
    import dns.rdatatype

    wanted = dns.rdatatype.from_text(kind)
    failure = QueryFailed("ETIMEOUT", local=True)
    rounds = (min(EDNS_TRY_S, timeout / 3), None)

    def question(payload: int) -> Message:
        return dns.message.make_query(name, wanted, use_edns=0 if payload else False, payload=payload)

    try:
        async with asyncio.timeout(timeout):
            for patience, server in [(patience, server) for patience in rounds for server in servers]:
                try:
                    return _records(await _answer(network, server, question, patience), wanted)
                except QueryFailed as failed:
                    if failed.final:
                        raise
                    failure = failed
    except TimeoutError:
        raise QueryFailed("ETIMEOUT", local=True) from None
    raise failure


def _records(answer: Message, wanted: Any) -> list[Any]:
    code = int(answer.rcode())
    if code in _FINAL:
        raise QueryFailed(_FINAL[code], final=True)
    if code:
        raise QueryFailed(_ELSEWHERE.get(code, "EBADRESP"))
    records = [record for rrset in answer.answer if rrset.rdtype == wanted for record in rrset]
    if not records:
        raise QueryFailed("ENODATA", final=True)
    return records


async def _answer(network: Network, server: Server, question: Question, patience: float | None) -> Message:
    """What a server says within TRY_S.

    Without EDNS when it does not understand that, or says nothing for `patience` seconds (somebody on the way
    may have dropped it), or when there is no patience at all.
    """
    try:
        async with asyncio.timeout(TRY_S):
            answer = None if patience is None else await _with_edns(server, question, patience)
            if answer is None:
                answer = await _over_udp(server, question(0))
            return await _whole(network, server, question) if answer.flags & _TRUNCATED else answer
    except TimeoutError:
        raise QueryFailed("ETIMEOUT", local=True) from None
    except NetworkError as error:
        unreachable = error.kind is ErrorKind.UNREACHABLE
        raise QueryFailed("ECONNREFUSED", local=unreachable) from None


async def _with_edns(server: Server, question: Question, patience: float) -> Message | None:
    try:
        async with asyncio.timeout(patience):
            answer = await _over_udp(server, question(EDNS_PAYLOAD))
    except TimeoutError:
        return None
    return None if int(answer.rcode()) in _NO_EDNS else answer


async def _whole(network: Network, server: Server, question: Question) -> Message:
    """An answer that was cut, over TCP; where that is closed, in one large datagram."""
    try:
        return await _over_tcp(network, server, question(0))
    except (NetworkError, QueryFailed):
        answer = await _over_udp(server, question(LARGE_PAYLOAD))
        if int(answer.rcode()) in _NO_EDNS or answer.flags & _TRUNCATED:
            raise
        return answer


async def _over_udp(server: Server, query: Message) -> Message:
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[Message] = loop.create_future()
    try:
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Datagrams(query, answered), remote_addr=server
        )
    except OSError as error:
        if error.errno in OUR_OWN_LIMITS:
            raise
        raise connect_error(error, *server) from None
    try:
        transport.sendto(query.to_wire())
        return await answered
    except OSError as error:
        raise connect_error(error, *server) from None
    finally:
        transport.close()


class _Datagrams(asyncio.DatagramProtocol):
    """Waits for the answer; the socket is connected, so that only the server asked can give it."""

    def __init__(self, query: Message, answered: asyncio.Future[Message]) -> None:
        self._query = query
        self._answered = answered

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """Take the first message that answers the question."""
        del addr
        if self._answered.done() or data[:2] != self._query.id.to_bytes(2, "big"):
            return
        try:
            self._answered.set_result(_read(data, self._query))
        except QueryFailed as failed:
            self._answered.set_exception(failed)

    def error_received(self, exc: Exception) -> None:
        """The server's machine says that nobody listens."""
        if not self._answered.done():
            self._answered.set_exception(exc)


async def _over_tcp(network: Network, server: Server, query: Message) -> Message:
    stream = await network.open_stream(*server, timeout=TRY_S)
    try:
        wire = query.to_wire()
        stream.writer.write(len(wire).to_bytes(_LENGTH_BYTES, "big") + wire)
        length = int.from_bytes(await stream.reader.readexactly(_LENGTH_BYTES), "big")
        return _read(await stream.reader.readexactly(length), query)
    except (OSError, asyncio.IncompleteReadError):
        raise QueryFailed("ECONNREFUSED") from None
    finally:
        stream.writer.transport.abort()


def _read(wire: bytes, query: Message) -> Message:
    import dns.exception
    import dns.message

    try:
        answer = dns.message.from_wire(wire, ignore_trailing=True)
    except (dns.exception.DNSException, ValueError):
        raise QueryFailed("EBADRESP") from None
    if not query.is_response(answer):
        raise QueryFailed("EBADRESP")
    return answer
