"""SIP: a telephone exchange answers OPTIONS."""

from __future__ import annotations

import asyncio
import contextlib
from time import perf_counter
from typing import Final

from kuma_lite.checks._host import clean_host
from kuma_lite.checks._network import failed, network_of
from kuma_lite.checks._sip_messages import Question, Status
from kuma_lite.core.declarations import CheckContext, CheckFailed, CheckResult, Kind, MonitorType, Notation
from kuma_lite.core.options import Options, option
from kuma_lite.net.datagram import Conversation, converse
from kuma_lite.net.errors import NetworkError, timeout_error

SIP_PORT: Final = 5060
# Datagrams get lost: it is sent again after each (RFC 3261 §17.1.2). Three seconds, as in Uptime Kuma 2.5.
WAITS_S: Final = (0.5, 1.0, 1.5)
_OK: Final = 200


class SipOptions(Options):
    """Whom to ask. Keys are Uptime Kuma 2.5's."""

    hostname: str = option("", label="Hostname", kind=Kind.HOST, required=True)
    port: int | None = option(None, label="Port", kind=Kind.PORT, form_default=SIP_PORT)


class SipOptionsMonitor(MonitorType[SipOptions]):
    """Asks OPTIONS over UDP, repeated until there is an answer; no other program is needed for it.

    Any final answer but 200 is a failure with its status line, where Uptime Kuma has no text.
    """

    name = "sip-options"
    label = "SIP OPTIONS"
    description = "Asks a telephone exchange or a phone by SIP what it can do (OPTIONS over UDP)."
    group = "specific"
    options = SipOptions
    notations = (Notation("sip", ports=(SIP_PORT,)),)

    def deadline(self, options: SipOptions, context: CheckContext) -> float:
        """Its own limit; the monitor's timeout means nothing."""
        del options, context
        return sum(WAITS_S) + 20

    async def check(self, options: SipOptions, context: CheckContext) -> CheckResult:
        """The ping is the time of the answer in whole ms, looking up the name included."""
        host, port, begun = clean_host(options.hostname), options.port or SIP_PORT, perf_counter()
        try:
            async with converse(network_of(context), host, port) as peer:
                status = await _ask(peer, Question.to(host, port))
        except NetworkError as error:
            raise failed(error) from None
        ping = round((perf_counter() - begun) * 1000)
        if status.code != _OK:
            raise CheckFailed(status.line, ping=ping)
        return CheckResult(status.line, ping=ping)


async def _ask(peer: Conversation, question: Question) -> Status:
    """The final answer. Raises CheckFailed where only nonsense comes, NetworkError where nothing does."""
    message, nonsense = question.message(peer.own_address), False

    async def answer() -> Status:
        nonlocal nonsense
        while True:
            try:
                status = question.status(await peer.receive())
            except ValueError:
                nonsense = True
                continue
            if status is not None and status.code >= _OK:  # before it: "I am working on it"
                return status

    for wait in WAITS_S:
        peer.send(message)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):
                return await answer()
    if nonsense:
        raise CheckFailed("Unexpected answer: no SIP server is listening there")
    raise timeout_error(sum(WAITS_S) * 1000)
