"""What a check gives: a result, a failure of the target, or that it cannot be checked here."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, Protocol

from msgspec import Struct


class Status(IntEnum):
    """State of a monitor, numbered as on the wire of Uptime Kuma."""

    DOWN = 0
    UP = 1
    PENDING = 2
    MAINTENANCE = 3


class CertificateFigures(Struct, frozen=True):
    """What is counted of a certificate; as `as_wire` says it."""

    valid: bool
    days: int  # until it ends
    until: float  # seconds since 1970: these are others from then on


class Certificate(Protocol):
    """What a TLS check learned about the server's certificate (see `net.certificates`)."""

    def as_wire(self, now: float) -> dict[str, Any]:
        """The `certInfo` document of Uptime Kuma: `{valid, certInfo[, hostnameMatchMonitorUrl]}`."""

    def days_left(self, now: float) -> int | None:
        """Whole days until the server's own certificate ends; None when it cannot be read."""

    def figures(self, now: float) -> CertificateFigures | None:
        """Without the document around them; None when it cannot be read."""

    def as_plain(self) -> dict[str, Any]:
        """All of it, JSON-ready, for `checks._network.read_certificate`."""


# one for each check: frozen, it would take four times as long to make
class CheckResult(Struct):
    """The target answered as wanted (or, for types that say so, is pending or down without having failed)."""

    message: str = ""
    ping: float | None = None  # milliseconds; None: the engine does not measure either
    status: Status = Status.UP
    response: str | None = None  # body to keep with the beat, already cut
    certificate: Certificate | None = None
    duration: int = 0  # whole seconds since the previous beat; only pushed types know it
    cannot: bool = (
        False  # it could not be checked, for the reason in `message`; pending, and told as our own trouble
    )
    last_result: str | list[str] | None = None  # what the monitor keeps, see `MonitorDeclaration.keeps`
    numbers: Mapping[str, float] | None = None  # what the type's `numbers` declare, by id


class Wait(Struct, frozen=True):
    """Nothing to record now; look again in `seconds` (a push monitor whose beat is not overdue)."""

    seconds: float


class CheckFailed(Exception):
    """The target's fault: becomes a PENDING or DOWN beat with this message.

    Args:
        message: the beat's text.
        ping: milliseconds, where the target answered but not as wanted.
        response: body to keep with the beat.
        retry: False when the failure is final at once, without PENDING retries.
        local: True when our own network may be to blame (no route, resolver unavailable, time-out):
            the engine then looks at itself before it believes the failure.
        duration: whole seconds since the previous beat; only pushed types know it. certificate: what was
        learned about the certificate in spite of the failure. shared: key of the option that names something
        the check goes through and that has failed itself (a proxy,
            a Docker host): where other monitors go through it as well, it is not the target's fault.
        last_result: as in `CheckResult`.
    """

    def __init__(
        self,
        message: str,
        *,
        ping: float | None = None,
        response: str | None = None,
        retry: bool = True,
        local: bool = False,
        duration: int = 0,
        certificate: Certificate | None = None,
        shared: str = "",
        last_result: str | list[str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.shared = shared
        self.ping = ping
        self.response = response
        self.retry = retry
        self.local = local
        self.duration = duration
        self.certificate = certificate
        self.last_result = last_result


class CannotCheck(Exception):
    """The target cannot be checked here: a driver or a program is missing, a setting names nothing.

    Says nothing about the target: the beat is PENDING with the sentence, alarms nobody, and is told as
    trouble of our own (`CheckResult.cannot`).
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def as_result(self) -> CheckResult:
        """What the check then gives."""
        return CheckResult(self.message, status=Status.PENDING, cannot=True)
