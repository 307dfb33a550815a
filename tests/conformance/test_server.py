"""Settings, tools, and everything else a client may send."""

from __future__ import annotations

from tests.conformance.judging import assert_as_recorded, scenarios_of
from tests.conformance.scenario import Scenario
from tests.conformance.session import Session
from tests.requires import find_program

# The reference was recorded without a Chromium.
MACHINE_SAYS = ("testChrome",) if find_program("chromium") else ()


@scenarios_of("server")
def test_as_recorded(scenario: Scenario, session: Session) -> None:
    assert_as_recorded(session, scenario, machine_says=MACHINE_SAYS)
