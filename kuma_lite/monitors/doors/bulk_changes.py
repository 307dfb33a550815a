"""One change to many monitors at once: all of them, or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from kuma_lite.core.access import Actor, Right
from kuma_lite.core.errors import UserError
from kuma_lite.core.limits import MAX_INTERVAL_S, MIN_INTERVAL_S
from kuma_lite.core.wire_values import flag, identifier, whole
from kuma_lite.monitors.engine.roster import Monitor
from kuma_lite.monitors.service import NOT_THERE, Monitors

MAX_AT_ONCE: Final = 20_000  # twice what one server is built for, and below what a statement may name
ACTIONS: Final = ("pause", "resume", "delete", "move", "interval", "notification")


class Done(Struct, frozen=True):
    """What a change has done."""

    changed: list[int]  # those that are other than before
    removed: list[int]


class BulkChanges:
    """What can be done with a selection of monitors."""

    def __init__(self, monitors: Monitors) -> None:
        self._monitors = monitors

    async def apply(self, actor: Actor, ids: Any, change: Any) -> Done:
        """Make a change, `{action, ...}`, to monitors by their ids, or none. Raises UserError."""
        found, wanted = self._read(actor, ids), change if isinstance(change, Mapping) else {}
        match wanted.get("action"):
            case "pause":
                return await self._switch(found, active=False)
            case "resume":
                return await self._switch(found, active=True)
            case "delete":
                return await self._delete(found, with_children=flag(wanted.get("children")))
            case "move":
                return await self._move(actor, found, wanted.get("group"))
            case "interval":
                return await self._set_interval(found, wanted.get("seconds"))
            case "notification":
                return await self._notify(actor, found, wanted.get("notification"), on=flag(wanted.get("on")))
        raise UserError("The action must be one of: {names}.", names=", ".join(ACTIONS))

    def _read(self, actor: Actor, ids: Any) -> list[Monitor]:
        if not isinstance(ids, list) or not 0 < len(ids) <= MAX_AT_ONCE:
            raise UserError("A list of at most {most} monitor ids is expected.", most=MAX_AT_ONCE)
        found = (self._monitors.get(actor, Right.MONITORS_EDIT, item, refusal=NOT_THERE) for item in ids)
        return list({monitor.id: monitor for monitor in found}.values())

    async def _switch(self, monitors: Sequence[Monitor], *, active: bool) -> Done:
        others = [monitor for monitor in monitors if monitor.active is not active]
        await self._monitors.switch(others, active=active)
        return _done(others)

    async def _delete(self, monitors: Sequence[Monitor], *, with_children: bool) -> Done:
        roster = self._monitors.roster
        below = [child.id for monitor in monitors for child in roster.children(monitor.id)]
        removed = await self._monitors.remove(monitors, with_children=with_children)
        return Done([child for child in below if roster.get(child) is not None], removed)

    async def _move(self, actor: Actor, monitors: Sequence[Monitor], group: Any) -> Done:
        """What stands in a chosen group goes with it, and is not moved out of it."""
        roster = self._monitors.roster
        chosen = {monitor.id for monitor in monitors}
        moving = [
            monitor
            for monitor in monitors
            if chosen.isdisjoint(above.id for above in roster.ancestors(monitor))
        ]
        number = None if group is None else identifier(group)
        target = None if number is None else roster.get(number)
        if group is not None and (target is None or target.type != "group"):
            raise UserError("The monitor group does not exist.")
        for monitor in moving:
            roster.check_parent(actor.organisation, monitor.id, number)
        moving = [monitor for monitor in moving if monitor.parent != number]
        await self._monitors.store.set_field([monitor.id for monitor in moving], "parent", number)
        for monitor in self._still_there(moving):
            self._monitors.place(monitor, number)
        return _done(moving)

    async def _set_interval(self, monitors: Sequence[Monitor], seconds: Any) -> Done:
        interval = whole(seconds)
        if interval is None or not MIN_INTERVAL_S <= interval <= MAX_INTERVAL_S:
            raise UserError(
                "The interval must be a number of seconds from {least} to {most}.",
                least=MIN_INTERVAL_S,
                most=MAX_INTERVAL_S,
            )
        for monitor in monitors:
            try:
                self._monitors.refuse_field(monitor, "interval", interval)
            except UserError as error:
                raise UserError("{name}: {reason}", name=monitor.name, reason=error.message) from None
        others = [monitor for monitor in monitors if monitor.interval != interval]
        await self._monitors.store.set_field([monitor.id for monitor in others], "interval", interval)
        for monitor in self._still_there(others):
            self._monitors.set_rhythm(monitor, interval)
        return _done(others)

    async def _notify(
        self, actor: Actor, monitors: Sequence[Monitor], notification: Any, *, on: bool
    ) -> Done:
        number = identifier(notification)
        store = self._monitors.store
        if number is None or not await store.existing_notifications(actor.organisation, [number]):
            raise UserError("A chosen notification does not exist any more.")
        others = [monitor for monitor in monitors if (number in monitor.notification_ids) is not on]
        await store.link_notification([monitor.id for monitor in others], number, on=on)
        for monitor in self._still_there(others):
            rest = {item for item in monitor.notification_ids if item != number}
            monitor.notification_ids = tuple(sorted({*rest, number} if on else rest))
        return _done(others)

    def _still_there(self, monitors: Sequence[Monitor]) -> list[Monitor]:
        """As they are now: one may have been edited, or removed, while the database wrote."""
        roster = self._monitors.roster
        return [now for monitor in monitors if (now := roster.get(monitor.id)) is not None]


def _done(changed: Sequence[Monitor]) -> Done:
    return Done([monitor.id for monitor in changed], [])
