"""Tailscale, played by a script."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks.tailscale_ping import TailscalePingMonitor, read_pong
from kuma_lite.core.declarations import CannotCheck, CheckFailed, CheckResult
from kuma_lite.core.programs import Finished
from kuma_lite.core.targets import Target
from tests.checks.programs import script
from tests.checks.recorded import recorded
from tests.checks.support import Context, failure, run

TAILSCALE = TailscalePingMonitor()
(RECORDED,) = recorded("tailscale-ping").values()
PREFIX = "Error checking Tailscale ping: Error: "
HOST = {"hostname": " web "}


@pytest.mark.parametrize(
    ("line", "ping"),
    [
        ("pong from web (100.64.0.2) via DERP(fra) in 33ms", 33),
        ("pong from web (100.64.0.2) via 192.0.2.1:41641 in 0s", 0),
        ("pong from web (100.64.0.2) via DERP(fra) in 1.023s", 1023),
        ("pong from web in house (100.64.0.2) via DERP(fra) in 1m2.5s", 62_500),
        ("pong from web (100.64.0.2)", None),
    ],
)
async def test_a_machine_that_answers(programs: Path, line: str, ping: int | None) -> None:
    script(programs, "tailscale", f'test "$*" = "ping --c 1 web" && echo "Warning: old" >&2 && echo "{line}"')
    result = await run(TAILSCALE, HOST, Context())
    assert isinstance(result, CheckResult)
    assert (result.message, result.ping) == ("OK", ping)


@pytest.mark.parametrize(
    ("says", "text"),
    [
        (
            "echo 'ping \"100.64.0.2\" timed out'; echo 'no reply' >&2; exit 1",
            'Ping timed out: "ping "100.64.0.2" timed out"',
        ),
        (
            "echo 'no matching peer' >&2; exit 1",
            'Nonexistant or inaccessible due to ACLs: "no matching peer"',
        ),
        (
            "echo '100.64.0.1 is local Tailscale IP'",
            'Tailscale only works if used on other machines: "100.64.0.1 is local Tailscale IP"',
        ),
        ("echo hello", 'Unexpected output: "hello"'),
        ("echo oops >&2; exit 1", "Error in output: oops"),
        ("exit 2", "Process exited with code 2"),
        ("echo", "No output from Tailscale ping"),
    ],
)
async def test_a_machine_that_does_not(programs: Path, says: str, text: str) -> None:
    script(programs, "tailscale", says)
    failed = await failure(TAILSCALE, HOST, Context())
    assert failed.message == PREFIX + text
    assert failed.local == ("timed out" in text)


@pytest.mark.parametrize(
    "says",
    [
        "failed to connect to local tailscaled; it doesn't appear to be running",
        "Tailscale is stopped.",
        "Logged out.",
    ],
)
async def test_our_own_end_says_nothing_about_others(programs: Path, says: str) -> None:
    script(programs, "tailscale", f'echo "{says}" >&2; exit 1')
    with pytest.raises(CannotCheck) as caught:
        await run(TAILSCALE, HOST, Context())
    assert caught.value.message == PREFIX + says


async def test_no_tailscale_says_nothing_about_others(programs: Path) -> None:
    """The original's text, which it took for a DOWN."""
    del programs
    with pytest.raises(CannotCheck) as caught:
        await run(TAILSCALE, RECORDED.config, Context())
    assert caught.value.message == RECORDED.message
    with pytest.raises(CannotCheck, match="Hostname is required"):
        await run(TAILSCALE, {}, Context())


async def test_silence(programs: Path) -> None:
    script(programs, "tailscale", "while :; do :; done")
    failed = await failure(TAILSCALE, HOST, Context(interval=0.5))
    assert (failed.message, failed.local) == (f"{PREFIX}tailscale did not answer within 0.4 s", True)


async def test_a_name_is_no_switch(programs: Path) -> None:
    script(programs, "tailscale", 'test "$*" = "ping --c 1 -- --icmp" && echo "pong from x in 1ms"')
    await run(TAILSCALE, {"hostname": "--icmp"}, Context())
    assert TAILSCALE.target(TAILSCALE.options.read({"hostname": "a"})) == Target("a")


@given(st.integers(0, 2), st.text(), st.text())
def test_any_output_is_read(status: int, output: str, errors: str) -> None:
    try:
        assert read_pong(Finished(status, f"pong from {output}", errors)) is None or output
        read_pong(Finished(status, output, errors))
    except (CheckFailed, CannotCheck) as failed:
        assert failed.message.startswith(PREFIX)
