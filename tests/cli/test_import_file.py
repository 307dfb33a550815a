"""`kuma-lite import` of a file of another program, beside a running server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.shell import Shell

DATA = Path(__file__).parent.parent / "foreign" / "data"
FILES: dict[str, list[str]] = {
    "gatus.yaml": [],
    "prometheus.yml": ["--modules", str(DATA / "blackbox.yml")],
    "healthchecks.json": [],
    "healthchecks.csv": [],
    "uptimerobot.json": [],
    "uptimerobot.csv": [],
    "kuma-backup.json": [],
}


@pytest.mark.parametrize("name", FILES)
async def test_a_file_is_taken_over(shell: Shell, name: str) -> None:
    """Shown first, then done, and a second time there is nothing to do; also from what was printed."""
    shell.patch.setenv("SLACK_URL", "https://hooks.slack.example/x")
    command = ["import", str(DATA / name), *FILES[name]]
    code, plan, err = await shell.run(*command, "--dry-run")
    assert code == 0, err
    assert " to create.\n" in plan
    assert "monitors:" not in await shell.export()
    code, out, err = await shell.run(*command)
    assert (code, out) == (1, plan)
    assert "say --yes" in err
    code, out, err = await shell.run(*command, "--yes")
    assert (code, out.splitlines()[-1].startswith("Done: ")) == (0, True), err
    assert (await shell.run(*command, "--dry-run"))[1] == "Nothing to do: everything is as the file says.\n"
    code, text, err = await shell.run(*command, "--print")
    assert code == 0
    printed = await shell.run("diff", shell.write(text, "printed.yaml"))
    assert printed == (0, "Nothing to do: everything is as the file says.\n", "")


async def test_what_has_no_equal_is_said_apart(shell: Shell) -> None:
    _, out, err = await shell.run("import", str(DATA / "gatus.yaml"), "--print")
    assert out.startswith("# Written by")
    assert "No equal here:\n" in err
    assert "  endpoints “Sctp”: sctp://192.0.2.1:38412: there is no type" in err


async def test_nothing_is_half_done(shell: Shell) -> None:
    shell.patch.delenv("SLACK_URL", raising=False)
    code, _, err = await shell.run("import", str(DATA / "gatus.yaml"), "--yes")
    assert code == 1
    assert "The variable SLACK_URL is not set." in err
    await shell.apply("monitors: {Mail: {type: manual}}")
    before = await shell.export()
    code, _, err = await shell.run("import", str(DATA / "uptimerobot.json"), "--yes")
    assert code == 1
    assert "uptimerobot.json, as --print shows it:22:3: monitors “Mail”: It is managed by “kuma.yaml”." in err
    assert await shell.export() == before
    assert "cannot be read" in (await shell.run("import", str(DATA / "gatus.yaml"), "--modules", "/none"))[2]
    code, _, err = await shell.run("import", shell.write("x: 1", "x.yaml"))
    assert "x.yaml is nothing that can be taken over; that are files of Gatus, " in err
    code, _, err = await shell.run("import", "/no/such/file")
    assert code == 1 and err


PROVIDERS = """endpoints: []
alerting:
  discord: {webhook-url: "https://x.example/"}
  teams: {webhook-url: "https://x.example/"}
  mattermost: {webhook-url: "https://x.example/"}
  googlechat: {webhook-url: "https://x.example/"}
  telegram: {token: "1:a", id: "2"}
  pagerduty: {integration-key: k}
  opsgenie: {api-key: k}
  gotify: {server-url: "https://x.example/", token: t}
  pushover: {application-token: t, user-key: u}
  matrix: {server-url: "https://x.example", access-token: t, internal-room-id: "!r:x"}
  twilio: {sid: s, token: t, from: "+1", to: "+2"}
  ntfy: {topic: t}
  slack: {}
  email: {from: a@x.example, host: x.example}
"""


async def test_every_channel_of_gatus_is_taken(shell: Shell) -> None:
    """What Gatus itself would not use is left out: nothing may be refused when half of the rest is there."""
    code, out, err = await shell.run("import", shell.write(PROVIDERS, "gatus.yaml"), "--yes")
    assert (code, out.splitlines()[-1]) == (0, "Done: 12 created."), err
    assert "alerting “slack”: without webhook-url Gatus does not use it either" in err
    assert "alerting “email”: without port Gatus does not use it either" in err
