"""Who is told of what, and how often a form may make us write to somebody. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kuma_lite.status_pages.model import IncidentHappened
from kuma_lite.status_pages.subscribers.model import (
    KnownPlan,
    News,
    ShownPlan,
    Stage,
    State,
    Subscriber,
    What,
)

FAILURES_UNTIL_OFF: Final = 3  # messages given up one after the other; one may be a mistake of the receiver
CONFIRM_WITHIN_S: Final = 24 * 3600  # of a link that confirms; a pending one is forgotten then
BROWSERS_KEPT_S: Final = 30 * 24 * 3600  # that are switched off: each time one subscribes it is another
ASK_PAUSE_S: Final = 600  # between two messages to the same target because of the form ...
ASKS_A_DAY: Final = 3  # ... and so many: a form of ours must not fill a stranger's mailbox


def is_told(subscriber: Subscriber, news: News) -> bool:
    """Whether somebody gets some news.

    What is about the page as a whole concerns everybody, whichever services they chose.
    """
    if subscriber.state is not State.ACTIVE:
        return False
    chosen = subscriber.monitors
    return chosen is None or not news.monitors or not chosen.isdisjoint(news.monitors)


def may_be_asked(subscriber: Subscriber, now: int) -> bool:
    """Whether the form may make us write to a known target again."""
    since = now - subscriber.asked
    if since >= CONFIRM_WITHIN_S or since < 0:
        return True
    return since >= ASK_PAUSE_S and subscriber.asks < ASKS_A_DAY


def asks_then(subscriber: Subscriber, now: int) -> int:
    """How many messages of a day that makes."""
    return 1 if now - subscriber.asked >= CONFIRM_WITHIN_S else subscriber.asks + 1


def state_after_failures(state: State, failures: int) -> State:
    """Whether somebody is told any more after so many messages that were given up."""
    return State.OFF if state is State.ACTIVE and failures >= FAILURES_UNTIL_OFF else state


def incident_news(happened: IncidentHappened, now: int) -> News | None:
    """What subscribers hear of a change of an incident; None: nothing.

    What was never on the page is not told, nor that a person has taken something off it.
    """
    before, after, update = happened.before, happened.after, happened.update
    was_shown = before is not None and before.pin and before.active
    is_shown = after.pin and after.active
    if is_shown and not was_shown:
        what = What.INCIDENT_BEGUN
    elif is_shown and (update is not None or before is None or _words(before) != _words(after)):
        what = What.INCIDENT_UPDATED
    elif was_shown and not after.active:
        what = What.INCIDENT_RESOLVED
    else:
        return None
    text = (update.content if update is not None else "") or (
        "" if what is What.INCIDENT_RESOLVED else after.content
    )
    state = update.state.value if update is not None else ""
    return News(what, after.id, after.title, text, state, now, monitors=happened.monitors)


def _words(incident: object) -> tuple[object, ...]:
    return tuple(getattr(incident, name) for name in ("title", "content", "style"))


def plan_news(
    known: Mapping[int, KnownPlan], shown: Mapping[int, ShownPlan], now: int
) -> tuple[list[News], dict[int, KnownPlan]]:
    """What has become of the maintenance plans of a page since subscribers were told last.

    Args:
        known: plan id → what they know.
        shown: plan id → how it is; plans without a time under maintenance are left out.
        now: seconds since 1970.

    Returns:
        What there is to tell, by plan, and what subscribers know then.
    """
    told: list[News] = []
    then: dict[int, KnownPlan] = {}
    for number in sorted(known.keys() | shown.keys()):
        what, follows = _step(known.get(number), shown.get(number), now)
        if follows is not None:
            then[number] = follows
        if what is not None:
            plan = shown.get(number) or known[number].plan
            told.append(_news_of(what, plan, now))
    return told, then


def _step(known: KnownPlan | None, plan: ShownPlan | None, now: int) -> tuple[What | None, KnownPlan | None]:
    """What is told of one plan, and what is known of it then."""
    stage = None if known is None else known.stage
    if plan is None:
        return (None if known is None else _gone(known, now)), None
    if plan.running:
        moved = known is not None and stage is Stage.RUNNING and _moved(known.plan, plan)
        what = (
            What.MAINTENANCE_CHANGED if moved else None if stage is Stage.RUNNING else What.MAINTENANCE_BEGUN
        )
        return what, KnownPlan(Stage.RUNNING, plan)
    if known is None or (stage is Stage.OVER and not plan.repeats):
        return What.MAINTENANCE_PLANNED, KnownPlan(Stage.PLANNED, plan)
    if stage is Stage.RUNNING and plan.repeats:
        return What.MAINTENANCE_ENDED, KnownPlan(Stage.OVER, plan)
    if stage is Stage.RUNNING:  # somebody has put it off
        return What.MAINTENANCE_CHANGED, KnownPlan(Stage.PLANNED, plan)
    if stage is Stage.OVER:  # its next time is told when it begins
        return None, KnownPlan(Stage.OVER, plan)
    moved = _moved(known.plan, plan)
    return What.MAINTENANCE_CHANGED if moved else None, KnownPlan(Stage.PLANNED, plan)


def _gone(known: KnownPlan, now: int) -> What | None:
    """What it means that a plan has no time under maintenance any more."""
    if known.stage is Stage.OVER:
        return None
    if known.stage is Stage.RUNNING:
        return What.MAINTENANCE_ENDED
    # While nobody looked it may have begun and ended.
    passed = known.plan.end is not None and known.plan.end <= now
    return What.MAINTENANCE_ENDED if passed else What.MAINTENANCE_CANCELLED


def _moved(before: ShownPlan, after: ShownPlan) -> bool:
    """Whether somebody has chosen another time; what repeats moves by itself."""
    if before.repeats or after.repeats:
        return False
    started = before.start != after.start and not after.running
    return started or before.end != after.end


def _news_of(what: What, plan: ShownPlan, now: int) -> News:
    ended = what in (What.MAINTENANCE_ENDED, What.MAINTENANCE_CANCELLED)
    return News(
        what,
        plan.id,
        plan.title,
        "" if ended else plan.description,
        at=now,
        start=None if what is What.MAINTENANCE_ENDED else plan.start,
        end=None if what is What.MAINTENANCE_ENDED else plan.end,
        monitors=plan.monitors,
    )
