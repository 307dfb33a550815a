"""Where our own health meets everything that can go wrong, and those who are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from kuma_lite.appliance.ground import Ground
from kuma_lite.appliance.monitors import Monitoring
from kuma_lite.core.access import FIRST_ORGANISATION
from kuma_lite.core.clock import to_ms
from kuma_lite.core.database_file import DISK_FULL
from kuma_lite.core.declarations import Message, Status
from kuma_lite.core.doors import Doors
from kuma_lite.core.errors import StorageTrouble
from kuma_lite.health import kinds
from kuma_lite.health.channels import CHOSEN, recipients
from kuma_lite.health.events import HealthPage
from kuma_lite.health.model import Kind, Problem, Report
from kuma_lite.health.service import OwnHealth
from kuma_lite.health.sources import ClockJumps, DiskRoom, Queue, StuckQueues, unchecked_monitors
from kuma_lite.health.texts import headline
from kuma_lite.metrics.exposition import label_text
from kuma_lite.metrics.model import Family, Sample
from kuma_lite.monitors.engine.own_fault import NO_NETWORK, NO_RESOLVER
from kuma_lite.notifications.model import Channel, ChannelsChanged
from kuma_lite.notifications.rules import heartbeat_object
from kuma_lite.notifications.service import Notifications

PROBLEMS: Final = ("kuma_lite_problems", "What is wrong with Kuma Lite itself, by kind")
NOT_CHECKED: Final = "Monitors whose type or settings cannot be used here, and that are not checked: {count}."
# Reasons why failed checks are not believed (`monitors.engine.own_fault`) that have a kind of their own.
KIND_OF_REASON: Final = {
    NO_NETWORK: kinds.UPLINK,
    NO_RESOLVER: kinds.RESOLVER,
}


class HealthWatch:
    """Our own health with everything around it.

    Args:
        ground: what everything stands on.
        monitoring: asked about storage, scheduler and checks that are not believed.
        notifications: asked about queues, and told what people should know.
    """

    def __init__(
        self,
        ground: Ground,
        monitoring: Monitoring,
        notifications: Notifications,
    ) -> None:
        self._ground = ground
        self._monitoring = monitoring
        self._channels = HealthChannels(ground, notifications)
        self.health = OwnHealth(
            ground.database, ground.clock, ground.bus, self._channels, ground.settings.timezone
        )
        self._room = DiskRoom(ground.folder.path, lambda: ground.database.trouble == DISK_FULL)
        self.health.sources += [
            self._storage,
            self._room,
            self._network,
            self._lateness,
            self._left_out,
            ClockJumps(ground.clock),
            StuckQueues(ground.clock, lambda: _queues(notifications), lambda: self._channels.names),
            unchecked_monitors(monitoring.blind_spots),
        ]
        self.more_notes: list[Callable[[], dict[str, str]]] = []  # for `/readyz`, of others
        self._page = HealthPage(self.health, ground.push, ground.bus, ground.spawn)

    async def load(self) -> None:
        """Read what was told, and who is there to be told."""
        await self._channels.load()
        await self.health.load()

    def start(self) -> None:
        """Begin to look."""
        self._room.start()
        self._ground.at_close(self._room.stop)
        self.health.start()
        self._ground.at_close(self.health.stop)

    def doors(self) -> Doors:
        """What the page is sent."""
        return self._page.doors()

    def notes(self) -> dict[str, str]:
        """For `/readyz`: what is wrong, and does not keep this program from its work."""
        notes = self.health.notes()
        if count := self._monitoring.blind_spots.unchecked():
            notes["not-checked"] = NOT_CHECKED.format(count=count)
        for more in self.more_notes:
            notes |= more()
        return notes

    def families(self) -> Iterable[Family]:
        """What Prometheus is told: how many problems there are of each kind, also of those without any."""
        found = [problem.kind.name for problem in self.health.present()]
        known = {kind.name for kind in kinds.KINDS}
        samples = [
            Sample(label_text([("kind", name)]), found.count(name)) for name in sorted(known.union(found))
        ]
        yield Family(*PROBLEMS, samples=samples)

    # --- sources -----------------------------------------------------------------------------------------

    def _storage(self) -> Problem | None:
        database = self._ground.database
        if database.trouble is not None:
            full = database.trouble == DISK_FULL
            return Problem(kinds.DISK_FULL if full else kinds.STORAGE, database.trouble)
        return Problem(kinds.STORAGE_STALLED, "The disk does not answer.") if database.stalled else None

    def _network(self) -> Problem | None:
        fault = self._monitoring.engine.checker.fault
        if not fault.sees_uplink:
            return Problem(kinds.UPLINK, NO_NETWORK)
        reason = fault.current()
        return Problem(_kind_of(reason), reason) if reason is not None else None

    def _lateness(self) -> Problem | None:
        late = self._monitoring.figures.late_by()
        if late is None:
            return None
        says = "Checks are {seconds} s late: this machine is overloaded."
        return Problem(kinds.CHECKS_LATE, says, {"seconds": round(late)})

    def _left_out(self) -> Problem | None:
        share = self._monitoring.engine.checker.share_left_out()
        says = "{percent} % of the checks are left out: this machine is overloaded."
        return Problem(kinds.CHECKS_LEFT_OUT, says, {"percent": round(share * 100)}) if share else None


def _kind_of(reason: str) -> Kind:
    return KIND_OF_REASON.get(reason, kinds.OWN_FAULT)


def _queues(notifications: Notifications) -> list[Queue]:
    return [Queue(found.channel_id, found.oldest, found.waiting) for found in notifications.dispatcher.queues]


class HealthChannels:
    """The channels that are told of our own problems (see `health.service.Messenger`).

    Which there are is kept in memory: a disk that hangs or is broken must not keep us from telling that.
    """

    def __init__(self, ground: Ground, notifications: Notifications) -> None:
        self._ground = ground
        self._notifications = notifications
        self._channels: list[Channel] = []
        ground.bus.subscribe(ChannelsChanged, lambda _event: ground.spawn(self._reread()))

    async def load(self) -> None:
        """Read which there are."""
        self._channels = await self._notifications.channels(FIRST_ORGANISATION)

    async def _reread(self) -> None:
        try:
            await self.load()
        except StorageTrouble:
            return  # those that were known go on being told

    @property
    def names(self) -> dict[int, str]:
        """Id → name."""
        return {channel.id: channel.name or "" for channel in self._channels}

    async def tell(self, report: Report) -> bool:
        """One message for each. Raises StorageTrouble."""
        chosen = self._ground.settings.get(CHOSEN)
        channel_ids = recipients(self._channels, chosen, report.avoid)
        if not channel_ids:
            return False
        await self._notifications.send(channel_ids, self._message(report))
        return True

    def _message(self, report: Report) -> Message:
        """As other messages have them: with a heartbeat, so that services can open and close an alarm."""
        status = Status.UP if report.is_over else Status.DOWN
        beat = _ReportBeat(status, to_ms(self._ground.clock.now()), report.says)
        last_down = report.since if report.is_over else None
        zone = self._ground.settings.timezone()
        heartbeat = {**heartbeat_object(beat, zone, last_down=last_down), "monitorID": None}
        text = headline(report.says, is_over=report.is_over)
        return Message(text, report.as_monitor(), heartbeat, {"since": report.since})


class _ReportBeat:
    """A report as messages tell of a beat (see `notifications.rules.FinishedBeat`)."""

    monitor_id = 0
    ping: float | None = None
    important = True
    duration = 0
    retries = 0

    def __init__(self, status: Status, time: int, msg: str) -> None:
        self.status = status
        self.time = time
        self.msg = msg
