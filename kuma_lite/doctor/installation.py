"""The server's own: its database, its address, what it says of itself, its certificate, its backups."""

from __future__ import annotations

import json
import socket
import urllib.error
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from kuma_lite.core.clock import SystemClock
from kuma_lite.core.config import Config
from kuma_lite.core.data_folder import DataFolder
from kuma_lite.core.database_look import damage, looking, version
from kuma_lite.core.errors import StartupError
from kuma_lite.core.hosts import socket_path
from kuma_lite.core.limits import DATABASE_FILE
from kuma_lite.core.migrations import discover
from kuma_lite.core.own_address import ask_ready
from kuma_lite.doctor.model import Finding, Level

SOON: Final = timedelta(days=14)
OLD: Final = timedelta(days=8)


def examine_database(folder: Path) -> Iterator[Finding]:
    """Sound, and of a version this program knows. The server may have it open."""
    path = folder / DATABASE_FILE
    if not path.exists():
        yield Finding("Database", Level.NOTE, f"There is none in {folder} yet.")
        return
    with looking(path) as connection:
        yield judge_version(version(connection), max(step.number for step in discover()))
        yield judge_damage(damage(connection), path.stat().st_size)


def judge_version(version: int, newest: int) -> Finding:
    """Numbers of migrations."""
    if version > newest:
        says = f"It was written by a newer program (version {version}, this one knows {newest})."
        return Finding("Database", Level.TROUBLE, says, "Start the newer program, or restore a backup.")
    if version < newest:
        says = f"Version {version}; the next start brings it to {newest}, after a copy of it was made."
        return Finding("Database", Level.OK, says)
    return Finding("Database", Level.OK, f"Version {version}, the newest.")


def judge_damage(found: str | None, size: int) -> Finding:
    """What SQLite says of it (`core.database_look.damage`); bytes."""
    if found:
        do = "Stop the server and restore a backup: kuma-lite restore FILE."
        return Finding("Database", Level.TROUBLE, f"It is damaged: {found}.", do)
    megabytes = f"{size / 1e6:,.1f}"
    if found == "":
        return Finding("Database", Level.OK, f"No damage ({megabytes} MB).")
    says = f"No damage in the part that could be looked at ({megabytes} MB)."
    return Finding("Database", Level.OK, says)


def examine_server(config: Config) -> Iterator[Finding]:
    """Does one run, and what does it say of itself? Else: is its port free?"""
    what = "Server"
    if not _runs(config.data_dir):
        yield Finding(what, Level.NOTE, "None runs on this data folder.", "kuma-lite serve")
        yield from _examine_port(config)
        return
    status, document = _readiness(config)
    if status is None:
        says = f"One runs on this data folder, and gives no answer at {config.host} port {config.port}."
        do = "Ask with the settings it was started with (host, port, certificate), or look at its log."
        yield Finding(what, Level.WARNING, says, do)
        return
    yield from judge_readiness(status, document)


def judge_readiness(status: int, document: Mapping[str, Any]) -> Iterator[Finding]:
    """What `/readyz` says."""
    problems, notes = document.get("problems", {}), document.get("notes", {})
    if status != 200 and not problems:
        yield Finding("Server", Level.TROUBLE, f"It answers {status}.", "Look at its log.")
    for says in problems.values():
        yield Finding("Server", Level.TROUBLE, str(says), "The line across its page says more.")
    for says in notes.values():
        yield Finding("Server", Level.WARNING, str(says), "The line across its page says more.")
    if status == 200 and not problems and not notes:
        yield Finding("Server", Level.OK, "It runs and is well.")


def judge_proxies(trusts: bool, trusted: str, allowed_hosts: str, is_open: bool) -> Iterator[Finding]:
    """Forwarded headers: believed of whom?"""
    if trusts and not trusted:
        says = "Forwarded headers are believed, whoever sends them, from the one that connects."
        do = "Name your proxies in trusted_proxies where other machines can reach this port as well."
        yield Finding("Proxy", Level.NOTE, says, do)
    if is_open and not allowed_hosts:
        says = "Logging in is switched off, and any host name is answered."
        yield Finding("Log-in", Level.WARNING, says, "Name yours in allowed_hosts.")


def judge_certificate(path: Path, ends: datetime, now: datetime) -> Finding:
    """The certificate the server itself shows."""
    left = ends - now
    says = f"{path} ends on {ends:%Y-%m-%d}."
    if left <= timedelta(0):
        return Finding("Certificate", Level.TROUBLE, says, "Renew it; the server notices by itself.")
    if left < SOON:
        return Finding("Certificate", Level.WARNING, says, "Renew it; the server notices by itself.")
    return Finding("Certificate", Level.OK, says)


def examine_certificate(config: Config) -> Iterator[Finding]:
    """Only where HTTPS is on."""
    if config.tls is None:
        return
    from cryptography import x509

    chain = x509.load_pem_x509_certificates(config.tls.certificate.read_bytes())
    ends = min(certificate.not_valid_after_utc for certificate in chain)
    yield judge_certificate(config.tls.certificate, ends, datetime.fromtimestamp(SystemClock().now(), UTC))


def judge_acme(
    ends: datetime | None, lasts: timedelta, refused: Mapping[str, str], failure: str, now: datetime
) -> Iterator[Finding]:
    """The certificate that is got by ACME.

    Args:
        ends: None: there is none of an authority.
        lasts: from its beginning to its end.
        refused: name → why it is not in it.
        failure: of the last attempt; "".
    """
    what, look = "Certificate", "Settings → System → HTTPS says more, and tries again."
    if ends is None or ends <= now:
        says = failure or "Nobody has asked the authority yet."
        yield Finding(what, Level.TROUBLE if failure else Level.NOTE, f"There is none. {says}", look)
    elif failure:
        level = Level.WARNING if ends - now < lasts / 4 else Level.NOTE
        yield Finding(what, level, f"It ends on {ends:%Y-%m-%d}. {failure}", look)
    else:
        yield Finding(what, Level.OK, f"By ACME; it ends on {ends:%Y-%m-%d} and is renewed before.")
    for name, reason in refused.items():
        yield Finding(what, Level.WARNING, f"It is not for {name}: {reason}", look)


def judge_backups(latest: datetime | None, now: datetime, place: Path) -> Finding:
    """The newest in the folder of the plan."""
    if latest is None:
        do = "Settings → System → Backups, or kuma-lite backup FILE."
        return Finding("Backups", Level.WARNING, f"There is none in {place}.", do)
    says = f"The newest in {place} is of {latest:%Y-%m-%d %H:%M} UTC."
    if now - latest > OLD:
        return Finding("Backups", Level.WARNING, says, "Settings → System → Backups makes them by plan.")
    return Finding("Backups", Level.OK, says)


def _runs(data_dir: Path) -> bool:
    if not data_dir.is_dir():
        return False
    try:
        DataFolder.open(data_dir).close()
    except StartupError as error:
        return "in use" in error.message
    return False


def _examine_port(config: Config) -> Iterator[Finding]:
    if socket_path(config.host):
        return  # made at the start; one that nobody serves is replaced
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
        except OSError as error:
            says = f"{config.host} port {config.port} cannot be listened on: {error.strerror or error}."
            yield Finding("Port", Level.TROUBLE, says, "Another port (--port), or end the other program.")
            return
    yield Finding("Port", Level.OK, f"{config.host} port {config.port} is free.")


def _readiness(config: Config) -> tuple[int | None, Mapping[str, Any]]:
    try:
        with ask_ready(config) as answer:
            return 200, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            try:
                return error.code, json.load(error)
            except ValueError:
                return error.code, {}
    except (OSError, ValueError):
        return None, {}
