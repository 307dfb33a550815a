"""What can be done with monitors; everything here is on disk before it returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from kuma_lite.beats.recorder import Recorder
from kuma_lite.core.access import Actor, Right, may, require
from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.declarations import AnyMonitorType
from kuma_lite.core.errors import UserError
from kuma_lite.core.garbage import not_collecting
from kuma_lite.core.redaction import forget_secrets
from kuma_lite.core.registry import Registry
from kuma_lite.core.wire_values import not_there, whole
from kuma_lite.monitors.document.fields import Document, sparse
from kuma_lite.monitors.document.reading import linked_notifications, read_added, read_edited
from kuma_lite.monitors.engine.engine import Engine
from kuma_lite.monitors.engine.judge import WELL, remembered, was_well
from kuma_lite.monitors.engine.preparing import learned_fields, prepare
from kuma_lite.monitors.engine.reading_types import TypeReading
from kuma_lite.monitors.engine.roster import Monitor, Roster
from kuma_lite.monitors.engine.wires import MonitorWires
from kuma_lite.monitors.model import MonitorChanged, MonitorRemoved
from kuma_lite.monitors.store import MonitorStore, StoredMonitor

_REFERRED: Final = {"proxyId": "proxy", "docker_host": "Docker host", "remote_browser": "remote browser"}
NOT_THERE: Final = not_there("monitor")
NOT_OWNED: Final = "You do not own this monitor."


class Monitors:
    """The monitors of all organisations: kept in the store, in memory, and under the engine's eye."""

    def __init__(
        self,
        *,
        store: MonitorStore,
        recorder: Recorder,
        roster: Roster,
        engine: Engine,
        types: Registry[AnyMonitorType],
        bus: Bus,
        clock: Clock,
        in_maintenance: Callable[[int], bool],
    ) -> None:
        self.store = store
        self.recorder = recorder
        self.roster = roster
        self.engine = engine
        self.types = types
        self._reading = TypeReading(types)
        self._bus = bus
        self._clock = clock
        self.in_maintenance = in_maintenance
        # Field of a document → whether an organisation has the thing of that number; they come later.
        self.referred: Mapping[str, Callable[[int, int], bool]] = {}
        self.wires = MonitorWires(roster, in_maintenance)

    async def load(self) -> None:
        """Read all monitors and what their beats left behind."""
        changes = await self.store.last_changes()
        with not_collecting():
            self._take_all(await self.store.load(), changes)

    def _take_all(self, found: Sequence[StoredMonitor], changes: Mapping[int, int]) -> None:
        for stored in found:
            owner, active, links = stored.organisation, stored.active, stored.notification_ids
            monitor = Monitor(stored.id, owner, active, stored.document, links, stored.tags)
            self._reading.interpret(monitor, kept=True)
            monitor.since = changes.get(monitor.id)
            newest = self.recorder.newest_state(monitor.id)
            is_well = newest is not None and was_well(
                newest[0].status, newest[0].retries, newest[0].down_count
            )
            monitor.previous = WELL if is_well else remembered(self.recorder.states(monitor.id))
            self.roster.put(monitor)

    async def load_types(self) -> None:
        """Load the types that there are monitors of, beside the loop: it takes a while."""
        examples = {monitor.document.get("type") or "": monitor.document for monitor in self.roster}
        await self._reading.load({name: dict(document) for name, document in examples.items()})

    # --- changes -----------------------------------------------------------------------------------------

    async def add(self, actor: Actor, payload: Any) -> Monitor:
        """A new monitor from a client's object; it is looked at unless `active` is false."""
        document = read_added(payload)
        self.roster.check_parent(actor.organisation, None, document.get("parent"))
        active = bool(document.pop("active", True))
        self._refuse_missing(actor.organisation, document)
        prepare(self.types, self.roster, document)
        links = await self._links(actor, payload)
        document = sparse(document)
        monitor_id = await self.store.insert(actor, active, document, links, to_ms(self._clock.now()))
        monitor = Monitor(monitor_id, actor.organisation, active, document, tuple(links))
        self._enter(monitor)
        self._tell(monitor)
        return monitor

    async def edit(self, actor: Actor, payload: Any) -> Monitor:
        """Change a monitor by a client's object that names its id."""
        if not isinstance(payload, Mapping):
            raise UserError("The monitor must be an object.")
        old = self.get(actor, Right.MONITORS_EDIT, payload.get("id"), refusal=NOT_THERE)
        return await self._change(actor, old, read_edited(payload, old.document), payload)

    async def replace(self, actor: Actor, monitor_id: int, payload: Mapping[str, Any]) -> Monitor:
        """Give a monitor the fields of another object; those it leaves out have their defaults."""
        old = self.get(actor, Right.MONITORS_EDIT, monitor_id)
        document = read_added(payload)
        active = bool(document.pop("active", True))
        for field in learned_fields(old.kind):  # no file knows of them
            if field not in payload and field in old.document:
                document[field] = old.document[field]
        monitor = await self._change(actor, old, document, payload)
        return monitor if active is monitor.active else await self._switch(actor, old.id, active=active)

    async def draft(self, actor: Actor, payload: Mapping[str, Any]) -> tuple[Monitor, Monitor | None]:
        """What `add`, or with an id `edit`, would keep, refused for the same reasons; nothing is kept.

        Returns it with the monitor of that id, which is None without one. Raises UserError.
        """
        old: Monitor | None = None
        if payload.get("id") is None:
            document = read_added(payload)
            document.pop("active", None)
        else:
            old = self.get(actor, Right.MONITORS_EDIT, payload["id"], refusal="The monitor does not exist.")
            document = read_edited(payload, old.document)
        self.roster.check_parent(actor.organisation, old.id if old else None, document.get("parent"))
        self._refuse_missing(actor.organisation, document)
        prepare(self.types, self.roster, document, old)
        links = await self._links(actor, payload)
        monitor = Monitor(
            old.id if old else 0, actor.organisation, False, sparse(document), notification_ids=tuple(links)
        )
        self._reading.interpret(monitor)
        return monitor, old

    def read(self, old: Monitor | None, payload: Mapping[str, Any]) -> Document:
        """What `add`, or `replace` of `old`, would keep; what it names may be missing. Raises UserError."""
        document = read_added(payload)
        document.pop("active", None)
        prepare(self.types, self.roster, document, old)
        return document

    async def _change(
        self, actor: Actor, old: Monitor, document: Document, payload: Mapping[str, Any]
    ) -> Monitor:
        self.roster.check_parent(old.organisation, old.id, document.get("parent"))
        self._refuse_missing(old.organisation, document)
        prepare(self.types, self.roster, document, old)
        links = await self._links(actor, payload)
        document = sparse(document)
        unlinked = (
            self.roster.children(old.id) if old.type == "group" and document.get("type") != "group" else []
        )
        await self.store.update(old.id, document, links, unlink_children=bool(unlinked))
        monitor = Monitor(
            old.id,
            old.organisation,
            old.active,
            document,
            tuple(links),
            old.tags,
            previous=old.previous,
            since=old.since,
        )
        self._enter(monitor)
        for child in unlinked:
            self._unlink(child)
        self._tell(monitor)
        return monitor

    async def pause(self, actor: Actor, monitor_id: Any) -> Monitor:
        """Stop looking at a monitor, and at everything below it."""
        return await self._switch(actor, monitor_id, active=False)

    async def resume(self, actor: Actor, monitor_id: Any) -> Monitor:
        """Look at a monitor again, now, and at everything below it that is switched on."""
        return await self._switch(actor, monitor_id, active=True)

    async def delete(self, actor: Actor, monitor_id: Any, *, with_children: bool = False) -> list[int]:
        """Remove a monitor and all that was recorded about it.

        Returns the ids removed, itself last. Children are kept and unlinked, or removed as well.
        An unknown id is no error: it is gone, as asked.
        """
        monitor = self.find(monitor_id)
        if monitor is None:
            return []
        require(actor, Right.MONITORS_EDIT, monitor, refusal=NOT_OWNED)
        return await self.remove([monitor], with_children=with_children)

    async def remove(self, monitors: Sequence[Monitor], *, with_children: bool) -> list[int]:
        """Remove monitors as `delete` does, in one go; returns the ids, groups after their members."""
        found = [
            below
            for monitor in monitors
            for below in (*(self.roster.descendants(monitor.id) if with_children else ()), monitor.id)
        ]
        removed = {number: each for number in found if (each := self.roster.get(number)) is not None}
        kept = [child for gone in removed for child in self.roster.children(gone) if child.id not in removed]
        for gone in removed:
            self.engine.leave(gone)
        await self.store.delete(list(removed))
        for gone in removed:
            self.recorder.forget(gone)
            self.roster.remove(gone)
            self.engine.forget(gone)
            forget_secrets(("monitor", gone))
        for child in kept:
            self._unlink(child)
            self._follow_switches(child)
        for monitor in removed.values():
            self._bus.publish(MonitorRemoved(monitor.id, monitor.organisation))
        return list(removed)

    async def clear_beats(self, actor: Actor, monitor_id: Any) -> None:
        """Delete everything recorded about one monitor and begin anew."""
        monitor = self.find(monitor_id)
        if monitor is None or not may(actor, Right.MONITORS_EDIT, monitor):
            return
        self.engine.leave(monitor.id)
        await self.store.clear_beats(monitor.id)
        self._begin_anew(monitor)

    async def clear_statistics(self, actor: Actor) -> None:
        """Delete everything recorded about all monitors of an organisation and begin anew."""
        mine = self.roster.of(actor.organisation)
        for monitor in mine:
            self.engine.leave(monitor.id)
        if self.ids_of(actor.organisation) is None:
            await self.store.clear_all_beats()
        else:
            for monitor in mine:
                await self.store.clear_beats(monitor.id)
        for monitor in mine:
            self._begin_anew(monitor)

    def notifications_changed(self, links: Mapping[int, tuple[int, ...]]) -> None:
        """Another feature has linked or removed notifications: monitor id → ids."""
        for monitor in self.roster:
            monitor.notification_ids = tuple(links.get(monitor.id, ()))

    def set_field(self, monitor: Monitor, key: str, value: Any) -> None:
        """A field has been changed on disk; the next check takes it."""
        monitor.document = sparse({**monitor.document, key: value})
        self._take_in(monitor)

    def place(self, monitor: Monitor, group: int | None) -> None:
        """A monitor stands in another group now (None: at the top); it is so on disk already."""
        self.roster.remove(monitor.id)
        self.set_field(monitor, "parent", group)
        self.roster.put(monitor)
        self._follow_switches(monitor)
        self.follow_groups(monitor)
        self._tell(monitor)

    def set_rhythm(self, monitor: Monitor, interval: int) -> None:
        """Another interval, in seconds; it is so on disk already. The next check keeps to it."""
        self.set_field(monitor, "interval", interval)
        last = self.recorder.last(monitor.id)
        if self.engine.is_watched(monitor.id):
            self.engine.keep_time(monitor, None if last is None else self._clock.now() - last.time / 1000)
        self._tell(monitor)

    def refuse_field(self, monitor: Monitor, key: str, value: Any) -> None:
        """Raise UserError if its type does not take that value."""
        prepare(self.types, self.roster, {**monitor.document, key: value}, monitor)

    # --- questions ---------------------------------------------------------------------------------------

    def find(self, monitor_id: Any) -> Monitor | None:
        """A monitor by whatever a client sends as its id (numbers also as text)."""
        number = whole(monitor_id)
        return None if number is None else self.roster.get(number)

    def ids_of(self, organisation: int) -> list[int] | None:
        """The ids of an organisation's monitors; None: there are no others, so none has to be picked out."""
        mine = [monitor.id for monitor in self.roster if monitor.organisation == organisation]
        return None if len(mine) == len(self.roster) else mine

    def get(self, actor: Actor, right: Right, monitor_id: Any, *, refusal: str = NOT_OWNED) -> Monitor:
        """A monitor by id, if the actor may do that with it. Raises UserError."""
        monitor = self.find(monitor_id)
        if monitor is None:
            raise UserError(refusal)
        require(actor, right, monitor, refusal=refusal)
        return monitor

    def wire(self, monitor: Monitor, *, sensitive: bool = True, name_preloaded: bool = True) -> Document:
        """The monitor object of Uptime Kuma 2.5.

        `name_preloaded=False` is what `getMonitor` answers there: the last element of `path` is null.
        """
        return self.wires.of(monitor, sensitive=sensitive, name_preloaded=name_preloaded)

    # --- inside ------------------------------------------------------------------------------------------

    async def _links(self, actor: Actor, payload: Mapping[str, Any]) -> list[int]:
        """The notifications a client has switched on. Raises UserError for one that does not exist."""
        wanted = linked_notifications(payload) or []
        links = await self.store.existing_notifications(actor.organisation, wanted)
        if len(links) < len(wanted):
            raise UserError("A chosen notification does not exist any more.", about="notifications")
        return links

    def _refuse_missing(self, organisation: int, document: Document) -> None:
        """Nothing may name a proxy, a Docker host or a browser that does not exist (UserError)."""
        for field, exists in self.referred.items():
            number = document.get(field)
            if number is not None and not exists(organisation, number):
                thing = _REFERRED[field]
                raise UserError("The {thing} of this monitor does not exist.", thing=thing, about=field)

    def keep(self, monitor: Monitor, field: str, value: str | list[str]) -> None:
        """A check has found something that its monitor remembers; it is stored elsewhere."""
        monitor.document[field] = value
        if monitor.kind is not None and field in monitor.kind.options.words():
            self._reading.interpret(monitor)
            self._tell(monitor)

    def _take_in(self, monitor: Monitor) -> None:
        """A monitor that is kept: logs and texts must not show its secrets from now on."""
        self._reading.interpret(monitor, kept=True)
        monitor.read()

    def _enter(self, monitor: Monitor) -> None:
        """Put a new or changed monitor into the roster and under the engine's eye."""
        self._take_in(monitor)
        self.roster.put(monitor)
        self._watch_if_active(monitor)

    def _watch_if_active(self, monitor: Monitor) -> None:
        if self.roster.is_active(monitor):
            self.engine.watch(monitor)
        else:
            self.engine.leave(monitor.id)

    def _begin_anew(self, monitor: Monitor) -> None:
        self.recorder.forget(monitor.id)
        monitor.previous = monitor.since = None
        self._watch_if_active(monitor)

    async def _switch(self, actor: Actor, monitor_id: Any, *, active: bool) -> Monitor:
        monitor = self.get(actor, Right.MONITORS_EDIT, monitor_id)
        await self.switch([monitor], active=active)
        return monitor

    async def switch(self, monitors: Sequence[Monitor], *, active: bool) -> None:
        """Pause or resume monitors, with everything below them."""
        await self.store.set_active([monitor.id for monitor in monitors], active)
        for monitor in monitors:
            monitor.active = active
        for monitor in monitors:
            self._watch_if_active(monitor)
            self.follow_groups(monitor)
            self._tell(monitor)

    def follow_groups(self, monitor: Monitor) -> None:
        """Watch what stands below a monitor, or no more, as the groups above it say now."""
        for below in self.roster.descendants(monitor.id):
            child = self.roster.get(below)
            if child is not None:
                self._follow_switches(child)

    def _follow_switches(self, monitor: Monitor) -> None:
        """Whoever is looked at already keeps its rhythm."""
        if self.engine.is_watched(monitor.id) != self.roster.is_active(monitor):
            self._watch_if_active(monitor)

    def _unlink(self, child: Monitor) -> None:
        """A child whose group is gone; the store has done the same."""
        child.document = {key: value for key, value in child.document.items() if key != "parent"}
        self.roster.put(child)
        self._tell(child)

    def _tell(self, monitor: Monitor) -> None:
        self._bus.publish(MonitorChanged(monitor.id, monitor.organisation))
