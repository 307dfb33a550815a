"""The SQL of the history: what went to whom, as the rows of the outbox tell. Runs in a transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kuma_lite.core import sql
from kuma_lite.notifications.model import Delivery, Outcome, Reach, Wanted, unpack
from kuma_lite.notifications.store import forget_messages

if TYPE_CHECKING:
    from kuma_lite.core.sql import Connection

_FROM = """
    FROM outbox JOIN notification ON notification.id = outbox.notification_id
    LEFT JOIN monitor ON monitor.id = outbox.monitor_id
"""


def page(
    connection: Connection, reach: Reach, wanted: Wanted, offset: int, count: int
) -> tuple[list[Delivery], int]:
    """Some deliveries, the newest first, and how many there are."""
    where, arguments = _condition(reach, wanted)
    total = sql.value(connection, f"SELECT count(*) {_FROM} WHERE {where}", arguments)
    query = f"""
        SELECT outbox.id, outbox.notification_id, notification.name, notification.type, outbox.monitor_id,
            monitor.name, outbox.created, outbox.ended, outbox.due, outbox.attempts, outbox.state,
            outbox.last_error, outbox.answer, outbox_message.text
        {_FROM} JOIN outbox_message ON outbox_message.id = outbox.message_id
        WHERE {where} ORDER BY outbox.id DESC LIMIT ? OFFSET ?
    """
    rows = connection.execute(query, (*arguments, count, offset))
    return [_delivery(row) for row in rows], int(total)


def again(connection: Connection, number: int, reach: Reach, now: int) -> bool:
    """Put a message that ended into the outbox anew, in place of one that was given up.

    Returns: False when there is none, or its channel is switched off.
    """
    made = connection.execute(
        "INSERT INTO outbox (notification_id, monitor_id, created, due, message_id)"
        " SELECT notification_id, monitor_id, ?, ?, message_id"
        " FROM outbox JOIN notification ON notification.id = notification_id"
        " WHERE outbox.id = ? AND organisation_id = ? AND (? OR monitor_id IS NULL)"
        " AND state <> 'waiting' AND notification.active = 1 RETURNING id",
        (now, now, number, reach.organisation, reach.monitors),
    ).fetchall()
    if made:
        connection.execute("DELETE FROM outbox WHERE id = ? AND state = 'dead'", (number,))
    return bool(made)


def remove(connection: Connection, number: int, reach: Reach) -> bool:
    """Forget a message that ended; False when there is none."""
    gone = connection.execute(
        "DELETE FROM outbox WHERE id = ? AND (? OR monitor_id IS NULL) AND state <> 'waiting'"
        " AND notification_id IN (SELECT id FROM notification WHERE organisation_id = ?) RETURNING id",
        (number, reach.monitors, reach.organisation),
    ).fetchall()
    forget_messages(connection)
    return bool(gone)


def _condition(reach: Reach, wanted: Wanted) -> tuple[str, tuple[Any, ...]]:
    wishes = {
        "notification.organisation_id": reach.organisation,
        "outbox.monitor_id": wanted.monitor,
        "outbox.notification_id": wanted.channel,
        "notification.type": wanted.service,
        "outbox.state": wanted.outcome,
    }
    given = {column: value for column, value in wishes.items() if value is not None}
    terms = [f"{column} = ?" for column in given]
    if not reach.monitors:
        terms.append("outbox.monitor_id IS NULL")
    return " AND ".join(terms), tuple(given.values())


def _delivery(row: tuple[Any, ...]) -> Delivery:
    state, error, answer, packed = row[-4:]
    try:
        message = unpack(packed)
    except ValueError:  # what is damaged was given up, and that is worth seeing
        text, status = "", None
    else:
        text = message.text
        status = message.heartbeat.get("status") if message.heartbeat is not None else None
    kind = status if isinstance(status, int) else None
    return Delivery(*(*row[:-4], Outcome(state), error, answer, text, kind))
