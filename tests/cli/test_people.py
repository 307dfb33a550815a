"""The commands for people: `ls`, `status`, `check`, `pause`, `resume`, `incidents`, `maintenance`."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import Any

import pytest

from kuma_lite.cli import main
from kuma_lite.cli.durations import minutes_of, shown
from kuma_lite.cli.exits import FAILED, TROUBLE, UNKNOWN
from kuma_lite.cli.tables import Look, cut, table, width_of
from kuma_lite.core.errors import UserError
from tests.cli.shell import Shell

SHOP = """
tags: {team: {color: "#112233"}, old: {color: "#112233"}}
monitors:
  Shop:
    type: group
    defaults: {type: http, interval: 3600}
    monitors:
      Front: {url: "%s/healthz", tags: [{tag: team, value: blue}]}
      Back: {url: "http://127.0.0.1:1/b", tags: [{tag: team, value: red}]}
  Lone: {type: manual, interval: 3600}
"""


@pytest.fixture
async def shop(shell: Shell) -> Shell:
    """A shop whose monitors have been checked."""
    assert shell.server is not None
    await shell.apply(SHOP % shell.server.url)
    for _ in range(200):
        states = {one["name"]: one["status"] for one in await listed(shell)}
        if states["Front"] == "up" and states["Back"] == "down":
            return shell
        await asyncio.sleep(0.05)
    raise AssertionError(states)


async def listed(shell: Shell, *filters: str) -> list[dict[str, Any]]:
    code, out, err = await shell.run("ls", "--json", *filters)
    assert (code, err) == (0, "")
    found: list[dict[str, Any]] = json.loads(out)
    return found


FILTERS = {
    (): ["Lone", "Shop", "Back", "Front"],
    ("--tag", "team"): ["Back", "Front"],
    ("--tag", "team=blue"): ["Front"],
    ("--tag", "team=blue", "--tag", "team=red"): ["Back", "Front"],
    ("--tag", "team", "--state", "down"): ["Back"],
    ("--tag", "old"): [],
    ("--group", "Shop"): ["Back", "Front"],
    ("--type", "manual"): ["Lone"],
    ("--state", "up"): ["Front"],
    ("on",): ["Lone", "Front"],
}


async def test_what_is_listed(shop: Shell) -> None:
    for filters, names in FILTERS.items():
        assert [one["name"] for one in await listed(shop, *filters)] == names, filters
    front = next(one for one in await listed(shop) if one["name"] == "Front")
    assert front["path"] == ["Shop", "Front"]
    assert front["tags"] == [{"name": "team", "value": "blue"}]
    code, out, _ = await shop.run("ls")
    lines = out.splitlines()
    assert code == 0
    assert lines[0].split() == ["ID", "STATE", "NAME", "TYPE", "PING", "TARGET", "MESSAGE"]
    assert lines[3].index("Back") == lines[2].index("Shop") + 2
    assert "\x1b" not in out
    assert (await shop.run("ls", "--names", "front"))[1] == "Front\n"
    assert "no group called “x”" in (await shop.run("ls", "--group", "x"))[2]


async def test_the_status_says_whether_something_is_down(shop: Shell) -> None:
    code, out, _ = await shop.run("status")
    assert code == TROUBLE
    assert out.startswith("4 monitors: 1 up, ")
    assert "ECONNREFUSED" in out
    assert (await shop.run("status", "--tag", "team=blue"))[0] == 0
    code, out, _ = await shop.run("status", "--json")
    assert code == TROUBLE
    assert json.loads(out)["monitors"]["up"] == 1


async def test_a_check_shows_how_it_went(shop: Shell) -> None:
    code, out, _ = await shop.run("check", "Front")
    assert code == 0
    assert out.startswith("Front: up - 200 - OK\n  address       127.0.0.1\n")
    assert "  connection " in out and "█" in out
    code, out, _ = await shop.run("check", "shop/Back", "--json")
    assert code == FAILED  # paths are written as they are
    code, out, _ = await shop.run("check", "Shop/Back", "--json")
    assert code == TROUBLE
    assert json.loads(out)["status"] == "down"
    code, _, err = await shop.run("check", "Shop")
    assert code == FAILED
    assert "there is nothing to ask" in err


async def test_pausing_and_resuming(shop: Shell) -> None:
    assert (await shop.run("pause", "Front", "back", "Front"))[1] == "Paused: Front, Back.\n"
    assert [one["name"] for one in await listed(shop, "--state", "paused")] == ["Back", "Front"]
    assert (await shop.run("resume", "--tag", "team=blue"))[1] == "Resumed: Front.\n"
    assert [one["name"] for one in await listed(shop, "--state", "paused")] == ["Back"]
    before = await listed(shop, "--state", "paused")
    for words, reason in (
        ((), "Say which"),
        (("Front", "--all"), "Say which"),
        (("Front", "nothing"), "no monitor called “nothing”"),
        (("o",), "may be each of these"),
    ):
        code, _, err = await shop.run("pause", *words)
        assert code == FAILED and reason in err, words
    assert await listed(shop, "--state", "paused") == before
    assert (await shop.run("resume", "--tag", "old"))[1] == "There are none.\n"


async def test_incidents(shop: Shell) -> None:
    code, out, _ = await shop.run("incidents", "--json")
    found = json.loads(out)
    assert code == 0 and {one["monitorable_name"] for one in found} >= {"Back"}
    assert "ongoing" in (await shop.run("incidents", "--ongoing"))[1]
    assert (await shop.run("incidents", "--resolved"))[1] == "No incidents.\n"
    assert (await shop.run("incidents", "--limit", "0"))[0] == FAILED


async def test_maintenance(shop: Shell) -> None:
    assert (await shop.run("maintenance", "list"))[1] == "No maintenance.\n"
    assert (await shop.run("maintenance", "stop"))[1] == "Nothing is under maintenance.\n"
    code, out, _ = await shop.run("maintenance", "start", "Shop", "--for", "2h", "--title", "Router")
    assert code == 0
    assert out.startswith("Router (number 1) has begun, for 1 monitor, until 20")
    assert "Under maintenance: Router, until 20" in (await shop.run("status"))[1]
    plans = json.loads((await shop.run("maintenance", "list", "--json"))[1])
    assert plans[0]["state"]["status"] == "under-maintenance"
    assert (await shop.run("maintenance", "stop", "Router"))[1] == "Ended: Router.\n"
    code, _, err = await shop.run("maintenance", "stop", "Router")
    assert code == FAILED and "not under maintenance" in err
    out = (await shop.run("maintenance", "start", "--tag", "team"))[1]
    assert out == "Maintenance (number 2) has begun, for 2 monitors, until it is stopped.\n"
    assert (await shop.run("maintenance", "stop"))[1] == "Ended: Maintenance.\n"
    for words in (("Shop", "--for", "2x"), ("Shop", "--for", "0"), ("--tag", "old")):
        assert (await shop.run("maintenance", "start", *words))[0] == FAILED, words
    assert (await shop.run("maintenance", "stop", "none"))[0] == FAILED


def test_listing_does_not_import_the_server() -> None:
    """The list of a shell's completion has to be there at once."""
    code = (
        "import sys\nfrom kuma_lite.cli import main\nmain(['ls', '--url', 'http://127.0.0.1:1'])\n"
        "heavy = {'litestar', 'granian', 'apsw', 'pydantic', 'asyncio', 'socketio', 'cryptography'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={"KUMA_LITE_TOKEN": "x"}
    )
    assert ended.stdout == "[]\n", ended.stderr


@pytest.mark.parametrize(
    ("text", "minutes"), [("90m", 90), ("2h", 120), ("1d12h", 2160), ("1.5h", 90), ("15", 15)]
)
def test_durations(text: str, minutes: float) -> None:
    assert minutes_of(text) == minutes


@pytest.mark.parametrize("text", ["", "h", "-1", "2x", "1h x", "١h", "1e3"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(UserError):
        minutes_of(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (59, "59s"), (61, "1m 1s"), (3600, "1h"), (90_061, "1d 1h"), (86_401, "1d"), (-5, "0s")],
)
def test_shown_durations(seconds: float, text: str) -> None:
    assert shown(seconds) == text


def test_tables_fit_their_terminal() -> None:
    rows = [("up", "监控" * 20, "x\x1b[31m\ny" * 20), ("down", "é", "")]
    wide = list(table(("STATE", "NAME", "MESSAGE"), rows, Look()))
    assert "\x1b" not in "".join(wide) and "\n" not in "".join(wide)
    assert wide[1].startswith("up     监控监控")
    narrow = list(table(("STATE", "NAME", "MESSAGE"), rows, Look(width=40)))
    assert max(map(width_of, narrow)) <= 40
    assert "…" in narrow[1]
    coloured = list(table(("STATE", "NAME", "MESSAGE"), rows, Look(colour=True)))
    assert coloured[1].startswith("\x1b[32mup   \x1b[0m")
    assert cut("监控监控", 5) == "监控…"


def test_unknown_is_not_down() -> None:
    assert len({FAILED, TROUBLE, UNKNOWN, 0}) == 4
    with pytest.raises(SystemExit) as ended:
        main(["ls", "--state", "odd"])
    assert ended.value.code == 2
