"""`kuma-lite token create` with scopes and limits, in the words of the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.shell import Shell
from tests.support import http

FILE = """
tags: {shop: {color: "#112233"}}
monitors:
  Front: {type: http, url: "http://127.0.0.1:1/", active: false, tags: [{tag: shop}]}
  Back: {type: group, monitors: {Inside: {type: push, active: false}}}
"""


async def make(shell: Shell, *words: str) -> tuple[int, str, str]:
    where = ("--data-dir", str(shell.folder / "data"))
    return await shell.run("token", "create", "--user", "--name", "t", *words, *where)


async def ask(shell: Shell, token: str, path: str, method: str = "GET", **more: Any) -> http.Response:
    assert shell.server is not None
    headers = {"Authorization": f"Bearer {token}"}
    return await http.request(
        method, f"{shell.server.url}/api/v1/{path}", headers=headers, timeout=60, **more
    )


OPENED = {
    (): ({"Front", "Back", "Inside"}, 201),
    ("--scope", "read"): ({"Front", "Back", "Inside"}, 403),
    ("--scope", "read", "--scope", "write"): ({"Front", "Back", "Inside"}, 201),
    ("--scope", "read", "--tag", "shop"): ({"Front"}, 403),
    ("--scope", "read", "--group", "Back"): ({"Back", "Inside"}, 403),
}


@pytest.mark.parametrize("words", OPENED)
async def test_a_token_opens_what_was_asked_for(shell: Shell, words: tuple[str, ...]) -> None:
    await shell.apply(FILE)
    code, out, _ = await make(shell, *words, "--expires-in-days", "3")
    assert code == 0
    token, (names, status) = out.strip(), OPENED[words]
    listed = await ask(shell, token, "monitors?fields=name")
    assert {one["name"] for one in listed.json()["data"]} - {"Back"} == names - {"Back"}
    made = await ask(shell, token, "tags", "POST", json={"name": "x", "color": "#000000"})
    assert made.status == status, made.text
    code, table, err = await shell.run("token", "list", "--data-dir", str(shell.folder / "data"))
    assert (code, err) == (0, "")
    shown = " ".join(sorted(word for word in words if word in ("read", "write"))) or "all"
    assert shown in next(line for line in table.splitlines() if line.startswith(token[:10]))


WRONG = {
    ("--tag", "shop"): "kuma-lite: A limit needs a scope: say --scope.\n",
    ("--scope", "read", "--tag", "none"): "kuma-lite: There is no tag called 'none'.\n",
    ("--scope", "read", "--group", "Front"): "kuma-lite: There is no group called 'Front'.\n",
}


@pytest.mark.parametrize("words", WRONG)
async def test_what_does_not_fit_is_told(shell: Shell, words: tuple[str, ...]) -> None:
    await shell.apply(FILE)
    assert await make(shell, *words) == (1, "", WRONG[words])


async def test_what_cannot_be_both(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    where = ("--data-dir", str(shell.folder / "data"))
    code, _, err = await shell.run(
        "token", "create", "--name", "t", "--scope", "read", "--tag", "shop", *where
    )
    assert (code, err) == (
        1,
        "kuma-lite: Only a user token can be limited to a tag or a group: say --user.\n",
    )
    for words in (("--tag", "a", "--group", "b"), ("--scope", "everything")):
        with pytest.raises(SystemExit) as ended:
            await make(shell, *words)
        assert ended.value.code == 2
