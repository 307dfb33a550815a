"""What each examination makes of what it sees."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kuma_lite.doctor import installation, machine, place
from kuma_lite.doctor.model import Finding, Level, examined, worst

FOLDER = Path("/srv/kuma")
DATABASE = FOLDER / "kuma-lite.db"
NOW = datetime(2026, 11, 29, tzinfo=UTC)
OK, NOTE, WARNING, TROUBLE = Level


@pytest.mark.parametrize(
    ("finding", "level"),
    [
        (place.judge_file_system("ext4"), OK),
        (place.judge_file_system(None), OK),
        (place.judge_file_system("nfs4"), WARNING),
        (place.judge_file_system("tmpfs"), TROUBLE),
        (place.judge_room(10**10, 10**11), OK),
        (place.judge_room(10**8, 10**11), WARNING),
        (place.judge_room(10**7, 10**11), TROUBLE),
        (place.judge_syncs([1, 2, 900]), OK),
        (place.judge_syncs([150, 200, 900]), WARNING),
        (place.judge_syncs([1500, 2000, 2500]), TROUBLE),
        (machine.judge_clock(NOW.timestamp(), kept=True), OK),
        (machine.judge_clock(NOW.timestamp(), kept=False), WARNING),
        (machine.judge_clock(0, kept=True), TROUBLE),
        (machine.judge_resolver("example.com", 0.01, None), OK),
        (machine.judge_resolver("example.com", 2, None), WARNING),
        (machine.judge_resolver("example.com", 0.01, "no answer"), TROUBLE),
        (machine.judge_ping(["IPv4", "IPv6"]), OK),
        (machine.judge_ping(["IPv4"]), OK),
        (machine.judge_ping([]), WARNING),
        (machine.judge_files(65_536), OK),
        (machine.judge_files(1024), WARNING),
        (machine.judge_memory(10**9, 10**9), OK),
        (machine.judge_memory(10**8, 10**9), WARNING),
        (installation.judge_version(5, 5), OK),
        (installation.judge_version(4, 5), OK),
        (installation.judge_version(6, 5), TROUBLE),
        (installation.judge_damage("row 3 missing", 10**6), TROUBLE),
        (installation.judge_damage("", 10**6), OK),
        (installation.judge_damage(None, 10**6), OK),
        (installation.judge_certificate(FOLDER, NOW + timedelta(days=60), NOW), OK),
        (installation.judge_certificate(FOLDER, NOW + timedelta(days=6), NOW), WARNING),
        (installation.judge_certificate(FOLDER, NOW, NOW), TROUBLE),
        (installation.judge_backups(NOW, NOW, FOLDER), OK),
        (installation.judge_backups(NOW - timedelta(days=30), NOW, FOLDER), WARNING),
        (installation.judge_backups(None, NOW, FOLDER), WARNING),
    ],
    ids=lambda value: value.says if isinstance(value, Finding) else value,
)
def test_levels(finding: Finding, level: Level) -> None:
    assert finding.level is level
    assert finding.says.endswith(".")
    assert bool(finding.do) == (level in (WARNING, TROUBLE))


def test_rights() -> None:
    def found(*rights: tuple[Path, int, int], user: int = 5) -> list[Level]:
        return [each.level for each in place.judge_rights([place.Rights(*right) for right in rights], user)]

    assert found((FOLDER, 5, 0o700), (DATABASE, 5, 0o600)) == [OK]
    assert found((FOLDER, 5, 0o755), (DATABASE, 5, 0o644)) == [WARNING, OK]
    assert found((FOLDER, 5, 0o700), (DATABASE, 0, 0o600)) == [WARNING, OK]
    assert found((FOLDER, 5, 0o700), user=6) == [NOTE, OK]
    assert found((FOLDER, 5, 0o700), user=0) == [OK]


def test_readiness() -> None:
    def found(status: int, **document: dict[str, str]) -> list[tuple[Level, str]]:
        return [(each.level, each.says) for each in installation.judge_readiness(status, document)]

    assert found(200, problems={}, notes={}) == [(OK, "It runs and is well.")]
    assert found(503, problems={"network": "No network."}) == [(TROUBLE, "No network.")]
    assert found(200, notes={"outbox": "Stuck."}) == [(WARNING, "Stuck.")]
    assert found(404) == [(TROUBLE, "It answers 404.")]


@pytest.mark.parametrize(
    ("arguments", "levels"),
    [
        ((False, "", "", False), []),
        ((True, "", "", False), [NOTE]),
        ((True, "10.0.0.1", "", False), []),
        ((False, "", "", True), [WARNING]),
        ((False, "", "kuma.example", True), []),
    ],
)
def test_proxies_and_hosts(arguments: tuple[bool, str, str, bool], levels: list[Level]) -> None:
    assert [each.level for each in installation.judge_proxies(*arguments)] == levels


def test_an_examination_that_fails_holds_up_no_other() -> None:
    def fails() -> list[Finding]:
        raise PermissionError(13, "Permission denied")

    fine = Finding("Clock", Level.OK, "Fine.")
    found = examined([("Disk", fails), ("Clock", lambda: [fine])])
    assert [each.says for each in found] == ["This could not be examined: Permission denied.", "Fine."]
    assert worst(found) is NOTE
    assert worst([]) is OK


@pytest.mark.parametrize(
    ("name", "level"), [("Europe/Berlin", OK), ("Mars/Olympus", WARNING), ("..", WARNING)]
)
def test_tz_names_a_zone_or_not(name: str, level: Level, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", name)
    (finding,) = machine.examine_time_zone()
    assert (finding.level, name in finding.says) == (level, True)
