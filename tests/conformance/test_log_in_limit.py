"""The limiter of log-ins."""

from __future__ import annotations

from tests.conformance.judging import assert_as_recorded, scenarios_of
from tests.conformance.scenario import Scenario
from tests.conformance.session import Session


@scenarios_of("log_in_limit")
def test_as_recorded(scenario: Scenario, session_without_log_ins: Session) -> None:
    assert_as_recorded(session_without_log_ins, scenario)
