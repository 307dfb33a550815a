"""Tables that are much the same here as in Uptime Kuma, column by column.

Their SQL stands here and not with their features: an import writes what no feature ever does, rows with the
ids they had elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import apsw
from msgspec import Struct, field

from kuma_lite.core.sentences import said
from kuma_lite.core.sql import Connection
from kuma_lite.importing.report import Report
from kuma_lite.importing.values import flag, milliseconds, seconds, text, whole

Read = Callable[[Any], Any]
Row = Mapping[str, Any]

GONE: Final = said("what it belonged to has been deleted")
TWICE: Final = said("it is there twice, or lacks what makes it one")


class Column(Struct, frozen=True):
    """One column.

    Args:
        read: the stored value → ours.
        source: its name in Uptime Kuma, if it is another one.
        default: where the version has no such column, or its value cannot be read.
    """

    read: Read
    source: str = ""
    default: Any = None


class Table(Struct, frozen=True):
    """One table.

    Args:
        name: in Uptime Kuma.
        plural: what it holds, in words.
        columns: ours, by name.
        target: our name of it, if it is another one.
        belongs: column → the table (ours) whose row it names; without that row it is not taken.
        owned: it has a `user_id`, which is never empty here.
        label: the column that names a row to a person.
    """

    name: str
    plural: str
    columns: Mapping[str, Column]
    target: str = ""
    belongs: Mapping[str, str] = field(default_factory=dict)
    owned: bool = False
    label: str = ""

    @property
    def into(self) -> str:
        """Our name of it."""
        return self.target or self.name


def _whole(default: int | None = None, source: str = "") -> Column:
    return Column(whole, source, default)


def _text(default: str | None = None, source: str = "") -> Column:
    return Column(text, source, default)


def _flag(default: int, source: str = "") -> Column:
    return Column(lambda value: default if value is None else flag(value), source, default)


_ID: Final = _whole()

USERS: Final = Table(
    "user",
    "users, with password and second factor",
    {
        "id": _ID,
        "username": _text(),
        "password": _text(),
        "active": _flag(1),
        "timezone": _text(),
        "twofa_secret": _text(),
        "twofa_status": _flag(0),
        "twofa_last_token": _text(),
    },
    label="username",
)

# In an order in which what a row belongs to is there before it.
BEFORE_MONITORS: Final = (
    Table(
        "tag",
        "tags",
        {"id": _ID, "name": _text(""), "color": _text(""), "created_date": Column(milliseconds, default=0)},
        label="name",
    ),
    Table(
        "proxy",
        "proxies",
        {
            "id": _ID,
            "user_id": _whole(),
            "protocol": _text("http"),
            "host": _text(""),
            "port": _whole(0),
            "auth": _flag(0),
            "username": _text(),
            "password": _text(),
            "active": _flag(1),
            "is_default": _flag(0, "default"),
            "created_date": Column(milliseconds, default=0),
        },
        owned=True,
        label="host",
    ),
    Table(
        "docker_host",
        "Docker hosts",
        {
            "id": _ID,
            "user_id": _whole(),
            "docker_daemon": _text(),
            "docker_type": _text(),
            "name": _text(),
        },
        owned=True,
        label="name",
    ),
    Table(
        "remote_browser",
        "remote browsers",
        {"id": _ID, "user_id": _whole(), "name": _text(""), "url": _text("")},
        owned=True,
        label="name",
    ),
    Table(
        "api_key",
        "API keys",
        {
            "id": _ID,
            "user_id": _whole(),
            "key": _text(),
            "name": _text(""),
            "created_date": Column(milliseconds, default=0),
            "active": _flag(1),
            "expires": _text(),
        },
        owned=True,
        label="name",
    ),
    Table(
        "status_page",
        "status pages",
        {
            "id": _ID,
            "slug": _text(),
            "title": _text(""),
            "description": _text(),
            "icon": _text(""),
            "auto_refresh_interval": _whole(300),
            "theme": _text("auto"),
            "published": _flag(1),
            "show_tags": _flag(0),
            "custom_css": _text(),
            "footer_text": _text(),
            "show_powered_by": _flag(1),
            "analytics_id": _text(),
            "analytics_script_url": _text(),
            "analytics_type": _text(),
            "show_certificate_expiry": _flag(0),
            "show_only_last_heartbeat": _flag(0),
            "rss_title": _text(),
        },
        label="slug",
    ),
)

AFTER_MONITORS: Final = (
    Table(
        "monitor_notification",
        "links of monitors and notifications",
        {"monitor_id": _whole(), "notification_id": _whole()},
        belongs={"monitor_id": "monitor", "notification_id": "notification"},
    ),
    Table(
        "monitor_tag",
        "tags on monitors",
        {"id": _ID, "monitor_id": _whole(), "tag_id": _whole(), "value": _text()},
        belongs={"monitor_id": "monitor", "tag_id": "tag"},
    ),
    Table(
        "status_page_cname",
        "domain names of status pages",
        {"id": _ID, "status_page_id": _whole(), "domain": _text()},
        belongs={"status_page_id": "status_page"},
        label="domain",
    ),
    Table(
        "group",
        "groups on status pages",
        {
            "id": _ID,
            "status_page_id": _whole(),
            "name": _text(""),
            "public": _flag(0),
            "weight": _whole(1000),
        },
        target="page_group",
        belongs={"status_page_id": "status_page"},
        label="name",
    ),
    Table(
        "monitor_group",
        "monitors on status pages",
        {
            "id": _ID,
            "monitor_id": _whole(),
            "group_id": _whole(),
            "weight": _whole(1000),
            "send_url": _flag(0),
            "custom_url": _text(),
        },
        belongs={"monitor_id": "monitor", "group_id": "page_group"},
    ),
    Table(
        "incident",
        "incidents",
        {
            "id": _ID,
            "status_page_id": _whole(),
            "title": _text(""),
            "content": _text(""),
            "style": _text("warning"),
            "created_date": Column(seconds, default=0),
            "last_updated_date": Column(seconds),
            "pin": _flag(1),
            "active": _flag(1),
        },
        belongs={"status_page_id": "status_page"},
        label="title",
    ),
)

AFTER_PLANS: Final = (
    Table(
        "monitor_maintenance",
        "links of monitors and maintenance",
        {"maintenance_id": _whole(), "monitor_id": _whole(), "position": _whole(0, "id")},
        belongs={"maintenance_id": "maintenance", "monitor_id": "monitor"},
    ),
    Table(
        "maintenance_status_page",
        "links of status pages and maintenance",
        {"maintenance_id": _whole(), "status_page_id": _whole(), "position": _whole(0, "id")},
        belongs={"maintenance_id": "maintenance", "status_page_id": "status_page"},
    ),
)

ALL: Final = (USERS, *BEFORE_MONITORS, *AFTER_MONITORS, *AFTER_PLANS)


def write_table(
    connection: Connection, table: Table, rows: Iterable[Row], owners: Owners, report: Report
) -> None:
    """Insert rows of Uptime Kuma; what cannot be is left and noted."""
    known = {
        column: {number for (number,) in connection.execute(f"SELECT id FROM {parent}")}  # noqa: S608
        for column, parent in table.belongs.items()
    }
    names = ", ".join(table.columns)
    query = f"INSERT INTO {table.into} ({names}) VALUES ({', '.join('?' * len(table.columns))})"  # noqa: S608
    taken = 0
    for row in rows:
        values = {name: _value(row, name, column) for name, column in table.columns.items()}
        if table.owned:
            values["user_id"] = owners.of(values["user_id"])
        if any(values[column] not in ids for column, ids in known.items()):
            _leave(report, table, row, GONE)
            continue
        try:
            connection.execute(query, tuple(values.values()))
        except apsw.ConstraintError:  # the same link twice is one; a row without its key has never worked
            if table.label:
                _leave(report, table, row, TWICE)
        else:
            taken += 1
    report.took(table.plural, taken)


class Owners:
    """Whose something is; what lost its owner belongs to the first user."""

    def __init__(self, users: Iterable[Row]) -> None:
        self._ids = sorted(number for row in users if (number := whole(row["id"])) is not None)

    def of(self, user_id: Any) -> int:
        """The id of a user that exists."""
        number = whole(user_id)
        return number if number is not None and number in self._ids else self._ids[0]


def _value(row: Row, name: str, column: Column) -> Any:
    source = column.source or name
    if source not in row:
        return column.default
    value = column.read(row[source])
    return column.default if value is None else value


def _leave(report: Report, table: Table, row: Row, why: str) -> None:
    number = str(row.get("id"))
    if table.label:
        label = row.get(table.label)
        report.leave("{what}: “{label}” (id {id})", why, what=table.plural, label=label, id=number)
    else:
        report.leave("{what}: id {id}", why, what=table.plural, id=number)
