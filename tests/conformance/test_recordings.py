"""Nothing that was recorded is left out."""

from __future__ import annotations

from pathlib import Path

from tests.conformance.replay import RECORDED, load_differences, load_recording
from tests.conformance.scenario import every_scenario
from tests.conformance.test_refusals import REFUSALS

HERE = Path(__file__).parent


def test_every_scenario_has_a_recording_and_the_other_way_round() -> None:
    assert {path.stem for path in RECORDED.glob("*.json")} == {found.name for found in every_scenario()}


def test_every_file_of_scenarios_is_played() -> None:
    for room in {found.room for found in every_scenario()}:
        assert f'@scenarios_of("{room}")' in (HERE / f"test_{room}.py").read_text()


def test_differences_name_steps_that_were_recorded() -> None:
    for entry in load_differences():
        if entry["scenario"] == REFUSALS:
            continue  # played by `test_refusals`
        assert 1 <= entry["step"] <= len(load_recording(entry["scenario"])["steps"])
