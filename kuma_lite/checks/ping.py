"""Ping: the host answers ICMP echo requests."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from kuma_lite.checks._host import clean_host
from kuma_lite.checks._network import is_maybe_ours, network_of
from kuma_lite.core.declarations import (
    Bare,
    CheckContext,
    CheckFailed,
    CheckResult,
    Kind,
    MonitorType,
    Notation,
)
from kuma_lite.core.errors import UserError
from kuma_lite.core.options import Options, option
from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.icmp import DEFAULT_PER_REQUEST_TIMEOUT, DEFAULT_SIZE, DEFAULT_TOTAL_TIMEOUT, PingResult

FORM_COUNT: Final = 3  # what Uptime Kuma's form starts with
_BAD_TIMEOUT: Final = "Timeout must be between 1 and 300 seconds (default: 10)"
_LOOKUP_TROUBLE: Final = {
    "ENOTFOUND": "Name or service not known",
    "EAI_AGAIN": "Temporary failure in name resolution",
}


class PingOptions(Options):
    """Whom to ask, and how often per check. 0 stands for the default, as in Uptime Kuma 2.5."""

    hostname: str = option("", label="Hostname", kind=Kind.HOST, required=True)
    count: int = option(
        1,
        alias="ping_count",
        label="Requests",
        kind=Kind.NUMBER,
        section="advanced",
        minimum=1,
        maximum=100,
        step=1,
        form_default=FORM_COUNT,
        help="One answer is enough to be up.",
        out_of_range="Echo requests count must be between 1 and 100 (default: 1)",
    )
    size: int = option(
        DEFAULT_SIZE,
        alias="packetSize",
        label="Packet size",
        kind=Kind.NUMBER,
        section="advanced",
        unit="bytes",
        minimum=1,
        maximum=65_500,
        step=1,
        out_of_range="Packet size must be between 1 and 65500 (default: 56)",
    )
    per_request_timeout: float = option(
        round(DEFAULT_PER_REQUEST_TIMEOUT),
        alias="ping_per_request_timeout",
        label="Timeout of one request",
        kind=Kind.NUMBER,
        section="advanced",
        unit="s",
        minimum=1,
        maximum=60,
        step=1,
        out_of_range="Per-ping timeout must be between 1 and 60 seconds (default: 2)",
    )
    timeout: float = option(
        0,
        label="Timeout of all requests",
        kind=Kind.NUMBER,
        section="advanced",
        unit="s",
        minimum=1,
        maximum=300,
        step=1,
        form_default=round(DEFAULT_TOTAL_TIMEOUT),
        out_of_range=_BAD_TIMEOUT,
        whole=True,
    )


class PingMonitor(MonitorType[PingOptions]):
    """Up with the first answer; its time is the ping, in ms with fractions."""

    name = "ping"
    label = "Ping"
    description = "Sends ICMP echo requests and measures the answer."
    options = PingOptions
    notations = (
        Notation(command="ping", bare=(Bare.ADDRESS, Bare.LABEL)),
        Notation(command="ping6", bare=(Bare.DOMAIN,), rank=1),
    )
    in_type_list = False

    def validate(self, options: PingOptions, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """The limits of Uptime Kuma 2.5, in its order; the timeout is stored in whole seconds."""
        changes: dict[str, Any] = {}
        for key in ("packetSize", "ping_per_request_timeout", "ping_count", "timeout"):
            _, words = PingOptions.words()[key]
            value = document.get(key)
            if not value:
                continue
            if words.whole:
                value = changes[key] = math.floor(value + 0.5)
            if not (words.minimum or 0) <= value <= (words.maximum or math.inf):
                raise UserError(words.out_of_range, about=key)
        if changes.get("timeout", math.inf) < (options.per_request_timeout or 0):
            raise UserError(_BAD_TIMEOUT, about="timeout")
        return changes

    def deadline(self, options: PingOptions, context: CheckContext) -> float:
        """Looking up the name has no limit of its own; the resolver gives up after some ten seconds."""
        return _total_timeout(options, context) + 20

    async def check(self, options: PingOptions, context: CheckContext) -> CheckResult:
        """Send the requests and wait for the last answer or its timeout."""
        host = clean_host(options.hostname)
        try:
            result = await network_of(context).pinger.ping(
                host,
                count=max(1, options.count),
                size=options.size or DEFAULT_SIZE,
                per_request_timeout=options.per_request_timeout or DEFAULT_PER_REQUEST_TIMEOUT,
                total_timeout=_total_timeout(options, context),
            )
        except NetworkError as error:
            raise _failed(host, error) from None
        if not result.times_ms:
            raise CheckFailed(_no_answer(host, result), local=True)
        return CheckResult(ping=round(result.times_ms[0], 3))


def _total_timeout(options: PingOptions, context: CheckContext) -> float:
    return options.timeout or min(context.timeout, DEFAULT_TOTAL_TIMEOUT)


def _failed(host: str, error: NetworkError) -> CheckFailed:
    message = error.message
    if error.kind is ErrorKind.DNS:
        message = f"ping: {host}: {_LOOKUP_TROUBLE.get(error.code, error.message)}"
    return CheckFailed(message, local=is_maybe_ours(error))


def _no_answer(host: str, result: PingResult) -> str:
    """`PING host (ip): 3 packets transmitted, 0 received, 100% packet loss`, and what routers said."""
    reasons = ", ".join(dict.fromkeys(result.errors))
    return (
        f"PING {host} ({result.address}): {result.sent} packets transmitted, 0 received, 100% packet loss"
        + (f" ({reasons})" if reasons else "")
    )
