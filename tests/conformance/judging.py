"""What the test files of scenarios have in common: one test for each scenario."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

import pytest

from tests.conformance.replay import accept, describe, load_differences, load_recording, play
from tests.conformance.scenario import Scenario, every_scenario
from tests.conformance.session import Session

START_S = 60  # a server's start, and bringing it back to its known state


def scenarios_of(room: str) -> pytest.MarkDecorator:
    """Parametrise a test by the scenarios that one file holds, in the order they run."""
    found = [scenario for scenario in every_scenario() if scenario.room == room]
    return pytest.mark.parametrize(
        "scenario",
        [
            pytest.param(scenario, id=scenario.name, marks=pytest.mark.timeout(scenario.limit + START_S))
            for scenario in found
        ],
    )


def assert_as_recorded(session: Session, scenario: Scenario, *, machine_says: Collection[str] = ()) -> None:
    """Play one scenario; fail with the steps that differ from the recording.

    `machine_says`: labels of steps whose answer depends on what this machine has, and are not compared here.
    """
    run = asyncio.run(play(session, scenario, load_recording(scenario.name)))
    for result in run.results:
        result["ok"] |= result["label"] in machine_says
    wrong = list(accept(scenario.name, run.results, load_differences()))
    assert run.results
    lines = [*describe(run.results), *wrong]
    assert not lines, "\n".join(["not as Uptime Kuma 2.5.3 answered:", *lines])
