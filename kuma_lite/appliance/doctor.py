"""All examinations of the doctor over one installation, and what whoever helps may be sent of them."""

from __future__ import annotations

import io
import json
import os
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kuma_lite.core.clock import SystemClock
from kuma_lite.core.config import SETTINGS, Config
from kuma_lite.core.database_look import looking, rows
from kuma_lite.core.errors import UserError
from kuma_lite.core.limits import DATABASE_FILE
from kuma_lite.doctor import installation, machine, place
from kuma_lite.doctor.model import Finding, Level, examined


def find(config: Config) -> list[Finding]:
    """Everything, in the order in which it is told."""
    folder = config.data_dir.absolute()
    settings = _settings(folder / DATABASE_FILE)
    return examined(
        [
            ("Versions", machine.examine_versions),
            ("Server", lambda: installation.examine_server(config)),
            ("Data folder", lambda: place.examine_folder(folder, os.geteuid())),
            ("Disk", lambda: place.examine_disk(folder) if folder.is_dir() else ()),
            ("Database", lambda: installation.examine_database(folder)),
            ("Backups", lambda: _backups(folder, settings)),
            ("Certificate", lambda: _certificate(config)),
            ("Proxy", lambda: _proxies(config, settings)),
            ("Clock", machine.examine_clock),
            ("Time zone", machine.examine_time_zone),
            ("Resolver", machine.examine_resolver),
            ("Ping", machine.examine_ping),
            ("Limits", machine.examine_files),
            ("Memory", machine.examine_memory),
        ]
    )


def archive_of(config: Config, findings: list[Finding]) -> bytes:
    """A .tar.gz: what was found, the settings of the process without secrets, and counts."""
    parts = {
        "doctor.json": [finding.document() for finding in findings],
        "settings.json": _shown_settings(config),
        "counts.json": _counts(config.data_dir.absolute() / DATABASE_FILE),
    }
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        for name, document in parts.items():
            content = json.dumps(document, indent=1, default=str).encode()
            entry = tarfile.TarInfo(f"kuma-lite-doctor/{name}")
            entry.size, entry.mode = len(content), 0o600
            tar.addfile(entry, io.BytesIO(content))
    return archive.getvalue()


def _shown_settings(config: Config) -> dict[str, Any]:
    """Secrets, and what has names of the owner's in it, are only said to be there."""
    private = {"acme", "acme_email", "notification_proxy", "allowed_hosts", "connectivity_target"}
    shown: dict[str, Any] = {}
    for name, setting in SETTINGS.items():
        value = getattr(config, name)
        hidden = (setting.secret or name in private) and value not in (None, "")
        shown[name] = "(set)" if hidden else value
    return shown


def _counts(database: Path) -> dict[str, int]:
    """Rows of each table."""
    if not database.exists():
        return {}
    try:
        with looking(database) as connection:
            return rows(connection)
    except UserError:
        return {}  # the database's own examination says why


def _settings(database: Path) -> dict[str, Any]:
    """What people have set, as far as the database can be read."""
    from kuma_lite.settings.store import read_all

    if not database.exists():
        return {}
    try:
        with looking(database) as connection:
            return {key: row.value for key, row in read_all(connection).items()}
    except UserError:
        return {}


def _proxies(config: Config, settings: dict[str, Any]) -> Iterator[Finding]:
    return installation.judge_proxies(
        bool(settings.get("trustProxy")),
        config.trusted_proxies,
        config.allowed_hosts,
        bool(settings.get("disableAuth")),
    )


def _certificate(config: Config) -> Iterator[Finding]:
    if not config.acme:
        return installation.examine_certificate(config)
    from kuma_lite.acme.certificates import seen
    from kuma_lite.acme.store import Store

    store = Store(config.data_dir.absolute())
    content, state = store.read(store.certificate.name), store.state()
    served = seen(content) if content else None
    ends, lasts = None, timedelta(0)
    if served is not None and not served.is_stand_in:
        ends, lasts = datetime.fromtimestamp(served.ends, UTC), timedelta(seconds=served.ends - served.begins)
    refused = {name: each.reason for name, each in state.refused.items()}
    return installation.judge_acme(ends, lasts, refused, state.failure, _now())


def _backups(folder: Path, settings: dict[str, Any]) -> Iterator[Finding]:
    from kuma_lite.backups.plan import stored_plan
    from kuma_lite.backups.service import SETTING, found_in

    if not (folder / DATABASE_FILE).exists():
        return
    where = stored_plan(settings.get(SETTING, {})).place(folder)
    found, unreadable = found_in(where)
    if unreadable:
        yield Finding("Backups", Level.WARNING, unreadable, "See its permissions.")
        return
    yield installation.judge_backups(found[0].made if found else None, _now(), where)


def _now() -> datetime:
    return datetime.fromtimestamp(SystemClock().now(), UTC)
