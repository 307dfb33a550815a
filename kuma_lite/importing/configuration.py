"""Everything but the beats: read from the copy, then written in one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from kuma_lite.core.sql import Connection
from kuma_lite.importing.features import MonitorRow, NotificationRow, Rooms
from kuma_lite.importing.gamedig import new_name
from kuma_lite.importing.report import Report
from kuma_lite.importing.source import Row, Source
from kuma_lite.importing.tables import (
    AFTER_MONITORS,
    AFTER_PLANS,
    ALL,
    BEFORE_MONITORS,
    GONE,
    USERS,
    Owners,
    write_table,
)
from kuma_lite.importing.values import flag, milliseconds, text, whole

TIMEOUT_SHARE: Final = 0.8  # of the interval: what Uptime Kuma 1.23 gave monitors that had no timeout
CERTIFICATE: Final = "certificate"  # kind of warning, here as there

_OTHER_TABLES: Final = (
    "setting", "notification", "monitor", "maintenance", "monitor_tls_info", "notification_sent_history",
    "domain_expiry",
)  # fmt: skip
# Uptime Kuma's notes to itself: patches that ran, the bundled list of registries.
_HOUSEKEEPING: Final = frozenset(
    {"database_version", "databasePatchedFiles", "migrateAggregateTableState", "rdapDnsData"}
)
_HTTP_TYPES: Final = frozenset({"http", "keyword", "json-query"})

Tables = dict[str, list[Row]]


async def read_configuration(source: Source) -> Tables:
    """All rows of all tables but the large ones; empty for tables that this version does not have."""
    names = {*(table.name for table in ALL), *_OTHER_TABLES}
    return {name: await source.rows(name) for name in sorted(names)}


def write_configuration(
    connection: Connection, tables: Tables, rooms: Rooms, report: Report, *, is_v1: bool
) -> None:
    """Write everything into an empty database, in the transaction of `connection`."""
    owners = Owners(tables["user"])
    write_table(connection, USERS, tables["user"], owners, report)
    _settings(connection, tables["setting"], rooms, report)
    for row in tables["status_page"]:
        _complete_analytics(row)
    for table in BEFORE_MONITORS:
        write_table(connection, table, tables[table.name], owners, report)
    _notifications(connection, tables["notification"], owners, rooms, report)
    _monitors(connection, tables["monitor"], owners, rooms, report, is_v1=is_v1)
    for table in AFTER_MONITORS:
        write_table(connection, table, tables[table.name], owners, report)
    _plans(connection, tables["maintenance"], owners, rooms, report)
    for table in AFTER_PLANS:
        write_table(connection, table, tables[table.name], owners, report)
    _certificates(connection, tables["monitor_tls_info"], tables["notification_sent_history"], rooms, report)
    for row in tables["domain_expiry"]:
        report.leave(
            "expiry date of {domain}", "it is asked for again when it is needed", domain=row.get("domain")
        )


def _settings(connection: Connection, rows: Iterable[Row], rooms: Rooms, report: Report) -> None:
    taken = [
        (str(row["key"]), text(row["value"]), text(row.get("type")))
        for row in rows
        if row["key"] and row["key"] not in _HOUSEKEEPING
    ]
    # Over what a first start has put there: the secret that signs sessions.
    rooms.put_settings(connection, taken)
    report.took("settings", len(taken))


def _complete_analytics(row: Row) -> None:
    """Before 2.0 analytics were Google's; the type that says so was never filled in."""
    if row.get("google_analytics_tag_id"):
        row["analytics_id"] = row["google_analytics_tag_id"]
    if row.get("analytics_id") and not row.get("analytics_type"):
        row["analytics_type"] = "google"


# --- notifications -----------------------------------------------------------------------------------------


def _notifications(
    connection: Connection, rows: Iterable[Row], owners: Owners, rooms: Rooms, report: Report
) -> None:
    taken = 0
    for row in rows:
        name = str(row["name"] or "")
        config = _object(row["config"])
        if config is None:
            report.leave("notification “{name}”", "its configuration cannot be read", name=name)
            continue
        service = str(config.get("type") or "")
        if service.replace("-", "").lower() == "linenotify":
            report.leave("notification “{name}”", "LINE Notify was shut down in March 2025", name=name)
            continue
        if not rooms.sends(service):
            report.remark(
                "notification “{name}” ({service})",
                "kept, but nothing is sent through it yet",
                name=name,
                service=service,
            )
        rooms.insert_notification(
            connection,
            NotificationRow(
                row["id"],
                owners.of(row["user_id"]),
                name,
                flag(row["active"]),
                flag(row["is_default"]),
                service,
                str(row["config"]),
            ),
        )
        taken += 1
    report.took("notifications", taken)


# --- monitors ----------------------------------------------------------------------------------------------


def _monitors(
    connection: Connection,
    rows: list[Row],
    owners: Owners,
    rooms: Rooms,
    report: Report,
    *,
    is_v1: bool,
) -> None:
    parents = sound_parents({row["id"]: whole(row.get("parent")) for row in rows})
    for row in rows:
        document, unread = rooms.monitor_document(completed(row, is_v1=is_v1))
        document.pop("active", None)
        document.pop("parent", None)
        if parents[row["id"]] is not None:
            document["parent"] = parents[row["id"]]
        for name in unread:
            report.remark(
                "{field} of monitor “{name}”",
                "could not be read and has its default now",
                field=name,
                name=row["name"],
            )
        kind = str(row["type"] or "")
        if not rooms.checks(kind):
            report.remark(
                "monitor “{name}” ({kind})", "kept, but not looked at yet", name=row["name"], kind=kind
            )
        weight, created = whole(row["weight"]), milliseconds(row["created_date"])
        rooms.insert_monitor(
            connection,
            MonitorRow(
                row["id"],
                owners.of(row["user_id"]),
                kind,
                str(row["name"] or ""),
                flag(row["active"]),
                2000 if weight is None else weight,
                text(row["push_token"]) or None,
                document,
                created or 0,
            ),
        )
    # Only now is every parent there.
    inside = [(number, parent) for number, parent in parents.items() if parent is not None]
    rooms.set_parents(connection, inside)
    report.took("monitors", len(rows))


def completed(row: Mapping[str, Any], *, is_v1: bool) -> Row:
    """A row of `monitor` with what later versions of Uptime Kuma filled in on the way (pure)."""
    full = dict(row)
    interval = whole(full.get("interval")) or 20
    if (full.get("timeout") or 0) <= 0:
        full["timeout"] = interval * TIMEOUT_SHARE
    if not full.get("retry_interval"):
        full["retry_interval"] = interval
    if full.get("json_path") and not full.get("json_path_operator"):
        full["json_path_operator"] = "=="
    if full.get("basic_auth_user") is not None and not full.get("auth_method"):
        full["auth_method"] = "basic"
    if not full.get("http_body_encoding") and full.get("type") in _HTTP_TYPES:
        full["http_body_encoding"] = "json"
    if is_v1 and full.get("type") == "gamedig" and full.get("game"):
        full["game"] = new_name(str(full["game"]))
    return full


def sound_parents(parents: Mapping[int, int | None]) -> dict[int, int | None]:
    """Monitor → its group, without groups that are gone and without circles (pure)."""
    sound: dict[int, int | None] = {
        number: parent if parent in parents else None for number, parent in parents.items()
    }
    for number in sound:
        seen, above = {number}, sound[number]
        while above is not None and above not in seen:
            seen.add(above)
            above = sound[above]
        if above == number:
            sound[number] = None
    return sound


# --- maintenance, certificates -----------------------------------------------------------------------------


def _plans(connection: Connection, rows: Iterable[Row], owners: Owners, rooms: Rooms, report: Report) -> None:
    taken = 0
    for row in rows:
        try:
            rooms.insert_plan(connection, row, owners.of(row.get("user_id")))
        except ValueError as error:
            report.leave("maintenance “{title}”", str(error), title=row["title"])
        else:
            taken += 1
    report.took("maintenance plans", taken)


def _certificates(
    connection: Connection, infos: Iterable[Row], warnings: Iterable[Row], rooms: Rooms, report: Report
) -> None:
    """What is known of certificates, and which warnings have been sent: nobody wants them twice."""
    monitors = {number for (number,) in connection.execute("SELECT id FROM monitor")}
    prints: dict[int, str] = {}
    for row in infos:
        info = _object(row["info_json"])
        if info is None:
            continue  # nothing has been seen yet
        if row["monitor_id"] not in monitors:
            report.leave("certificate of the monitor with id {id}", GONE, id=str(row["monitor_id"]))
            continue
        certificate = info.get("certInfo")
        found = certificate.get("fingerprint256") if isinstance(certificate, dict) else None
        prints[row["monitor_id"]] = str(found or "")
        rooms.put_certificate(connection, row["monitor_id"], str(row["info_json"]), text(found))
    report.took("certificates", len(prints))
    for row in warnings:
        if row["type"] == CERTIFICATE and row["monitor_id"] in prints:
            days = whole(row["days"]) or 0
            rooms.note_warning(connection, row["monitor_id"], prints[row["monitor_id"]], days)


def _object(value: Any) -> dict[str, Any] | None:
    try:
        document = json.loads(value)
    except (TypeError, ValueError):
        return None
    return document if isinstance(document, dict) else None
