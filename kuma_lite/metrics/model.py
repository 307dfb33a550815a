"""What metrics are made of, and who knows the figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, Protocol

from msgspec import Struct, field

GAUGE: Final = "gauge"
COUNTER: Final = "counter"
SUMMARY: Final = "summary"

Labels = tuple[tuple[str, str], ...]


class Sample(NamedTuple):
    """One line: the labels as they are written (see `exposition.label_text`), and the value."""

    labels: str
    value: float


class Family(Struct):
    """One metric with all its samples; `lines` are further ones, written out already."""

    name: str
    help: str
    type: str = GAUGE
    samples: list[Sample] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


class Reading(Protocol):
    """What is known of one monitor that has beaten and is looked at."""

    @property
    def id(self) -> int:
        """Its id."""

    @property
    def name(self) -> str:
        """Its display name."""

    @property
    def type(self) -> str:
        """Its type on the wire."""

    @property
    def url(self) -> str | None:
        """The field of that name."""

    @property
    def hostname(self) -> str | None:
        """The field of that name."""

    @property
    def port(self) -> int | None:
        """The field of that name."""

    @property
    def tags(self) -> Sequence[tuple[str, str | None]]:
        """Names and values."""

    @property
    def status(self) -> int:
        """0 down, 1 up, 2 pending, 3 maintenance."""

    @property
    def ping(self) -> float | None:
        """Milliseconds, of the latest beat."""

    @property
    def windows(self) -> Sequence[tuple[str, float, float]]:
        """Window, share of beats that were up (0..1), average response time (milliseconds)."""

    @property
    def certificate(self) -> tuple[bool, int] | None:
        """Whether it is valid, and the days it remains so."""


class Readings(Protocol):
    """Who reads the monitors."""

    async def prepare(self) -> None:
        """To be awaited before `all`."""

    def all(self) -> Iterable[Reading]:
        """Every monitor that can be read, computed as it is asked for."""
