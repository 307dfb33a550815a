"""What metrics are made of, and who knows the figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, Protocol, TypeVar

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
    """One metric with all its samples."""

    name: str
    help: str
    type: str = GAUGE
    samples: list[Sample] = field(default_factory=list)


class Names(Protocol):
    """What a monitor is called."""

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


class Figures(Protocol):
    """How a monitor is doing."""

    @property
    def status(self) -> int:
        """0 down, 1 up, 2 pending, 3 maintenance."""

    @property
    def ping(self) -> float | None:
        """Milliseconds, of the latest beat."""

    @property
    def windows(self) -> Sequence[tuple[float, float]]:
        """Share of beats that were up (0..1) and average response time (milliseconds), by window or none."""

    @property
    def certificate(self) -> tuple[bool, int] | None:
        """Whether it is valid, and the days it remains so."""


class Glance(Protocol):
    """A monitor that has beaten and is looked at, at one moment."""

    @property
    def id(self) -> int:
        """Its id."""

    @property
    def named_by(self) -> object:
        """The same object as long as its names are the same."""


AnyGlance = TypeVar("AnyGlance", bound=Glance)


class Readings(Protocol[AnyGlance]):
    """Who reads the monitors."""

    @property
    def windows(self) -> Sequence[str]:
        """Those over which figures are averaged."""

    async def prepare(self) -> None:
        """To be awaited before `all`."""

    def all(self) -> Iterable[AnyGlance]:
        """Every monitor that can be read, when it is asked for: the same object if nothing has changed."""

    def names(self, glance: AnyGlance) -> Names:
        """What it is called; to be asked at once."""

    def figures(self, glance: AnyGlance) -> Figures:
        """How it is doing; to be asked at once."""
