from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kuma_lite.agent.loop import Agent
from kuma_lite.agent.sending import Outcome
from kuma_lite.agent.spool import Spool
from kuma_lite.core.clock import ManualClock


class Host:
    """Measures how often it was measured."""

    rounds = 0

    def samples(self) -> list[tuple[str, float]]:
        self.rounds += 1
        return [("cpu_used", self.rounds), ("load_1", 0.5)]

    def attributes(self) -> dict[str, Any]:
        return {"uptime": self.rounds}


class Receiver:
    """Answers what it is told to, and keeps what has arrived."""

    said = ""
    address = "http://kuma.example"

    def __init__(self) -> None:
        self.answer = Outcome.SENT
        self.says = ""
        self.most = 1_000
        self.reports: list[dict[str, Any]] = []
        self.requests = 0

    def send(self, report: dict[str, Any]) -> Outcome:
        self.requests += 1
        outcome = Outcome.SMALLER if len(report["metrics"]) > self.most else self.answer
        self.said = self.says if outcome is Outcome.SENT else f"not now: {outcome.value}{self.says}"
        if outcome in (Outcome.SENT, Outcome.PARTLY):
            self.reports.append(report)
        return outcome

    @property
    def values(self) -> list[float]:
        """The readings that have arrived, in the order of arrival."""
        return [
            sample["value"]
            for report in self.reports
            for sample in report["metrics"]
            if sample["metric"] == "cpu_used"
        ]


class Scene:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = ManualClock()
        self.host, self.server, self.said = Host(), Receiver(), list[str]()
        self.agent = self.new_agent()

    def new_agent(self) -> Agent:
        return Agent(
            self.host,
            lambda: {"motherboard_id": "m"},
            lambda: {"containers": [{"name": "db"}]},
            self.server,
            Spool(self.folder, self.server.address, self.clock.now()),
            self.clock,
            self.said.append,
        )

    def rounds(self, number: int) -> None:
        for _ in range(number):
            self.agent.round()
            self.clock.advance(60)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path / "spool")


def test_a_report_says_who_when_and_what(scene: Scene) -> None:
    assert scene.agent.round()
    (report,) = scene.server.reports
    assert report["agent_version"] and report["sent_at"] == "2027-01-15T08:00:00Z"
    assert report["attributes"] == {"motherboard_id": "m", "uptime": 1}
    assert report["metrics"][0] == {"metric": "cpu_used", "value": 1, "timestamp": "2027-01-15T08:00:00Z"}
    assert report["containers"] == [{"name": "db"}] and list(scene.folder.iterdir()) == []


FIRST = "The first report has arrived at http://kuma.example"


def test_it_catches_up(scene: Scene) -> None:
    scene.rounds(2)
    scene.server.answer = Outcome.LATER
    scene.rounds(100)
    assert scene.server.requests == 102  # one attempt a round, no storm
    scene.server.answer = Outcome.SENT
    scene.rounds(2)
    # The newest rounds with how it is now, in order of time; the rest thereafter.
    assert scene.server.values == [1, 2, *range(44, 104), *range(3, 44), 104]
    assert [len(report["metrics"]) // 2 for report in scene.server.reports] == [1, 1, 60, 41, 1]
    assert [report.get("containers") is not None for report in scene.server.reports] == [
        *(True, True, True),
        *(False, True),  # what is busy now is told once
    ]
    assert scene.said == [FIRST, "not now: later", "Reports arrive again"]
    assert list(scene.folder.iterdir()) == []


def test_a_restarted_agent_sends_what_the_old_one_kept(scene: Scene) -> None:
    scene.server.answer = Outcome.LATER
    scene.rounds(5)
    scene.agent = scene.new_agent()
    scene.server.answer = Outcome.SENT
    scene.rounds(1)
    assert scene.server.values == [1, 2, 3, 4, 5, 6]


def test_a_server_that_wants_less_gets_less(scene: Scene) -> None:
    scene.server.answer = Outcome.LATER
    scene.rounds(40)
    scene.server.answer, scene.server.most = Outcome.SENT, 10
    scene.rounds(4)
    assert sorted(scene.server.values) == list(range(1, 45))


def test_what_is_never_taken_does_not_block_the_rest(scene: Scene) -> None:
    scene.server.answer = Outcome.LATER
    scene.rounds(3)
    scene.server.answer = Outcome.NEVER
    scene.rounds(1)
    scene.server.answer = Outcome.SENT
    scene.rounds(1)
    assert scene.server.values == [5]


def test_refused_samples_are_said_once_and_are_no_success(scene: Scene) -> None:
    scene.server.answer = Outcome.PARTLY
    for minutes in (180, 181, 180):
        scene.server.says = f", {minutes} minutes"
        assert not scene.agent.round() and scene.agent.refused
    assert scene.said == ["not now: partly, 180 minutes"]
    scene.server.says = ", older than samples are kept"
    scene.rounds(2)
    assert scene.said[1:] == ["not now: partly, older than samples are kept"]
    scene.server.answer, scene.server.says = Outcome.SENT, ""
    assert scene.agent.round() and not scene.agent.refused
    assert scene.said[2:] == [FIRST, "The server has no more complaints"]
    assert scene.server.values == [1, 2, 3, 4, 5, 6] and list(scene.folder.iterdir()) == []


def test_refused_samples_of_a_backlog_are_no_success_and_not_sent_again(scene: Scene) -> None:
    scene.server.answer = Outcome.LATER
    scene.rounds(3)
    scene.server.answer = Outcome.PARTLY
    assert not scene.agent.round() and scene.agent.refused
    assert scene.said == ["not now: later", "Reports arrive again", "not now: partly"]
    scene.server.answer = Outcome.SENT
    assert scene.agent.round()
    assert scene.server.values == [1, 2, 3, 4, 5]


def test_what_the_server_says_of_the_host_is_said_and_is_a_success(scene: Scene) -> None:
    scene.server.says = "The clock is ahead"
    assert scene.agent.round() and scene.agent.round() and not scene.agent.refused
    scene.server.says = ""
    scene.rounds(1)
    assert scene.said == [FIRST, "The clock is ahead", "The server has no more complaints"]


def test_a_full_disk_is_said_and_survived(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_spool: Spool, _entry: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Spool, "append", full)
    scene.server.answer = Outcome.LATER
    scene.rounds(2)
    scene.server.answer = Outcome.SENT
    scene.rounds(1)
    assert scene.server.values == [3]
    assert any("No space left" in line for line in scene.said)


def test_a_disk_that_fills_up_later_keeps_nothing_back(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.server.answer = Outcome.LATER
    scene.rounds(2)

    def full(_spool: Spool, _entry: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Spool, "append", full)
    scene.server.answer = Outcome.SENT
    scene.rounds(1)
    assert scene.server.values == [3, 1, 2] and list(scene.folder.iterdir()) == []


def test_while_the_server_stores_nothing_it_is_told_how_it_is_now(scene: Scene) -> None:
    """A full disk there: it judges what it hears, and asks for it again."""
    sent: list[float] = []
    scene.server.answer = Outcome.LATER
    send = scene.server.send

    def judged(report: dict[str, Any]) -> Outcome:
        sent.append(max(sample["value"] for sample in report["metrics"]))
        return send(report)

    scene.server.send = judged  # type: ignore[method-assign]
    scene.rounds(200)
    assert sent == list(range(1, 201))


def test_the_rhythm_stays_and_missed_rounds_are_left_out(scene: Scene) -> None:
    waits: list[float] = []
    began: list[float] = []
    costs = iter([0.5, 150.0, 1.0, 0.0])

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        scene.clock.advance(seconds)
        return len(waits) > 4

    class Slow(Host):
        def samples(self) -> list[tuple[str, float]]:
            began.append(scene.clock.monotonic() - 1_002.0)
            scene.clock.advance(next(costs))
            return super().samples()

    scene.host = Slow()
    scene.agent = scene.new_agent()
    scene.agent.run(60.0, wait)
    assert began == [0, 60, 240, 300]
    assert waits[0] == 2.0
