"""What a maintenance plan is to people, and to everything that is made from that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from kuma_lite.core.access import Actor, Right
from kuma_lite.core.errors import UserError
from kuma_lite.core.resources import Document, Reference, Resource
from kuma_lite.maintenance.model import Plan, Strategy
from kuma_lite.maintenance.plans import Entry, Plans
from kuma_lite.maintenance.reading import read_added, read_edited

if TYPE_CHECKING:
    from kuma_lite.core.options import Options

MONITORS: Final = "monitors"
PAGES: Final = "statusPages"
LINKS: Final = frozenset({MONITORS, PAGES})  # in documents, but events of their own on the wire


class PlanKeeper:
    """Maintenance plans with their links as things that people keep."""

    def __init__(self, plans: Plans) -> None:
        self._plans = plans

    async def all(self, actor: Actor) -> list[Entry]:
        """The plans of an organisation, oldest first."""
        return self._plans.of(actor.organisation)

    async def find(self, _actor: Actor, key: Any) -> Entry | None:
        """One by its id."""
        return self._plans.entry(key)

    def document(self, entry: Entry) -> Document:
        """What was chosen for it; what follows from that, as the pattern of weekdays, is left out."""
        return {
            **_document(entry.plan),
            MONITORS: self._plans.monitors_of(entry),
            PAGES: [number for number, _ in self._plans.pages_of(entry)],
        }

    async def create(self, actor: Actor, document: Any) -> Entry:
        """A new one. Raises UserError."""
        number = await self._plans.add(actor, document)
        try:
            await self._link(actor, number, document)
        except UserError:
            await self._plans.delete(actor, number)
            raise
        return self._plans.get(actor, Right.MAINTENANCE_EDIT, number)

    async def replace(self, actor: Actor, entry: Entry, document: Any) -> Entry:
        """Another document; what it leaves out stays, as on the wire. Raises UserError."""
        if not isinstance(document, Mapping):
            raise UserError("The maintenance must be an object.")
        before = self.document(entry)
        try:
            await self._link(actor, entry.id, document)
            await self._plans.edit(actor, {**document, "id": entry.id})
        except UserError:
            await self._link(actor, entry.id, {key: before[key] for key in LINKS & document.keys()})
            raise
        return entry

    async def delete(self, actor: Actor, entry: Entry) -> None:
        """Remove one; what it covers is watched again."""
        await self._plans.delete(actor, entry.id)

    async def _link(self, actor: Actor, number: int, document: Mapping[str, Any]) -> None:
        if MONITORS in document:
            await self._plans.link_monitors(actor, number, document[MONITORS])
        if PAGES in document:
            await self._plans.link_pages(actor, number, document[PAGES])


def _document(plan: Plan) -> Document:
    document: Document = {
        "title": plan.title,
        "description": plan.description,
        "strategy": plan.strategy.value,
        "active": plan.active,
        "timezoneOption": plan.timezone,
        "dateRange": [plan.start_date, plan.end_date],
        "intervalDay": plan.interval_day,
        "weekdays": list(plan.weekdays),
        "daysOfMonth": list(plan.days_of_month),
    }
    if plan.strategy.daily_times and plan.start_time and plan.end_time:
        document["timeRange"] = [plan.start_time._asdict(), plan.end_time._asdict()]
    if plan.strategy is Strategy.CRON:
        minutes = (plan.duration or 0) / 60
        document["cron"] = plan.cron or ""
        document["durationMinutes"] = int(minutes) if minutes.is_integer() else minutes
    return document


def maintenance_resource(plans: Plans) -> Resource[Entry]:
    """Maintenance plans."""
    return Resource(
        name="maintenance",
        plural="maintenance",
        label="maintenance plan",
        view=Right.MAINTENANCE_VIEW,
        edit=Right.MAINTENANCE_EDIT,
        keeper=PlanKeeper(plans),
        options=_options,
        title=lambda entry: entry.plan.title,
        named_by="title",
        references=(Reference(f"{MONITORS}[]", "monitor"), Reference(f"{PAGES}[]", "status_page")),
        settled=_settled,
    )


def _settled(actor: Actor, entry: Entry | None, document: Document) -> Document:
    plan = read_added(actor, document) if entry is None else read_edited(document, entry.plan)
    return {**document, **_document(plan)}


def _options(_document: Mapping[str, Any]) -> Sequence[type[Options]]:
    from kuma_lite.maintenance.options import MaintenanceOptions

    return (MaintenanceOptions,)
