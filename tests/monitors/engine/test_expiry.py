"""Warnings before certificates expire."""

from __future__ import annotations

from typing import Any

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.database_commits import Contributor
from kuma_lite.core.errors import StorageTrouble
from kuma_lite.core.migrations import discover, migrate
from kuma_lite.monitors.engine.expiry import (
    DAY_S,
    DEFAULT_MARKS,
    REMEMBERED,
    ExpiryWarning,
    ExpiryWatch,
    chain_of,
    due_warnings,
    marks_of,
    name_of,
)
from kuma_lite.monitors.engine.roster import Monitor


def certificate(
    days: int, kind: str = "server", issuer: Any = None, fingerprint: str = "AA"
) -> dict[str, Any]:
    return {
        "subject": {"CN": f"{kind} {days}"},
        "daysRemaining": days,
        "certType": kind,
        "fingerprint256": fingerprint,
        "issuerCertificate": issuer,
    }


def info(*certificates: dict[str, Any]) -> dict[str, Any]:
    chain: Any = None
    for item in reversed(certificates):
        chain = {**item, "issuerCertificate": chain}
    return {"valid": True, "certInfo": chain}


@pytest.mark.parametrize(
    ("days", "sent", "marks"),
    [
        (30, [], []),
        (21, [], [21]),
        (20, [21], []),
        (10, [21], [14]),
        (10, [], [14]),
        (7, [14, 21], [7]),
        (5, [], [7]),
        (0, [], [7]),
        (-3, [], [7]),
        (-3, [7], []),
    ],
)
def test_each_mark_is_warned_of_once(days: int, sent: list[int], marks: list[int]) -> None:
    found = due_warnings(info(certificate(days)), DEFAULT_MARKS, {"AA": sent})
    assert [w.mark for w in found] == marks


def test_issuers_count_roots_do_not() -> None:
    chain = info(certificate(90), certificate(6, "intermediate CA"), certificate(2, "root CA"))
    assert [item["certType"] for item in chain_of(chain)] == ["server", "intermediate CA"]
    assert due_warnings(chain, DEFAULT_MARKS, {}) == [
        ExpiryWarning(7, "intermediate CA", "intermediate CA 6", 6, "AA")
    ]


def test_when_it_ends_is_told_where_that_is_known() -> None:
    ends = {**certificate(3), "validTo": "2026-11-22T00:42:43.000Z"}
    assert due_warnings(info(ends), DEFAULT_MARKS, {})[0].expires == 1_795_308_163
    for said in (None, "", "soon"):
        assert due_warnings(info({**ends, "validTo": said}), DEFAULT_MARKS, {})[0].expires is None


def test_a_self_signed_certificate_counts() -> None:
    assert due_warnings(info(certificate(3, "self-signed")), DEFAULT_MARKS, {})[0].kind == "self-signed"


@pytest.mark.parametrize("broken", [{}, {"certInfo": None}, {"certInfo": {"daysRemaining": "x"}}])
def test_what_cannot_be_read_warns_of_nothing(broken: dict[str, Any]) -> None:
    assert due_warnings(broken, DEFAULT_MARKS, {}) == []


@pytest.mark.parametrize(
    ("setting", "marks"),
    [([3, 5], (3, 5)), (None, DEFAULT_MARKS), ("7", DEFAULT_MARKS), ([True], DEFAULT_MARKS)],
)
def test_marks_of(setting: Any, marks: tuple[int, ...]) -> None:
    assert marks_of(setting) == marks


@given(st.integers(0, 60), st.lists(st.integers(0, 40), unique=True, max_size=5))
def test_a_certificate_that_runs_out_warns_once_per_mark(start: int, marks: list[int]) -> None:
    sent: list[int] = []
    for days in range(start, -5, -1):
        sent += [w.mark for w in due_warnings(info(certificate(days)), sorted(marks), {"AA": sent})]
    assert len(sent) == len(set(sent))
    assert sent == sorted(sent, reverse=True)
    if marks:
        assert min(marks) in sent


class Store:
    """A database of its own for each test."""

    def __init__(self) -> None:
        self.connection = apsw.Connection(":memory:")
        migrate(self.connection, discover())
        self.connection.execute(
            "INSERT INTO monitor (id, type, name, document, created_date) VALUES (1, 'http', 'm', '{}', 0)"
        )

        self.contributors: list[Contributor] = []
        self.full = False

    def contribute(self, contributor: Contributor) -> None:
        self.contributors.append(contributor)

    async def read(self, fn: Any) -> Any:
        return fn(self.connection)

    async def write(self, fn: Any) -> Any:
        if self.full:
            raise StorageTrouble("The disk is full.")
        with self.connection:
            for contributor in self.contributors:
                if (contribution := contributor.take()) is not None:
                    contribution(self.connection)
            written = fn(self.connection)
        for contributor in self.contributors:
            contributor.written()
        return written


class Warner:
    def __init__(self) -> None:
        self.warned: list[ExpiryWarning] = []
        self.committed = self.let_go = 0

    def warn(self, monitor: Monitor, warning: ExpiryWarning) -> WarningNews:
        self.warned.append(warning)
        return WarningNews(self)


class WarningNews:
    def __init__(self, warner: Warner) -> None:
        self.warner = warner

    def write(self, connection: apsw.Connection) -> None:
        assert connection.in_transaction

    def let_go(self) -> None:
        self.warner.let_go += 1

    def ended(self, stored: bool) -> None:
        self.warner.committed += stored


class Seen:
    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document

    def as_wire(self, now: float) -> dict[str, Any]:
        return self.document


def monitor(**document: Any) -> Monitor:
    return Monitor(1, 1, True, {"expiryNotification": True, **document}, (5,))


async def test_a_new_certificate_begins_anew() -> None:
    store, warner = Store(), Warner()
    now = [0.0]
    watch = ExpiryWatch(store, warner, lambda: None, lambda: now[0])
    for step, seen in enumerate(
        [certificate(5), certificate(5), certificate(5, fingerprint="BB"), certificate(5, fingerprint="BB")]
    ):
        now[0] = step * DAY_S / 2
        await watch.look(monitor(), Seen(info(seen)))
    assert len(warner.warned) == warner.committed == 2


class Servers:
    """Servers behind one name, which answer in turn; a check every ten minutes."""

    def __init__(self, *certificates: tuple[str, float], marks: list[int] | None = None) -> None:
        self.certificates = certificates  # fingerprint, days left at the beginning
        self.store, self.warner = Store(), Warner()
        self.now = 0.0
        self.watch = self.start(marks)

    def start(self, marks: list[int] | None = None) -> ExpiryWatch:
        return ExpiryWatch(self.store, self.warner, lambda: marks, lambda: self.now)

    async def pass_days(self, days: float) -> list[str]:
        """What is warned of, as `fingerprint mark`."""
        begun, end = len(self.warner.warned), self.now + days * DAY_S
        turn = 0
        while self.now < end:
            name, left = self.certificates[turn % len(self.certificates)]
            seen = certificate(int(left - self.now / DAY_S), fingerprint=name)
            await self.watch.look(monitor(), Seen(info(seen)))
            self.now += 600
            turn += 1
        return [f"{one.fingerprint} {one.mark}" for one in self.warner.warned[begun:]]


async def test_servers_that_answer_in_turn_are_warned_of_once() -> None:
    servers = Servers(("old", 10.5), ("new", 80.5))
    assert await servers.pass_days(2) == ["old 14"]
    assert await servers.pass_days(4) == ["old 7"]
    servers.watch = servers.start()  # the server is started again
    assert await servers.pass_days(2) == []


async def test_each_server_is_warned_of_on_a_day_of_its_own() -> None:
    servers = Servers(("a", 10.5), ("b", 10.5), ("c", 10.5))
    assert await servers.pass_days(0.9) == ["a 14"]
    assert await servers.pass_days(1.4) == ["b 14", "c 14"]


async def test_many_certificates_are_no_flood() -> None:
    servers = Servers(*((f"edge {number}", 6.5) for number in range(3 * REMEMBERED)))
    assert len(await servers.pass_days(5)) == 5
    rows = servers.store.connection.execute("SELECT count(*) FROM expiry_warning").get
    assert rows <= REMEMBERED


async def test_an_issuer_that_servers_share_is_warned_of_once() -> None:
    store, warner = Store(), Warner()
    now = [0.0]
    watch = ExpiryWatch(store, warner, lambda: None, lambda: now[0])
    for step in range(8):
        now[0] = step * DAY_S
        leaf = certificate(90, fingerprint=f"leaf {step % 4}")
        await watch.look(
            monitor(), Seen(info(leaf, certificate(14, "intermediate CA", fingerprint="issuer")))
        )
    assert [(one.mark, one.fingerprint) for one in warner.warned] == [(14, "issuer")]


async def test_a_clock_that_is_set_back_silences_nobody() -> None:
    servers = Servers(("a", 5.5))
    servers.now = 1e9
    servers.certificates = (("a", 5.5 + 1e9 / DAY_S),)
    assert await servers.pass_days(0.1) == ["a 7"]
    servers.now = 1000.0
    servers.certificates = (("b", 5.5),)
    assert await servers.pass_days(0.1) == ["b 7"]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"subject": {"CN": "a.test"}, "validFor": ["b.test"]}, "a.test"),
        ({"subject": {"CN": ["a.test", "b.test"]}}, "a.test"),
        ({"subject": {}, "validFor": ["b.test", "c.test"]}, "b.test"),
        ({"subject": {"O": "Somebody"}, "validFor": []}, "Somebody"),
        ({"subject": {"OU": ["Some", "where"]}}, "Some"),
        ({"subject": None}, ""),
        ({}, ""),
    ],
)
def test_certificates_without_a_common_name(fields: dict[str, Any], name: str) -> None:
    assert name_of(fields) == name


async def test_looks_once_an_hour() -> None:
    store, warner = Store(), Warner()
    watch = ExpiryWatch(store, warner, lambda: [7], lambda: 100_000.0)
    await watch.look(monitor(), Seen(info(certificate(30))))
    await watch.look(monitor(), Seen(info(certificate(3))))
    assert warner.warned == []


async def test_what_is_told_while_the_disk_is_full_is_not_told_again() -> None:
    servers = Servers(("a", 10.5))
    servers.store.full = True
    assert await servers.pass_days(2) == ["a 14"]
    assert await servers.pass_days(3) == ["a 7"]
    assert (servers.warner.let_go, servers.warner.committed) == (2, 0)
    servers.store.full = False
    await servers.store.write(lambda connection: None)
    assert servers.warner.committed == 2
    assert await servers.pass_days(2) == []
    servers.watch = servers.start()  # the server is started again
    assert await servers.pass_days(2) == []


async def test_servers_that_answer_in_turn_are_warned_of_once_while_the_disk_is_full() -> None:
    servers = Servers(("a", 10.5), ("b", 10.5))
    servers.store.full = True
    assert await servers.pass_days(0.9) == ["a 14"]
    assert await servers.pass_days(1) == ["b 14"]


@pytest.mark.parametrize("document", [{"expiryNotification": False}, {"ignoreTls": True}])
async def test_only_where_it_is_wanted(document: dict[str, Any]) -> None:
    warner = Warner()
    watch = ExpiryWatch(Store(), warner, lambda: None, lambda: 1e6)
    await watch.look(monitor(**document), Seen(info(certificate(3))))
    quiet = monitor()
    quiet.notification_ids = ()
    await watch.look(quiet, Seen(info(certificate(3))))
    assert warner.warned == []
