"""What a check gave: all that goes from where a monitor is checked to where its state is concluded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Self

from kuma_lite.checks._network import read_certificate
from kuma_lite.core.declarations import Certificate, CheckFailed, CheckResult, Status


class Outcome(NamedTuple):
    """One check, one beat that was pushed, or one turn that was left out for maintenance."""

    monitor_id: int
    began: float  # seconds since 1970
    status: Status  # MAINTENANCE: nothing was asked
    failed: bool
    message: str
    ping: float | None = None  # milliseconds
    duration: int = 0  # whole seconds since the previous beat; pushed monitors only, else 0
    response: str | None = None  # body to keep, already cut
    retry: bool = True  # whether a failure may be shown as PENDING first
    certificate: Certificate | None = None  # what was learned about it
    own_fault: str | None = None  # why the failure is ours; then nothing is concluded from it
    fault: bool = False  # it is an exception that nobody foresaw
    cannot: bool = False  # see `CheckResult`
    shared: str = ""  # key of the field that names what has failed instead of the target (see `CheckFailed`)
    last_result: str | list[str] | None = None  # see `CheckResult`

    @classmethod
    def of(
        cls,
        monitor_id: int,
        began: float,
        found: CheckResult | CheckFailed,
        own_fault: str | None = None,
        *,
        fault: bool = False,
    ) -> Self:
        """A check's result or failure."""
        failed = isinstance(found, CheckFailed)
        return cls(
            monitor_id,
            began,
            Status.DOWN if isinstance(found, CheckFailed) else found.status,
            failed,
            found.message,
            found.ping,
            found.duration,
            found.response,
            found.retry if isinstance(found, CheckFailed) else True,
            found.certificate,
            own_fault,
            fault,
            found.cannot if isinstance(found, CheckResult) else False,
            found.shared if isinstance(found, CheckFailed) else "",
            found.last_result,
        )

    def as_plain(self) -> dict[str, Any]:
        """JSON-ready, for a process on the other side of a wire."""
        plain = self._asdict()
        plain["status"] = int(self.status)
        plain["certificate"] = self.certificate.as_plain() if self.certificate is not None else None
        return plain

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """What `as_plain` gave. Raises KeyError, TypeError, ValueError."""
        certificate = plain["certificate"]
        changed = {
            "status": Status(plain["status"]),
            "certificate": read_certificate(certificate) if certificate is not None else None,
        }
        return cls(**{**plain, **changed})
