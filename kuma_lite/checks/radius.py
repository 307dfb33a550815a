"""RADIUS: a server accepts a user and password."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import Final

from kuma_lite.checks import _radius_packets as packets
from kuma_lite.checks._host import clean_host
from kuma_lite.checks._network import is_maybe_ours, network_of
from kuma_lite.checks._radius_packets import Reply, ReplyError, Request, RequestError, Secrets
from kuma_lite.core.declarations import (
    CannotCheck,
    CheckContext,
    CheckFailed,
    CheckResult,
    Kind,
    MonitorType,
)
from kuma_lite.core.options import Options, option
from kuma_lite.net.datagram import Conversation, converse
from kuma_lite.net.errors import ErrorKind, NetworkError

RADIUS_PORT: Final = 1812
ATTEMPTS: Final = 2
SHARE_OF_INTERVAL: Final = 0.4  # for one attempt; as in Uptime Kuma 2.5
# How long a genuine answer may come after one that is not: whoever forges one is faster than the server.
GRACE_S: Final = 1.0


class RadiusOptions(Options):
    """Which server, and who logs in. Keys are Uptime Kuma 2.5's."""

    hostname: str = option("", label="Hostname", kind=Kind.HOST, required=True)
    port: int | None = option(None, label="Port", kind=Kind.PORT, form_default=RADIUS_PORT)
    user: str = option(
        "", alias="radiusUsername", label="User name", kind=Kind.TEXT, section="authentication"
    )
    password: str = option(
        "",
        alias="radiusPassword",
        label="Password",
        kind=Kind.PASSWORD,
        section="authentication",
        secret=True,
    )
    secret: str = option(
        "",
        alias="radiusSecret",
        label="Shared secret",
        kind=Kind.PASSWORD,
        section="authentication",
        secret=True,
        required=True,
        help="What the server knows its clients by.",
    )
    called: str = option(
        "",
        alias="radiusCalledStationId",
        label="Called station",
        kind=Kind.TEXT,
        section="authentication",
        help="Called-Station-Id: which device is logged in to.",
    )
    calling: str = option(
        "",
        alias="radiusCallingStationId",
        label="Calling station",
        kind=Kind.TEXT,
        section="authentication",
        help="Calling-Station-Id: which device logs in.",
    )


class RadiusMonitor(MonitorType[RadiusOptions]):
    """Sends an Access-Request with the password hidden (PAP).

    Other than Uptime Kuma it signs the request (Message-Authenticator), and believes only answers that know
    the shared secret; a refusal is one all the same: who has another secret refuses us. The second attempt
    goes out signed and unsigned, for servers that pass over what is signed with another secret.
    """

    name = "radius"
    label = "RADIUS"
    description = "Logs in to a RADIUS server with a user name and a password."
    options = RadiusOptions
    in_type_list = False

    def deadline(self, options: RadiusOptions, context: CheckContext) -> float:
        """All attempts, and what may come after one."""
        del options
        return ATTEMPTS * SHARE_OF_INTERVAL * context.interval + GRACE_S + 20

    async def check(self, options: RadiusOptions, context: CheckContext) -> CheckResult:
        """The ping is the time of the answer in whole ms, looking up the name included."""
        port = options.port or RADIUS_PORT
        where = f"{options.hostname}:{port}"
        prefix = f"RADIUS authentication failed for {where}: "
        begun = perf_counter()
        try:
            signed = _request(options, signed=True)
            async with converse(network_of(context), clean_host(options.hostname), port) as server:
                code = await _Login(server, options, signed, SHARE_OF_INTERVAL * context.interval).answer()
        except RequestError as error:
            raise CannotCheck(f"{prefix}RADIUS packet encoding failed: {error}") from None
        except ReplyError as error:
            raise CheckFailed(f"{prefix}RADIUS response decoding failed: {error}") from None
        except TimeoutError:
            raise CheckFailed(f"{prefix}{_TIMED_OUT}", local=True) from None
        except NetworkError as error:
            raise CheckFailed(prefix + _text(error), local=is_maybe_ours(error)) from None
        ping = round((perf_counter() - begun) * 1000)
        if packets.CODES[code] == "Access-Reject":
            raise CheckFailed(f"RADIUS Access-Reject from {where}", ping=ping)
        return CheckResult(packets.CODES[code], ping=ping)


_TIMED_OUT: Final = f"RADIUS request timeout after {ATTEMPTS} attempts"


def _text(error: NetworkError) -> str:
    if error.kind is ErrorKind.DNS:
        return f"Failed to send RADIUS request: {error.message}"
    if error.kind is ErrorKind.REFUSED:  # which Uptime Kuma does not hear
        return _TIMED_OUT
    return f"RADIUS socket error: {error.message}"


def _request(options: RadiusOptions, *, signed: bool) -> Request:
    return packets.request(
        Secrets(options.user, options.password, options.secret),
        (
            (packets.CALLING_STATION_ID, options.calling),
            (packets.CALLED_STATION_ID, options.called),
        ),
        signed=signed,
    )


class _Login:
    """The attempts of one check."""

    def __init__(self, server: Conversation, options: RadiusOptions, signed: Request, seconds: float) -> None:
        self._server = server
        self._options = options
        self._requests = [signed]
        self._seconds = seconds
        self._doubtful: Reply | None = None  # an answer that does not know our secret
        self._problem: ReplyError | None = None

    async def answer(self) -> int:
        """The code of the answer. Raises ReplyError, TimeoutError, NetworkError of kind REFUSED …"""
        for attempt in range(1, ATTEMPTS + 1):
            if attempt == ATTEMPTS:
                self._requests.append(_request(self._options, signed=False))
            for request in self._requests:
                self._server.send(request.data)
            try:
                async with asyncio.timeout(self._seconds) as time:
                    return await self._genuine(time)
            except TimeoutError:
                if (code := self._doubted()) is not None:
                    return code
            except NetworkError as error:
                if error.kind is not ErrorKind.REFUSED or attempt == ATTEMPTS:
                    raise
        raise TimeoutError

    async def _genuine(self, time: asyncio.Timeout) -> int:
        while True:
            data = await self._server.receive()
            try:
                reply = packets.read(data, self._requests)
            except ReplyError as error:
                self._problem = self._problem or error
            else:
                if reply is None:
                    continue
                if reply.genuine:
                    return reply.code
                self._doubtful = self._doubtful or reply
            self._hurry(time)

    def _hurry(self, time: asyncio.Timeout) -> None:
        end = asyncio.get_running_loop().time() + GRACE_S
        time.reschedule(min(end, time.when() or end))

    def _doubted(self) -> int | None:
        """The code of a refusal by somebody who has another secret. Raises ReplyError."""
        if self._doubtful is not None and packets.CODES[self._doubtful.code] == "Access-Reject":
            return self._doubtful.code
        if self._doubtful is not None:
            raise ReplyError("the answer was not made with the shared secret")
        if self._problem is not None:
            raise self._problem
        return None
