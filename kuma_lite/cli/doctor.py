"""`kuma-lite doctor`: what is wrong with this installation, and what to do about it."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from kuma_lite.cli.exits import DIFFERENT, DONE, TROUBLE
from kuma_lite.core.clock import SystemClock
from kuma_lite.core.config import SETTINGS, Config, add_options, load_config
from kuma_lite.core.database_look import looking, rows
from kuma_lite.core.errors import UserError
from kuma_lite.core.limits import DATABASE_FILE
from kuma_lite.doctor import installation, machine, place
from kuma_lite.doctor.model import Finding, Level, examined, worst

MARKS: Final = {Level.OK: "ok", Level.NOTE: "note", Level.WARNING: "warning", Level.TROUBLE: "TROUBLE"}
COLOURS: Final = {Level.OK: "32", Level.NOTE: "36", Level.WARNING: "33", Level.TROUBLE: "31;1"}
EXIT: Final = {Level.OK: DONE, Level.NOTE: DONE, Level.WARNING: DIFFERENT, Level.TROUBLE: TROUBLE}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How it is told."""
    parser.add_argument("--json", action="store_true", help="as JSON, for scripts")
    parser.add_argument(
        "--bundle",
        metavar="FILE",
        help="write what was found into a .tar.gz for whoever helps you; no secrets are in it, and no "
        "names or addresses of what you watch",
    )
    add_options(parser, "data_dir", "host", "port", "ssl_cert", "ssl_key", "acme", "acme_terms")


def run(options: argparse.Namespace) -> int:
    """See `cli.exits`."""
    config = load_config(options)
    findings = find(config)
    if options.json:
        print(json.dumps([finding.document() for finding in findings], indent=1))
    else:
        print("\n".join(lines(findings, coloured=_is_coloured())))
    if options.bundle:
        write_bundle(Path(options.bundle), config, findings)
        print(f"{options.bundle} is written; look through it before you send it.", file=sys.stderr)
    return EXIT[worst(findings)]


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


def lines(findings: list[Finding], *, coloured: bool) -> list[str]:
    """For people: what, how it is, what to do."""
    width = max(len(finding.what) for finding in findings)
    told = []
    for what, level, says, do in ((each.what, each.level, each.says, each.do) for each in findings):
        mark = f"{MARKS[level]:7}"
        mark = f"\x1b[{COLOURS[level]}m{mark}\x1b[0m" if coloured else mark
        told.append(f"{mark}  {what:{width}}  {says}")
        if do and level is not Level.OK:
            told.append(f"{'':{width + 11}}→ {do}")
    return told


def write_bundle(target: Path, config: Config, findings: list[Finding]) -> None:
    """What was found, the settings of the process without secrets, and counts. Raises UserError."""
    parts = {
        "doctor.json": [finding.document() for finding in findings],
        "settings.json": _shown_settings(config),
        "counts.json": _counts(config.data_dir.absolute() / DATABASE_FILE),
    }
    try:
        with (
            os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
            tarfile.open(fileobj=file, mode="w:gz") as tar,
        ):
            for name, document in parts.items():
                content = json.dumps(document, indent=1, default=str).encode()
                entry = tarfile.TarInfo(f"kuma-lite-doctor/{name}")
                entry.size, entry.mode = len(content), 0o600
                tar.addfile(entry, io.BytesIO(content))
    except OSError as error:
        reason = error.strerror or error
        raise UserError("{file} cannot be written: {reason}.", file=target, reason=reason) from None


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


def _is_coloured() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
