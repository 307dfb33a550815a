"""HTTP: badges, small endpoints, metrics, API keys."""

from __future__ import annotations

from tests.conformance.judging import assert_as_recorded, scenarios_of
from tests.conformance.scenario import Scenario
from tests.conformance.session import Session


@scenarios_of("rest")
def test_as_recorded(scenario: Scenario, session: Session) -> None:
    assert_as_recorded(session, scenario)
