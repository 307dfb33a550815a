"""What goes from the first half of a beat's way to the second."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks._network import SeenCertificate
from kuma_lite.core.declarations import CheckFailed, CheckResult, Status
from kuma_lite.monitors.engine.outcome import Outcome
from kuma_lite.net.tls import CertificateReport

REPORTS = st.builds(
    CertificateReport, st.booleans(), st.lists(st.binary(max_size=9)).map(tuple), st.booleans()
)
# Not by `builds`, which wants to evaluate annotations that are there for readers alone.
CERTIFICATES = st.tuples(REPORTS, st.booleans()).map(lambda parts: SeenCertificate(*parts))
OUTCOMES = st.builds(
    Outcome,
    monitor_id=st.integers(1, 2**53),
    began=st.floats(0, 4e9),
    status=st.sampled_from(Status),
    failed=st.booleans(),
    message=st.text(),
    ping=st.none() | st.floats(0, 1e6),
    duration=st.integers(0, 10**6),
    response=st.none() | st.text(),
    retry=st.booleans(),
    certificate=st.none() | CERTIFICATES,
    own_fault=st.none() | st.text(),
    fault=st.booleans(),
    cannot=st.booleans(),
    shared=st.text(max_size=9),
)


def test_a_result_and_a_failure() -> None:
    good = Outcome.of(3, 9.5, CheckResult("ok", 3.5, response="body"))
    assert good == Outcome(3, 9.5, Status.UP, False, "ok", 3.5, 0, "body")
    failure = CheckFailed("no", ping=1.0, duration=7, retry=False)
    assert Outcome.of(3, 9.5, failure) == Outcome(3, 9.5, Status.DOWN, True, "no", 1.0, 7, None, False)
    assert Outcome.of(3, 9.5, failure, "no network").own_fault == "no network"
    assert Outcome.of(3, 9.5, failure, "a fault", fault=True).fault
    assert Outcome.of(3, 9.5, CheckFailed("no", shared="proxyId")).shared == "proxyId"
    seen = SeenCertificate(CertificateReport(True, (b"leaf",), False), False)
    assert Outcome.of(3, 9.5, CheckResult("ok", certificate=seen)).certificate is seen


@given(OUTCOMES)
def test_it_is_the_same_after_a_wire(outcome: Outcome) -> None:
    found = Outcome.from_plain(json.loads(json.dumps(outcome.as_plain())))
    assert found == outcome
    assert isinstance(found.status, Status)
