"""The SQL of subscribers and of what waits for them. Every function runs in a transaction."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from msgspec import Struct

from kuma_lite.core import sql
from kuma_lite.core.json_text import compact_json
from kuma_lite.core.records import replace
from kuma_lite.core.sql import Connection
from kuma_lite.status_pages.subscribers.model import (
    Kind,
    KnownPlan,
    Offer,
    ShownPlan,
    Stage,
    State,
    Subscriber,
)
from kuma_lite.status_pages.subscribers.rules import BROWSERS_KEPT_S, CONFIRM_WITHIN_S, state_after_failures

_SUBSCRIBER: Final = (
    "id, page_id, kind, target, target_key, monitors, state, seed, created, confirmed, asked, asks,"
    " last_success, failures"
)


class Waiting(Struct, frozen=True):
    """The next message of a subscriber; times in milliseconds since 1970."""

    id: int
    created: int
    due: int
    attempts: int
    message: str


# --- What pages offer --------------------------------------------------------------------------------------


def offers(db: Connection) -> dict[int, Offer]:
    """Page → how visitors may subscribe."""
    query = "SELECT page_id, kinds, notification_id, address, private, plans_known FROM subscriber_offer"
    return {
        page: Offer(
            page_id=page,
            kinds=tuple(Kind(kind) for kind in json.loads(kinds)),
            sender=sender,
            address=address,
            private=bool(private),
            plans_known=bool(known),
        )
        for page, kinds, sender, address, private, known in db.execute(query)
    }


def put_offer(db: Connection, offer: Offer) -> None:
    """Let visitors of a page subscribe so from now on."""
    db.execute(
        "INSERT INTO subscriber_offer (page_id, kinds, notification_id, address, private, plans_known)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (page_id) DO UPDATE SET kinds = excluded.kinds,"
        " notification_id = excluded.notification_id, address = excluded.address,"
        " private = excluded.private, plans_known = excluded.plans_known",
        (
            offer.page_id,
            compact_json(offer.kinds),
            offer.sender,
            offer.address,
            int(offer.private),
            int(offer.plans_known),
        ),
    )


# --- Subscribers -------------------------------------------------------------------------------------------


def of_page(db: Connection, page_id: int) -> list[Subscriber]:
    """All of a page, the newest first."""
    query = f"SELECT {_SUBSCRIBER} FROM subscriber WHERE page_id = ? ORDER BY id DESC"  # noqa: S608
    return [_subscriber(row) for row in db.execute(query, (page_id,))]


def active_of_page(db: Connection, page_id: int) -> list[Subscriber]:
    """Those that are told."""
    query = f"SELECT {_SUBSCRIBER} FROM subscriber WHERE page_id = ? AND state = 'active'"  # noqa: S608
    return [_subscriber(row) for row in db.execute(query, (page_id,))]


def count(db: Connection, page_id: int, state: State | None = None) -> int:
    """How many a page has."""
    if state is None:
        return int(sql.value(db, "SELECT count(*) FROM subscriber WHERE page_id = ?", (page_id,)))
    query = "SELECT count(*) FROM subscriber WHERE page_id = ? AND state = ?"
    return int(sql.value(db, query, (page_id, state.value)))


def find(db: Connection, number: int) -> Subscriber | None:
    """One by its id."""
    query = f"SELECT {_SUBSCRIBER} FROM subscriber WHERE id = ?"  # noqa: S608 - own columns
    row = db.execute(query, (number,)).fetchone()
    return _subscriber(row) if row else None


def known(db: Connection, page_id: int, kind: Kind, target_key: str) -> Subscriber | None:
    """One of a page by its target."""
    query = f"SELECT {_SUBSCRIBER} FROM subscriber WHERE page_id = ? AND kind = ? AND target_key = ?"  # noqa: S608
    row = db.execute(query, (page_id, kind.value, target_key)).fetchone()
    return _subscriber(row) if row else None


def insert(db: Connection, fresh: Subscriber) -> Subscriber:
    """A new one; returns it with its id."""
    number = sql.insert(
        db,
        "INSERT INTO subscriber (page_id, kind, target, target_key, monitors, state, seed, created, asked,"
        " asks, failures) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
        (
            fresh.page_id,
            fresh.kind.value,
            fresh.target,
            fresh.target_key,
            _packed(fresh.monitors),
            fresh.state.value,
            fresh.seed,
            fresh.created,
            fresh.asked,
            fresh.asks,
        ),
    )
    return replace(fresh, id=number)


def update(db: Connection, subscriber: Subscriber) -> None:
    """Write what can change."""
    db.execute(
        "UPDATE subscriber SET target = ?, target_key = ?, monitors = ?, state = ?, confirmed = ?, asked = ?,"
        " asks = ?, failures = ? WHERE id = ?",
        (
            subscriber.target,
            subscriber.target_key,
            _packed(subscriber.monitors),
            subscriber.state.value,
            subscriber.confirmed,
            subscriber.asked,
            subscriber.asks,
            subscriber.failures,
            subscriber.id,
        ),
    )


def delete(db: Connection, number: int) -> bool:
    """Forget one, with all that waits for it; False: there was none."""
    db.execute("DELETE FROM subscriber WHERE id = ?", (number,))
    return bool(db.changes())


def forget_unconfirmed(db: Connection, now: int) -> None:
    """Those who have not confirmed in time, and browsers that were switched off: no other ones come back."""
    db.execute("DELETE FROM subscriber WHERE state = 'pending' AND asked <= ?", (now - CONFIRM_WITHIN_S,))
    db.execute(
        "DELETE FROM subscriber WHERE kind = 'push' AND state = 'off'"
        " AND max(coalesce(last_success, 0), coalesce(confirmed, 0), asked) <= ?",
        (now - BROWSERS_KEPT_S,),
    )


def _subscriber(row: Sequence[Any]) -> Subscriber:
    number, page, kind, target, key, monitors, state, seed, created, confirmed, asked, asks, success, bad = (
        row
    )
    return Subscriber(
        id=number,
        page_id=page,
        kind=Kind(kind),
        target=target,
        target_key=key,
        monitors=None if monitors is None else frozenset(json.loads(monitors)),
        state=State(state),
        seed=seed,
        created=created,
        confirmed=confirmed,
        asked=asked,
        asks=asks,
        last_success=success,
        failures=bad,
    )


def _packed(monitors: frozenset[int] | None) -> str | None:
    return None if monitors is None else compact_json(sorted(monitors))


# --- Messages ----------------------------------------------------------------------------------------------


def enqueue(db: Connection, messages: Iterable[tuple[int, str]], now_ms: int) -> None:
    """Let messages wait: subscriber, and what it is told. In the transaction of what has happened."""
    db.executemany(
        "INSERT INTO subscriber_message (subscriber_id, created, due, attempts, message)"
        " VALUES (?, ?, ?, 0, ?)",
        [(number, now_ms, now_ms, message) for number, message in messages],
    )


def queues(db: Connection) -> list[tuple[int, int, int, int]]:
    """Subscriber, when its oldest message is due, how many wait, when the oldest was written."""
    query = """
        SELECT oldest.subscriber_id, oldest.due, queue.length, oldest.created
        FROM (
            SELECT min(id) AS first, count(*) AS length FROM subscriber_message GROUP BY subscriber_id
        ) AS queue CROSS JOIN subscriber_message AS oldest WHERE oldest.id = queue.first
        ORDER BY oldest.subscriber_id
    """
    return list(db.execute(query))


def oldest(db: Connection, subscriber_id: int, but: Collection[int] = ()) -> Waiting | None:
    """What a subscriber must get next; `but` are rows that it has got already."""
    query = """
        SELECT id, created, due, attempts, message FROM subscriber_message
        WHERE subscriber_id = ? ORDER BY id
    """
    for row in db.execute(query, (subscriber_id,)):
        if row[0] not in but:
            return Waiting(*row)
    return None


def taken(db: Connection, row: int, subscriber_id: int, now: int) -> None:
    """A subscriber has got the message of a row; nothing of it is kept."""
    db.execute("DELETE FROM subscriber_message WHERE id = ?", (row,))
    db.execute("UPDATE subscriber SET last_success = ?, failures = 0 WHERE id = ?", (now, subscriber_id))


def failed(db: Connection, row: int, due: int) -> None:
    """An attempt failed; the next is at `due`."""
    db.execute("UPDATE subscriber_message SET attempts = attempts + 1, due = ? WHERE id = ?", (due, row))


def given_up(db: Connection, row: int, subscriber_id: int, *, blamed: int) -> None:
    """A message will not be delivered.

    Whoever refuses several (`blamed`: how many this one counts for; 0: it is not the receiver's doing) is
    told no more, and what waits is dropped.
    """
    db.execute("DELETE FROM subscriber_message WHERE id = ?", (row,))
    found = find(db, subscriber_id) if blamed else None
    if found is None:
        return
    failures = found.failures + blamed
    state = state_after_failures(found.state, failures)
    db.execute("UPDATE subscriber SET failures = ?, state = ? WHERE id = ?", (failures, state, subscriber_id))
    if state is State.OFF:
        db.execute("DELETE FROM subscriber_message WHERE subscriber_id = ?", (subscriber_id,))


def switch_off(db: Connection, subscriber: Subscriber) -> None:
    """Nothing reaches somebody any more: told no more, or forgotten where nothing was confirmed."""
    if subscriber.state is State.PENDING:
        delete(db, subscriber.id)
        return
    db.execute("UPDATE subscriber SET state = ? WHERE id = ?", (State.OFF, subscriber.id))
    db.execute("DELETE FROM subscriber_message WHERE subscriber_id = ?", (subscriber.id,))


# --- What is known of maintenance --------------------------------------------------------------------------


def known_plans(db: Connection, page_id: int) -> dict[int, KnownPlan]:
    """Plan → what subscribers of a page were told of it."""
    query = "SELECT plan_id, stage, plan FROM subscriber_plan WHERE page_id = ?"
    return {
        number: KnownPlan(Stage(stage), ShownPlan.unpacked(plan))
        for number, stage, plan in db.execute(query, (page_id,))
    }


def put_plans(db: Connection, page_id: int, plans: dict[int, KnownPlan]) -> None:
    """What they know now."""
    db.execute("DELETE FROM subscriber_plan WHERE page_id = ?", (page_id,))
    db.executemany(
        "INSERT INTO subscriber_plan (page_id, plan_id, stage, plan) VALUES (?, ?, ?, ?)",
        [(page_id, number, known.stage.value, known.plan.packed()) for number, known in plans.items()],
    )
