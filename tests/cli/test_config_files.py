"""`kuma-lite export`, `diff` and `apply` beside a running server."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.checks import monitor_types
from kuma_lite.cli.exits import DIFFERENT
from kuma_lite.config_files.texts import parse
from kuma_lite.core.declarations import Kind
from kuma_lite.core.resource_documents import Documents
from kuma_lite.core.resources import CREATE
from tests.appliance.test_resources import GIVEN, WORD
from tests.cli.shell import Shell
from tests.servers.reports import report
from tests.support.actors import OWNER
from tests.support.appliance import add_monitor, running

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "config-files.md"
# What a monitor of a type needs beside what its declaration says is required.
NEEDS: dict[str, dict[str, Any]] = {
    "docker": {"docker_host": "box"},
    "domain": {"hostname": "example.com"},
    "flow": {"body": '[{"url": "http://127.0.0.1:1/"}]'},
}
VALUES: dict[Kind, Any] = {Kind.URL: "http://127.0.0.1:1/", Kind.HOST: "127.0.0.1", Kind.PORT: 1}
MINE = "tags:\n  mine:\n    color: '#000000'\n"
SHOP = """
tags: {team: {color: "#112233"}}
notifications:
  On call: {type: webhook, webhookURL: "https://hook.example/", webhookContentType: json}
monitors:
  Shop:
    type: group
    defaults: {type: http, interval: 3600, notifications: [On call]}
    monitors:
      Front: {url: "http://127.0.0.1:1/", tags: [{tag: team, value: blue}], active: false}
      Back: {url: "http://127.0.0.1:1/b", active: false}
status_pages:
  shop: {title: Shop, groups: [{name: All, monitors: [{monitor: Front}]}]}
"""


async def test_what_is_planned_is_done_and_done_once(shell: Shell) -> None:
    code, plan, _ = await shell.run("diff", shell.write(SHOP))
    assert code == DIFFERENT
    assert '+ monitors "Front"\n' in plan
    assert plan.endswith("Plan: 6 to create.\n")
    assert "monitors:" not in await shell.export()
    assert (await shell.apply(SHOP)).endswith("Done: 6 created.\n")
    exported = await shell.export()
    assert "  Front:\n    parent: Shop\n" in exported
    # The export of the same server, under another name, finds everything managed by the other file.
    code, _, err = await shell.run("diff", shell.write(exported, "other.yaml"))
    assert code == 1
    assert err.count("It is managed by “kuma.yaml”.") == 6


# The table of what a plan says: what is in the file, what follows (action, key, fields).
STEPS: list[tuple[str, Callable[[str], str], Sequence[str], list[str]]] = [
    ("a field", lambda text: text.replace("1:1/b", "1:1/c"), (), ['~ monitors "Back"', "1/b", "1/c"]),
    ("a default", lambda text: text.replace("3600", "60"), (),
     ['~ monitors "Back"', '~ monitors "Front"', "60"]),
    ("a group", lambda text: text.replace("      Back: {", "  Back: {type: http, interval: 3600, "), (),
     ['~ monitors "Back"', 'parent', '"Shop" → null', '["On call"] → []']),
    ("gone", lambda text: text.split("status_pages")[0], (), ['· status_pages "shop"']),
    ("pruned", lambda text: text.split("status_pages")[0], ("--prune",),
     ['- status_pages "shop"', "Plan: 1 to remove."]),
    ("renamed", lambda text: text.replace("Back:", "Rear:"), ("--prune",),
     ['+ monitors "Rear"', '- monitors "Back"', "Plan: 1 to create, 1 to remove."]),
    ("new tag", lambda text: text.replace("blue", "red"), (), ['~ monitors "Front"', "blue", "red"]),
    ("another type", lambda text: text.replace('1:1/b"', '1:1/b", type: keyword, keyword: x'), (),
     ['~ monitors "Back"', '"http" → "keyword"']),
]  # fmt: skip


@pytest.mark.parametrize(("name", "change", "options", "expected"), STEPS, ids=[step[0] for step in STEPS])
async def test_the_plan_of_a_change(
    shell: Shell, name: str, change: Callable[[str], str], options: Sequence[str], expected: list[str]
) -> None:
    await shell.apply(SHOP)
    changed = change(SHOP)
    assert changed != SHOP
    code, plan, err = await shell.run("diff", shell.write(changed), *options)
    assert (code, err) == (0 if name == "gone" else DIFFERENT, "")
    assert [part for part in expected if part not in plan] == [], plan
    if name != "gone":
        await shell.apply(changed, *options)


async def test_what_people_change_is_seen_and_put_back(shell: Shell) -> None:
    await shell.apply(SHOP)
    assert shell.server is not None
    async with shell.server.logged_in() as client:
        monitors = client.pushed("monitorList")[-1][0]
        back = next(one for one in monitors.values() if one["name"] == "Back")
        edited = await client.call("editMonitor", {**back, "name": "Renamed", "interval": 120})
        assert edited["ok"] is True, edited
        await add_monitor(client, name="Extra", active=False)
    plan = (await shell.run("diff", shell.write(SHOP)))[1]
    assert plan.count("\n") == 4
    assert '~ monitors "Back"\n    name      "Renamed" → "Back"\n    interval  120 → 3600\n' in plan
    await shell.apply(SHOP, "--prune")
    assert "  Extra:" in await shell.export()  # what no file owns is left alone


async def test_what_is_there_is_taken_over(shell: Shell) -> None:
    await shell.apply(SHOP)
    exported = await shell.export()
    async with running(shell.folder / "other") as other:
        await shell.use(other, shell.folder / "other")
        async with other.logged_in() as client:
            await client.call("addTag", {"name": "team", "color": "#112233"})
            await client.call("addTag", {"name": "mine", "color": "#000000"})
        secrets = shell.write("notifications/On call/address: https://hook.example/\n", "secrets.yaml")
        out = await shell.apply(exported, "--prune", "--secrets", secrets)
        assert '= tags "team"' in out
        assert out.endswith("Done: 5 created, 1 taken over as they are.\n")
        assert await shell.export() == exported.replace("tags:\n", MINE, 1)


async def test_the_export_of_a_server_makes_its_twin(shell: Shell) -> None:
    """Everything that files hold, secrets and all types of monitors; byte by byte."""
    assert shell.server is not None
    resources = shell.server.appliance.resources
    body = report(datetime.now(UTC).isoformat(), {"hostname": "box1"})
    await resources["server"].keeper._servers.take_report(1, body)
    for name, document in GIVEN.items():
        if CREATE in resources[name].can and name not in ("api_key", "token", "project"):
            documents = await Documents.of(resources, OWNER)
            wire = documents.from_document(resources[name], document, lambda where: f"http://{WORD}/{where}")
            await resources[name].create(OWNER, wire)
    for kind in monitor_types():
        documents = await Documents.of(resources, OWNER)
        document = {"name": f"a {kind.name}", "type": kind.name, "active": False, **example(kind)}
        wire = documents.from_document(resources["monitor"], document, lambda _: WORD)
        await resources["monitor"].create(OWNER, wire)
    exported = await shell.export()
    assert WORD not in exported
    await every_field_is_in_the_schema(shell, exported)
    secrets = shell.folder / "secrets.yaml"
    assert (await shell.run("export", "--secrets", str(secrets)))[:2] == (0, exported)
    assert secrets.stat().st_mode & 0o777 == 0o600
    assert secrets.read_text().count(WORD) >= 4
    async with running(shell.folder / "twin") as twin:
        await shell.use(twin, shell.folder / "twin")
        code, _, err = await shell.run("apply", shell.write(exported), "--yes")
        assert code == 1
        assert "The secret “monitors/Shop/bearer_token” is not given." in err
        await twin.appliance.resources["server"].keeper._servers.take_report(1, body)
        await shell.apply(exported, "--secrets", str(secrets))
        assert await shell.export() == exported
        # What it has already it keeps: nobody has to give secrets again.
        assert (await shell.run("diff", shell.write(exported)))[0] == 0


async def every_field_is_in_the_schema(shell: Shell, exported: str) -> None:
    """Editors know all that an export has, under each type its own fields."""
    schema = json.loads((await shell.run("schema"))[1])
    for plural, things in parse(exported, "x.yaml").value.items():
        ref = schema["properties"][plural]["additionalProperties"]["$ref"]
        kind = schema["$defs"][ref.rpartition("/")[2]]
        for document in things.values():
            own = [
                case["then"]["properties"]
                for case in kind.get("allOf", ())
                if case["if"]["properties"]["type"]["const"] == document.get("type")
            ]
            assert len(own) == ("allOf" in kind)
            known = kind["properties"].keys() | {name for fields in own for name in fields}
            assert document.keys() <= known, document


def example(kind: Any) -> dict[str, Any]:
    found = {}
    for key, (_, words) in kind.options.words().items():
        if words.required:
            found[key] = VALUES.get(words.kind) or (words.choices[0].value if words.choices else "x")
    return {**found, **NEEDS.get(kind.name, {})}


async def test_a_server_that_has_not_reported_is_waited_for(shell: Shell) -> None:
    text = (
        SHOP.replace("groups: ", "servers: [box1], groups: ")
        + "servers: {box1: {notifications: [On call]}}\n"
    )
    path = shell.write(text)
    code, out, _ = await shell.run("apply", path, "--yes")
    assert code == 0
    assert '? servers "box1"\n' in out
    assert (await shell.run("diff", path))[:2] == (
        0,
        '? servers "box1"\nPlan: 1 waiting until they report.\n',
    )
    assert shell.server is not None
    body = report(datetime.now(UTC).isoformat(), {"hostname": "box1"})
    await shell.server.appliance.resources["server"].keeper._servers.take_report(1, body)
    await shell.apply(text)
    assert "servers:\n    - box1\n" in await shell.export()


BAD = {
    "monitors:\n  Shop:\n    type: http\n    url: http://x/\n    intervall: 5\n":
        ":5:5: monitors “Shop”: A monitor has no field “intervall”.",
    "monitors:\n  Shop:\n    type: http\n    interval: often\n":
        ":4:5: monitors “Shop”: interval: Input should be",
    "monitors:\n  Shop: {type: http, parent: None}\n":
        ":2:22: monitors “Shop”: There is no monitor “None”.",
    "monitors:\n  Shop: {type: http, notifications: [x]}\n":
        ":2:22: monitors “Shop”: There is no notification “x”.",
    "montors: {}\n": ":1:1: There are no “montors”;",
    "api_keys: {}\n": ":1:1: There are no “api_keys”;",
    "monitors:\n  Shop: {type: http, url: 'http://x/', interval: 0}\n": ":2:40: monitors “Shop”: ",
    "monitors:\n  Shop: {type: http, url: {$secret: a}}\n":
        ":2:22: monitors “Shop”: The secret “a” is not given.",
    "monitors: {": ":2:1: ",
}  # fmt: skip


@pytest.mark.parametrize("text", BAD)
async def test_what_does_not_fit_is_told_with_its_place(shell: Shell, text: str) -> None:
    before = await shell.export()
    path = shell.write(text)
    code, out, err = await shell.run("apply", path, "--yes")
    assert code == 1
    assert f"{path}{BAD[text]}" in err, err
    assert "Done" not in out
    assert await shell.export() == before


async def test_who_asks_wrongly_is_told(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    path = shell.write(SHOP)
    assert await shell.run("apply", path) == (
        1,
        (await shell.run("diff", path))[1],
        "kuma-lite: Nothing was changed: without a terminal to ask on, say --yes.\n",
    )
    assert "cannot be read: no such file" in (await shell.run("diff", str(shell.folder / "none.yaml")))[2]
    (shell.folder / "latin.yaml").write_bytes(b"a: \xff")
    assert "it is no UTF-8" in (await shell.run("diff", str(shell.folder / "latin.yaml")))[2]
    secrets = shell.write("", "taken.yaml")
    assert "cannot be written: file exists" in (await shell.run("export", "--secrets", secrets))[2]
    assert "must be a mapping" in (await shell.run("diff", path, "--secrets", shell.write("[]", "s.yaml")))[2]
    monkeypatch.setenv("KUMA_LITE_TOKEN", "klu_wrong")
    assert "does not know the token" in (await shell.run("diff", path))[2]
    monkeypatch.setenv("KUMA_LITE_TOKEN", "")
    assert "Set KUMA_LITE_TOKEN" in (await shell.run("diff", path))[2]
    monkeypatch.setenv("KUMA_LITE_TOKEN", "x")
    assert "gives no answer" in (await shell.run("export", "--url", "http://127.0.0.1:1"))[2]
    assert "must begin with http" in (await shell.run("export", "--url", "ftp://x"))[2]


async def test_a_token_of_a_project_may_not(shell: Shell) -> None:
    made = await shell.run("token", "create", "--name", "p", "--data-dir", str(shell.folder / "data"))
    shell.patch.setenv("KUMA_LITE_TOKEN", made[1].strip())
    code, _, err = await shell.run("export")
    assert (code, err) == (1, "kuma-lite: A project token cannot do this; use a user token.\n")


async def test_the_page_is_told_which_file_manages_a_thing(shell: Shell) -> None:
    await shell.apply(SHOP)
    assert shell.server is not None
    async with shell.server.logged_in("/page") as page:
        mine = await add_monitor(page, name="Mine", active=False)
        assert await page.call("managedBy", "monitor", mine) == {"ok": True, "file": None}
        assert await page.call("managedBy", "monitor", mine - 1) == {"ok": True, "file": "kuma.yaml"}
        assert await page.call("managedBy", "notification", 1) == {"ok": True, "file": "kuma.yaml"}
        missing = {"ok": False, "msg": "The monitor does not exist."}
        assert await page.call("managedBy", "monitor", 99) == missing
        refused = {"ok": False, "msg": "There is no such kind of thing."}
        assert await page.call("managedBy", "user", 1) == refused


async def test_the_example_of_the_document(shell: Shell) -> None:
    text = DOCUMENT.read_text().split("```yaml\n")[1].split("```")[0]
    shell.patch.setenv("NTFY_TOKEN", "tk_1")
    assert (await shell.apply(text)).endswith("Done: 6 created.\n")


async def test_a_file_that_rules(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It waits for an account, is applied again when asked to, and loses nothing where it does not fit."""
    file = tmp_path / "rule.yaml"
    file.write_text(SHOP)
    async with running(tmp_path / "data", apply=file) as server:
        appliance = server.appliance
        assert (
            appliance.health.notes()["configuration"]
            == "The configuration file is not applied; the log says why."
        )
        async with server.logged_in():
            pass
        await appliance.reload()
        monitors = appliance.resources["monitor"]

        async def names() -> list[str]:
            return sorted(monitor.name for monitor in await monitors.list(OWNER))

        assert await names() == ["Back", "Front", "Shop"]
        assert "configuration" not in appliance.health.notes()
        file.write_text(SHOP.replace("Back:", "Rear:"))
        await appliance.reload()
        assert await names() == ["Front", "Rear", "Shop"]
        file.write_text(SHOP.replace("active", "activ"))
        await appliance.reload()
        assert "rule.yaml:10:77: monitors “Front”: A monitor has no field “activ”." in caplog.text
        assert "configuration" in appliance.health.notes()
        assert await names() == ["Front", "Rear", "Shop"]
    async with running(tmp_path / "data", apply=tmp_path / "none.yaml") as server:
        await server.appliance.reload()
        assert "cannot be read: no such file" in caplog.text


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("monitors:\n  Shop: {type: http}\n", "2:3: monitors “Shop”: url: Field required"),
        ("monitors:\n  Shop:\n    type: port\n    hostname: a\n",
         "2:3: monitors “Shop”: port: Field required"),
        ("tags: {t: {color: x}}\nmonitors:\n  Shop: {type: manual, tags: [{tag: t, valu: x}]}\n",
         "3:24: monitors “Shop”: A tag has no field “valu”."),
        ("proxies:\n  a: {protocol: http, host: b}\n", "2:3: proxies “a”: "),
    ],
)  # fmt: skip
async def test_what_was_forgotten_is_told(shell: Shell, text: str, where: str) -> None:
    for command in (("diff",), ("apply", "--yes")):
        code, _, err = await shell.run(*command[:1], shell.write(text), *command[1:])
        assert code == 1
        assert f"kuma.yaml:{where}" in err
    assert "monitors:" not in await shell.export()


async def test_a_place_in_toml(shell: Shell) -> None:
    text = '[monitors.Shop]\ntype = "http"\nurl = "http://127.0.0.1:1/"\nintervall = 5\n'
    code, _, err = await shell.run("diff", shell.write(text, "kuma.toml"))
    assert code == 1
    assert "kuma.toml:4:1: monitors “Shop”: A monitor has no field “intervall”." in err


async def test_what_clients_left_empty_has_a_twin(shell: Shell) -> None:
    """Compatible clients may store a monitor without an address, and a tag without a name."""
    assert shell.server is not None
    async with shell.server.logged_in() as client:
        await add_monitor(client, name="bare", url=None, active=False)
        await add_monitor(client, name="odd", type="port", hostname="", port=99999, active=False)
        await client.call("addTag", {"name": "", "color": "#112233"})
    secrets = str(shell.folder / "secrets.yaml")
    exported = (await shell.run("export", "--secrets", secrets))[1]
    assert "    url: null\n" in exported
    assert (await shell.run("diff", shell.write(exported)))[1].count("~") == 0
    async with running(shell.folder / "other") as other:
        await shell.use(other, shell.folder / "other")
        await shell.apply(exported, "--secrets", secrets)
        assert await shell.export() == exported
