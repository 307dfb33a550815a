"""The SQL of channels, their links to monitors, and the outbox. Every function runs in a transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from kuma_lite.core import sql
from kuma_lite.core.json_text import compact_json, text_of
from kuma_lite.core.records import replace
from kuma_lite.notifications.model import Channel, Config, Pending, Queue, Waiting

if TYPE_CHECKING:
    from kuma_lite.core.sql import Connection

ENDED_KEPT_MS: Final = 30 * 24 * 3_600_000  # a month of messages to look at
DEAD_KEPT: Final = 1_000  # given-up ones, and no more: a broken channel must not fill the disk
SENT_KEPT: Final = 2_000  # delivered ones; some kilobytes each
PRUNE_EVERY: Final = 200  # deliveries; it goes through all messages

_CHANNEL: Final = """
    notification.id, notification.organisation_id, notification.user_id, notification.name,
    notification.active,
    notification.is_default, notification.config, notification.last_success, notification.last_error,
    notification.last_error_at
"""


def _channel(row: tuple[Any, ...]) -> Channel:
    number, organisation, user, name, active, default, *rest = row
    # A nameless channel is null on the wire; its column cannot be.
    return Channel(number, name or None, bool(active), organisation, user, bool(default), *rest)


# --- channels ----------------------------------------------------------------------------------------------


def channels_of(connection: Connection, organisation: int) -> list[Channel]:
    """All channels of an organisation, oldest first."""
    query = f"SELECT {_CHANNEL} FROM notification WHERE organisation_id = ? ORDER BY id"  # noqa: S608
    return [_channel(row) for row in connection.execute(query, (organisation,))]


def all_channels(connection: Connection) -> list[Channel]:
    """The channels of everybody."""
    query = f"SELECT {_CHANNEL} FROM notification ORDER BY id"  # noqa: S608 - own columns
    return [_channel(row) for row in connection.execute(query)]


def find(connection: Connection, channel_id: int, organisation: int) -> Channel | None:
    """A channel of an organisation; None when there is none."""
    query = f"SELECT {_CHANNEL} FROM notification WHERE id = ? AND organisation_id = ?"  # noqa: S608
    for row in connection.execute(query, (channel_id, organisation)):
        return _channel(row)
    return None


def add(connection: Connection, config: Config, organisation: int, user_id: int) -> int:
    """Store a new channel, made by a user; returns its id."""
    return sql.insert(
        connection,
        "INSERT INTO notification (organisation_id, user_id, name, is_default, type, config)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (organisation, user_id, *_columns(config)),
    )


def insert_row(connection: Connection, row: Sequence[Any]) -> None:
    """A channel from elsewhere (an import): id, user, name, active, default, type, form as JSON."""
    connection.execute(
        "INSERT INTO notification (id, user_id, name, active, is_default, type, config)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        row,
    )


def change(connection: Connection, channel_id: int, config: Config, now: int) -> None:
    """Store the edited form; what waits gets a fresh attempt, for the edit may be the cure."""
    connection.execute(
        "UPDATE notification SET name = ?, is_default = ?, type = ?, config = ? WHERE id = ?",
        (*_columns(config), channel_id),
    )
    connection.execute(
        "UPDATE outbox SET due = ?, attempts = 0 WHERE notification_id = ? AND state = 'waiting'",
        (now, channel_id),
    )


def set_active(connection: Connection, channel_id: int, active: bool) -> None:
    """Switch a channel on or off; what waits for one that is switched off is dropped."""
    connection.execute("UPDATE notification SET active = ? WHERE id = ?", (int(active), channel_id))
    if not active:
        connection.execute(
            "DELETE FROM outbox WHERE notification_id = ? AND state = 'waiting'", (channel_id,)
        )
        forget_messages(connection)


def delete(connection: Connection, channel_id: int) -> None:
    """Remove a channel, its links and all its messages (the foreign keys cascade)."""
    connection.execute("DELETE FROM notification WHERE id = ?", (channel_id,))
    forget_messages(connection)


def _columns(config: Config) -> tuple[str, int, str, str]:
    name, kind = config.get("name"), config.get("type")
    return (
        "" if name is None else name if isinstance(name, str) else text_of(name),
        int(bool(config.get("isDefault"))),
        "" if kind is None else str(kind),
        compact_json(config),
    )


# --- links -------------------------------------------------------------------------------------------------


def defaults(connection: Connection, organisation: int) -> list[int]:
    """The channels that new things of an organisation get by themselves."""
    rows: Any = connection.execute(
        "SELECT id FROM notification WHERE is_default = 1 AND organisation_id = ? ORDER BY id",
        (organisation,),
    )
    return [number for (number,) in rows]


def links(connection: Connection) -> dict[int, tuple[int, ...]]:
    """Monitor id → ids of its channels."""
    found: dict[int, tuple[int, ...]] = {}
    query = "SELECT monitor_id, notification_id FROM monitor_notification ORDER BY 1, 2"
    for monitor_id, channel_id in connection.execute(query):
        found[monitor_id] = (*found.get(monitor_id, ()), channel_id)
    return found


# --- the outbox --------------------------------------------------------------------------------------------


def enqueue(
    connection: Connection,
    channel_ids: Iterable[int],
    monitor_id: int | None,
    message_json: str,
    now: int,
    *,
    rows: dict[int, int] | None = None,
) -> int:
    """Write a message for each of the channels that exist and are switched on; returns how many.

    Runs inside the transaction of the beat that causes it. `now` is milliseconds since 1970.
    `rows` is filled: channel id → id of its row.
    """
    written = 0
    message: int | None = None
    for channel_id in channel_ids:
        if message is None:  # once for all
            message = sql.insert(connection, "INSERT INTO outbox_message (text) VALUES (?)", (message_json,))
        found = connection.execute(
            "INSERT INTO outbox (notification_id, monitor_id, created, due, message_id) "
            "SELECT id, ?, ?, ?, ? FROM notification WHERE id = ? AND active = 1 RETURNING id",
            (monitor_id, now, now, message, channel_id),
        )
        for (row,) in found.fetchall():
            written += 1
            if rows is not None:
                rows[channel_id] = row
    return written


def queues(connection: Connection) -> list[Queue]:
    """What waits, per channel."""
    query = """
        SELECT oldest.notification_id, oldest.due, queue.length, oldest.created
        FROM (
            SELECT min(id) AS first, count(*) AS length FROM outbox WHERE state = 'waiting'
            GROUP BY notification_id
        ) AS queue CROSS JOIN outbox AS oldest WHERE oldest.id = queue.first ORDER BY oldest.notification_id
    """
    return [Queue(*row) for row in connection.execute(query)]


def dead_letters(connection: Connection) -> int:
    """How many messages have been given up and are kept."""
    return int(sql.value(connection, "SELECT count(*) FROM outbox WHERE state = 'dead'"))


def counts(connection: Connection, organisation: int) -> dict[int, Pending]:
    """Channel id → what waits for it and what was given up; channels with neither are left out."""
    found: dict[int, Pending] = {}
    for state in ("waiting", "dead"):
        query = f"""
            SELECT notification_id, count(*)
            FROM outbox JOIN notification ON notification.id = notification_id
            WHERE state = '{state}' AND organisation_id = ? GROUP BY notification_id
        """  # noqa: S608 - own words; as text, so that the index of the state is used
        for number, count in connection.execute(query, (organisation,)):
            found[number] = replace(found.get(number, Pending()), **{state: count})
    return found


def channel(connection: Connection, channel_id: int) -> Channel | None:
    """A channel of anybody that is switched on; None when there is none."""
    query = f"SELECT {_CHANNEL} FROM notification WHERE id = ? AND active = 1"  # noqa: S608 - own columns
    for row in connection.execute(query, (channel_id,)):
        return _channel(row)
    return None


def oldest(connection: Connection, channel_id: int, but: Collection[int] = ()) -> Waiting | None:
    """The message a channel must get next; `but` are rows that it has got, or gets from memory."""
    # The number alone stands in the index of what waits; with other columns wanted, SQLite goes through all
    # that the channel has got.
    waiting = "SELECT id FROM outbox WHERE notification_id = ? AND state = 'waiting' ORDER BY id"
    row = next((row for (row,) in connection.execute(waiting, (channel_id,)) if row not in but), None)
    if row is None:
        return None
    query = f"""
        SELECT outbox.id, outbox.created, outbox.due, outbox.attempts, outbox_message.text, {_CHANNEL}
        FROM outbox JOIN outbox_message ON outbox_message.id = message_id
        JOIN notification ON notification.id = notification_id WHERE outbox.id = ?
    """  # noqa: S608 - own columns
    for number, created, due, attempts, message, *channel in connection.execute(query, (row,)):
        return Waiting(number, _channel(tuple(channel)), created, due, attempts, message)
    return None


def taken(connection: Connection, row: int, channel_id: int, now: int, answer: str) -> None:
    """The channel has the message of a row; `answer` is what its service said."""
    connection.execute(
        "UPDATE outbox SET attempts = attempts + 1, state = 'sent', ended = ?, answer = ?, last_error = NULL"
        " WHERE id = ?",
        (now, answer, row),
    )
    connection.execute(
        "UPDATE notification SET last_success = ?, last_error = NULL WHERE id = ?", (now, channel_id)
    )
    if row % PRUNE_EVERY == 0:
        _prune(connection, "sent", SENT_KEPT, now)


def failed(connection: Connection, message: Waiting, now: int, error: str, due: int) -> None:
    """An attempt failed; the next is at `due`."""
    connection.execute(
        "UPDATE outbox SET attempts = attempts + 1, due = ?, last_error = ? WHERE id = ?",
        (due, error, message.id),
    )
    _note_error(connection, message, now, error)


def given_up(connection: Connection, message: Waiting, now: int, error: str) -> None:
    """The message is dead; it is kept for a while to be looked at."""
    connection.execute(
        "UPDATE outbox SET attempts = attempts + 1, state = 'dead', ended = ?, last_error = ? WHERE id = ?",
        (now, error, message.id),
    )
    _prune(connection, "dead", DEAD_KEPT, now)
    _note_error(connection, message, now, error)


def _prune(connection: Connection, state: str, most: int, now: int) -> None:
    """Forget what ended in a state too long ago, and the oldest of too many."""
    connection.execute(
        f"DELETE FROM outbox WHERE state = '{state}' AND (ended < ? OR id <= "  # noqa: S608 - own words
        f"(SELECT id FROM outbox WHERE state = '{state}' ORDER BY id DESC LIMIT 1 OFFSET ?))",
        (now - ENDED_KEPT_MS, most),
    )
    forget_messages(connection)


def forget_messages(connection: Connection) -> None:
    """Remove what waits for nobody and is nobody's history."""
    connection.execute("DELETE FROM outbox_message WHERE id NOT IN (SELECT message_id FROM outbox)")


def _note_error(connection: Connection, message: Waiting, now: int, error: str) -> None:
    connection.execute(
        "UPDATE notification SET last_error = ?, last_error_at = ? WHERE id = ?",
        (error, now, message.channel.id),
    )
