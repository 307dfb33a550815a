"""What one check sees of the monitor it runs for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

from kuma_lite.core.declarations import AnyMonitorType, Child, LastBeat, Silence
from kuma_lite.monitors.engine.limits import Limit

if TYPE_CHECKING:
    from kuma_lite.core.options import Options
    from kuma_lite.core.targets import Network


class CheckedMonitor(Protocol):
    """A monitor, as far as it must be known where it is checked."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def name(self) -> str:
        """For people."""

    @property
    def kind(self) -> AnyMonitorType | None:
        """None: a type this program does not check."""

    @property
    def options(self) -> Options | None:
        """Those of its type; None: they cannot be used, for the reason in `problem`."""

    @property
    def problem(self) -> str | None:
        """A sentence for people."""

    @property
    def interval(self) -> float:
        """Seconds between beats."""

    @property
    def timeout(self) -> float:
        """Seconds a check may take."""

    @property
    def upside_down(self) -> bool:
        """Whether success counts as failure."""

    @property
    def limits(self) -> tuple[Limit, ...]:
        """On the numbers its checks yield."""


class ServerView(Protocol):
    """What is known of monitors where they and their beats are."""

    def children(self, monitor_id: int) -> Sequence[Child]:
        """Direct children, in list order."""

    def last_beat(self, monitor_id: int) -> LastBeat | None:
        """The latest recorded beat; None before the first."""

    def silence(self, monitor_id: int) -> Silence:
        """See `declarations.ServerContext`."""


@dataclass(slots=True)
class Context:
    """One run's view (see `declarations.CheckContext`)."""

    monitor_id: int
    name: str
    interval: float
    timeout: float
    upside_down: bool
    now: float
    network: Network

    @classmethod
    def of(cls, monitor: CheckedMonitor, now: float, network: Network) -> Self:
        """The context of a check that begins at `now` (seconds since 1970)."""
        return cls(
            monitor.id,
            monitor.name,
            monitor.interval,
            monitor.timeout,
            monitor.upside_down,
            now,
            network,
        )


class OnServer(Context):
    """One run's view where the other monitors are (see `declarations.ServerContext`)."""

    __slots__ = ("view",)
    view: ServerView

    @classmethod
    def beside(cls, view: ServerView, monitor: CheckedMonitor, now: float, network: Network) -> Self:
        """As `of`, with what the server knows."""
        context = cls.of(monitor, now, network)
        context.view = view
        return context

    def children(self) -> Sequence[Child]:
        """Direct children, as last recorded."""
        return self.view.children(self.monitor_id)

    def last_beat(self) -> LastBeat | None:
        """The latest recorded beat."""
        return self.view.last_beat(self.monitor_id)

    def silence(self) -> Silence:
        """How long nothing was heard by request."""
        return self.view.silence(self.monitor_id)
