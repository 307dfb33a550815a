"""What people read about alerts."""

from __future__ import annotations

import pytest

from kuma_lite.servers.alerting.texts import closing_text, headline, minutes, opening_text, still_text
from kuma_lite.servers.model import Incident
from kuma_lite.servers.rules.alert_settings import merged

HOUR_MS = 3_600_000


def incident(cause: str, closed: int | None = None) -> Incident:
    return Incident(1, "uuid", 1, cause, "", 0, closed, 0)


@pytest.mark.parametrize(
    ("cause", "closed", "expected"),
    [
        ("downtime", None, "[web] [🔴 Down] words"),
        ("downtime", 1, "[web] [✅ Up] words"),
        ("cpu", None, "[web] [⚠️ Alert] words"),
        ("net_in", 1, "[web] [✅ Resolved] words"),
    ],
)
def test_a_busy_server_is_not_called_down(cause: str, closed: int | None, expected: str) -> None:
    assert headline("web", incident(cause, closed), "words") == expected


@pytest.mark.parametrize(
    ("cause", "value", "texts"),
    [
        (
            "ram",
            96.25,
            (
                "Memory is at 96.2 %, above 90 % for 5 minutes",
                "Memory is still at 96.2 %, above 90 %, for 1 hour now",
                "Memory is at 96.2 %, below 90 % again after 1 hour",
            ),
        ),
        (
            "net_out",
            None,
            (
                "Network out is above 10 MB/s for 3 minutes",
                "Network out is still above 10 MB/s, for 1 hour now",
                "Network out is below 10 MB/s again after 1 hour",
            ),
        ),
        (
            "downtime",
            None,
            (
                "No reports for 5 minutes",
                "Still no reports, for 1 hour now",
                "It reports again after 1 hour",
            ),
        ),
    ],
)
def test_sentences(cause: str, value: float | None, texts: tuple[str, str, str]) -> None:
    settings, one = merged({}), incident(cause)
    assert opening_text(cause, value, settings) == texts[0]
    assert still_text(one, value, settings, HOUR_MS) == texts[1]
    assert closing_text(one, value, settings, HOUR_MS) == texts[2]


def test_without_grace_no_time_is_named() -> None:
    assert opening_text("cpu", 95, merged({"grace_period": {"cpu": 0}})) == "CPU is at 95.0 %, above 90 %"


def test_a_server_that_is_no_longer_watched() -> None:
    settings = merged({"general": {"downtime": False}})
    assert (
        closing_text(incident("downtime"), None, settings, HOUR_MS) == "It is no longer watched for downtime"
    )


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, "0 minutes"), (1, "1 minute"), (60, "1 hour"), (61, "1 hour 1 minute"), (135, "2 hours 15 minutes")],
)
def test_minutes(number: int, expected: str) -> None:
    assert minutes(number) == expected


def test_a_value_above_its_limit_never_looks_like_nothing() -> None:
    settings = merged({"threshold": {"net_out": 0.03}})
    assert (
        opening_text("net_out", 0.0312, settings)
        == "Network out is at 0.031 MB/s, above 0.03 MB/s for 3 minutes"
    )
    assert opening_text("net_out", 1199.96, settings).startswith("Network out is at 1200.0 MB/s")
    assert opening_text("net_out", 1e-9, settings).startswith("Network out is at 0.000000 MB/s")
    assert opening_text("net_out", 0.0, settings).startswith("Network out is at 0.0 MB/s")
