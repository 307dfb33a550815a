"""UDP: something is sent to a port, and what comes back is as wanted. Not a type of Uptime Kuma's."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from time import perf_counter
from typing import Any, Final, cast

from kuma_lite.checks._host import clean_host
from kuma_lite.checks._network import failed, network_of
from kuma_lite.checks._shared_options import timeout_option
from kuma_lite.core.declarations import (
    CannotCheck,
    CheckContext,
    CheckFailed,
    CheckResult,
    Choice,
    Kind,
    MonitorType,
    Notation,
    ShownWhen,
)
from kuma_lite.core.errors import UserError
from kuma_lite.core.options import Options, option
from kuma_lite.net.datagram import Conversation, converse
from kuma_lite.net.errors import NetworkError, timeout_error
from kuma_lite.net.resolve import IpFamily

FORM_TIMEOUT_S: Final = 5
REFUSAL_S: Final = 1.0  # how long a refusal may be on its way, where no answer is expected
GRACE_S: Final = 1.0  # how long the right answer may come after a wrong one
_MAX_BYTES: Final = 65_507  # of a datagram
_MAX_PORT: Final = 65_535
_SHOWN_CHARS: Final = 100
ANY, KEYWORD, NONE = "any", "keyword", "none"
TEXT, HEX = "text", "hex"


class UdpOptions(Options):
    """Where to, what, and which answer. The keys are fields that other types of Uptime Kuma have."""

    hostname: str = option("", label="Hostname", kind=Kind.HOST, required=True)
    port: int | None = option(None, label="Port", kind=Kind.PORT, required=True)
    encoding: str = option(
        TEXT,
        alias="httpBodyEncoding",
        label="Written as",
        kind=Kind.SELECT,
        section="content",
        choices=(Choice(TEXT, "Text"), Choice(HEX, "Hexadecimal")),
        help="What is sent, and what is expected.",
    )
    body: str = option(
        "",
        label="Send",
        kind=Kind.TEXTAREA,
        section="content",
        placeholder="ping",
        required=True,
        help="In hexadecimal, blanks and colons do not matter.",
    )
    expects: str = option(
        ANY,
        alias="subtype",
        label="Expect",
        kind=Kind.SELECT,
        section="content",
        choices=(
            Choice(ANY, "Any answer"),
            Choice(KEYWORD, "An answer that contains something"),
            Choice(NONE, "No answer: up unless the port is refused"),
        ),
    )
    keyword: str = option(
        "",
        label="It contains",
        kind=Kind.TEXT,
        section="content",
        shown_when=ShownWhen("subtype", (KEYWORD,)),
    )
    timeout: float = timeout_option("For the answer.", form_default=FORM_TIMEOUT_S)
    ip_family: str | None = option(
        None,
        alias="ipFamily",
        label="IP version",
        kind=Kind.SELECT,
        section="advanced",
        choices=(
            Choice(None, "IPv4, else IPv6"),
            Choice("ipv4", "IPv4 only"),
            Choice("ipv6", "IPv6 only"),
        ),
    )

    @property
    def family(self) -> IpFamily | None:
        """The one that is wanted, if one is."""
        return cast("IpFamily", self.ip_family) if self.ip_family in ("ipv4", "ipv6") else None

    def bytes_of(self, key: str, label: str, text: str) -> bytes:
        """What the text stands for. Raises UserError."""
        if self.encoding != HEX:
            data = text.encode("utf-8", "replace")
        else:
            try:
                data = bytes.fromhex(re.sub(r"[\s:]", "", text))
            except ValueError:
                raise UserError(
                    "{label} must be hexadecimal: two digits (0-9, a-f) for each byte.",
                    label=label,
                    about=key,
                ) from None
        if len(data) > _MAX_BYTES:
            raise UserError("{label} has at most {most} bytes.", label=label, most=_MAX_BYTES, about=key)
        return data


class UdpMonitor(MonitorType[UdpOptions]):
    """Sends one datagram and waits for what comes back."""

    name = "udp"
    label = "UDP"
    description = "Sends a datagram to a UDP port and looks at the answer."
    options = UdpOptions
    notations = (Notation("udp"),)
    in_type_list = False

    def validate(self, options: UdpOptions, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """Refuse what is not hexadecimal or too long."""
        del document
        _wanted(options)
        return {}

    def deadline(self, options: UdpOptions, context: CheckContext) -> float:
        """The answer, or the refusal that does not come."""
        del options
        return max(context.timeout, REFUSAL_S) + 20

    async def check(self, options: UdpOptions, context: CheckContext) -> CheckResult:
        """The ping is the time of the answer in whole ms, looking up the name included."""
        try:
            data, keyword = _wanted(options)
        except UserError as error:
            raise CannotCheck(str(error)) from None
        if options.port is None or not 0 < options.port <= _MAX_PORT:
            raise CannotCheck(f"The port must be a number from 1 to {_MAX_PORT}.")
        if not data:
            raise CannotCheck("There is nothing to send.")
        begun = perf_counter()
        try:
            async with converse(
                network_of(context), clean_host(options.hostname), options.port, family=options.family
            ) as peer:
                peer.send(data)
                if options.expects == NONE:
                    return await _unrefused(peer)
                answer = await _answer(peer, keyword, context.timeout)
        except NetworkError as error:
            raise failed(error) from None
        ping = round((perf_counter() - begun) * 1000)
        if keyword not in answer:
            raise CheckFailed(f"keyword [{options.keyword}] is not in [{shown(answer)}]", ping=ping)
        found = f", keyword [{options.keyword}] is found" if keyword else ""
        return CheckResult(f"{shown(answer)}{found}", ping=ping)


def _wanted(options: UdpOptions) -> tuple[bytes, bytes]:
    """What is sent, and what the answer has to contain. Raises UserError."""
    keyword = options.keyword if options.expects == KEYWORD else ""
    return options.bytes_of("body", "Send", options.body), options.bytes_of("keyword", "It contains", keyword)


async def _unrefused(peer: Conversation) -> CheckResult:
    """Raises NetworkError."""
    try:
        async with asyncio.timeout(REFUSAL_S):
            return CheckResult(shown(await peer.receive()))
    except TimeoutError:
        return CheckResult("Sent, and not refused")


async def _answer(peer: Conversation, keyword: bytes, seconds: float) -> bytes:
    """The first answer with the keyword, else the first of all. Raises NetworkError."""
    first: bytes | None = None
    try:
        async with asyncio.timeout(seconds) as time:
            while True:
                data = await peer.receive()
                if keyword in data:
                    return data
                if first is None:
                    first = data
                    grace = asyncio.get_running_loop().time() + GRACE_S
                    time.reschedule(min(grace, time.when() or grace))
    except TimeoutError:
        if first is None:
            raise timeout_error(seconds * 1000) from None
        return first


def shown(data: bytes) -> str:
    """An answer for people: as text where it is one, else in hexadecimal."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = ""
    text = text.strip("\r\n\0")
    found = text if text and text.replace("\n", "").replace("\r", "").isprintable() else data.hex(" ")
    if not found:
        return "Empty answer"
    return found if len(found) <= _SHOWN_CHARS else f"{found[:_SHOWN_CHARS]}…"
