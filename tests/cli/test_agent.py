"""`kuma-lite token create` and `kuma-lite agent` as a user starts them, beside a running server."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.agent.spool import file_name
from kuma_lite.cli.agent import _kept, add_arguments
from tests.support.served import Server, serving

COMMAND = [sys.executable, "-m", "kuma_lite"]
RSS_MB = 30


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=60)


def token(server: Server) -> str:
    done = run("token", "create", "--name", "web", "--data-dir", str(server.folder))
    assert (done.returncode, done.stderr) == (0, "")
    (line,) = done.stdout.splitlines()
    return line


def servers(server: Server, key: str) -> list[dict[str, Any]]:
    request = urllib.request.Request(
        f"{server.url}/api/v1/servers", headers={"Authorization": f"Bearer {key}"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        found: list[dict[str, Any]] = json.load(answer)
        return found


def test_a_token_beside_a_running_server_opens_it_and_the_agent_reports(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        key = token(server)
        assert key.startswith("klp_") and servers(server, key) == []
        spool = tmp_path / "spool"
        arguments = ["agent", "--url", server.url, "--spool", str(spool), "--id", "board"]
        done = run(*arguments, "--token", key, "--once")
        assert (done.returncode, done.stdout) == (0, "")
        assert done.stderr == f"kuma-lite agent: The first report has arrived at {server.url}\n"
        (found,) = servers(server, key)
        assert found["hostname"] and found["uptime"] > 0
        assert {"cpu_used", "mem_used_b", "disk_used_b"} <= found["last_metrics"]["metrics"].keys()
        refused = run(*arguments, "--token", "wrong", "--once", "--interval", "300")
        assert "no threshold can raise an alert" in refused.stderr
        assert refused.returncode == 1 and "The server answers 401" in refused.stderr


def test_the_agent_catches_up_stays_small_and_ends_at_once(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        key = token(server)
        server.stop()
        env = {**os.environ, "KUMA_LITE_AGENT_URL": server.url, "KUMA_LITE_AGENT_TOKEN": key}
        arguments = [*COMMAND, "agent", "--interval", "5", "--spool", str(tmp_path / "spool")]
        with (tmp_path / "log").open("w") as log:
            agent = subprocess.Popen(arguments, env=env, stderr=log)
        try:
            wait_until(lambda: (tmp_path / "spool" / file_name(server.url)).exists())
            server.start()
            wait_until(lambda: servers(server, key) != [])
            wait_until(lambda: not (tmp_path / "spool" / file_name(server.url)).exists())
            assert resident_mb(agent.pid) <= RSS_MB
        finally:
            agent.send_signal(signal.SIGTERM)
            began = time.monotonic()
            assert agent.wait(10) == 0
            assert time.monotonic() - began < 4  # not only when the next round would begin
        assert "cannot be reached" in (tmp_path / "log").read_text()


def under_another_clock(days: float) -> list[str]:
    """The program on a host whose clock is that far ahead."""
    script = (
        "import sys, time; from kuma_lite.cli import main; from kuma_lite.core.clock import SystemClock\n"
        f"SystemClock.now = lambda clock: time.time() + {days * 86_400}\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    return [sys.executable, "-c", script]


def test_an_agent_with_a_clock_of_its_own_says_so(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        key = token(server)
        arguments = ["agent", "--url", server.url, "--token", key, "--spool", str(tmp_path), "--id", "board"]
        ahead = subprocess.run(
            [*under_another_clock(1 / 8), *arguments, "--once"], capture_output=True, text=True, timeout=60
        )
        assert ahead.returncode == 0 and "180 minutes ahead; its samples are shifted" in ahead.stderr
        (found,) = servers(server, key)
        stored = datetime.fromisoformat(found["last_metrics"]["timestamp"]).timestamp()
        assert abs(stored - time.time()) < 30
        behind = subprocess.run(
            [*under_another_clock(-400), *arguments, "--once"], capture_output=True, text=True, timeout=60
        )
        assert behind.returncode == 1 and "older than samples are kept" in behind.stderr
        running = [*under_another_clock(-400), *arguments, "--interval", "5"]
        agent = subprocess.Popen(running, stderr=subprocess.PIPE, text=True)
        assert agent.stderr is not None
        assert "older than samples are kept" in agent.stderr.readline()
        agent.send_signal(signal.SIGTERM)
        assert (agent.communicate(timeout=10)[1], agent.returncode) == ("", 1)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT])
def test_the_agent_ends_in_order_with_its_terminal(tmp_path: Path, number: signal.Signals) -> None:
    """And keeps what it could not send."""
    arguments = ["--url", "http://127.0.0.1:9", "--token", "t", "--interval", "5", "--spool", str(tmp_path)]
    agent = subprocess.Popen([*COMMAND, "agent", *arguments], stderr=subprocess.DEVNULL)
    wait_until(lambda: (tmp_path / file_name("http://127.0.0.1:9")).exists())
    agent.send_signal(number)
    assert agent.wait(10) == 0
    assert (tmp_path / file_name("http://127.0.0.1:9")).stat().st_size > 0


def test_the_agent_imports_none_of_the_server(tmp_path: Path) -> None:
    script = (
        "import sys; from kuma_lite.cli import main\n"
        "main(['agent', '--url', 'http://127.0.0.1:9', '--token', 't', '--once', "
        f"'--spool', {str(tmp_path)!r}])\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} "
        "& {'litestar', 'granian', 'pydantic', 'msgspec', 'apsw', 'socketio', 'asyncio', 'uvloop'}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["agent"], "Give the address of the server with --url"),
        (["agent", "--url", "x", "--token", "t"], "The URL must begin with"),
        (["agent", "--url", "http://127.0.0.1", "--token", "t", "--interval", "1"], "at least 5 seconds"),
        (["agent", "--url", "http://127.0.0.1", "--token-file", "/nonexistent"], "The token cannot be read"),
        (["token", "create", "--name", "x", "--data-dir", "/nonexistent"], "There is no database"),
    ],
)
def test_mistakes_are_one_sentence(arguments: list[str], sentence: str) -> None:
    done = run(*arguments)
    assert done.returncode == 1 and done.stdout == ""
    assert sentence in done.stderr and len(done.stderr.splitlines()) == 1


def test_the_service_keeps_what_was_asked_for(tmp_path: Path) -> None:
    options = argparse.ArgumentParser()
    add_arguments(options)
    given = ["--interval", "30", "--id", "web 1", "--no-processes", "--docker-socket", "", "--spool", "x"]
    kept = ["--interval", "30", "--docker-socket", "", "--id", "web 1", "--no-processes"]
    assert _kept(options.parse_args(given)) == kept
    assert _kept(options.parse_args([])) == []
    (path,) = _kept(options.parse_args(["--ca-file", "ca.pem"]))[1:]
    assert path == str(Path.cwd() / "ca.pem")


def test_names_and_days_of_tokens(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        where = ["--data-dir", str(server.folder)]
        for wrong in (
            ["create", "--name", " "],
            ["create", "--name", "x", "--expires-in-days", "0"],
            ["create", "--name", "x", "--project", "nowhere"],
            ["revoke", "klp_nothing"],
            ["revoke", ""],
        ):
            done = run("token", *wrong, *where)
            assert done.returncode == 1 and done.stdout == "" and len(done.stderr.splitlines()) == 1, wrong
        fine = run("token", "create", "--name", "x", "--expires-in-days", "3", *where)
        assert servers(server, fine.stdout.strip()) == []


def test_tokens_are_listed_by_their_prefix_and_revoked_beside_a_running_server(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        where = ["--data-dir", str(server.folder)]
        keys = [run("token", "create", "--name", name, *where).stdout.strip() for name in ("one", "two")]
        assert [servers(server, key) for key in keys] == [[], []]
        listed = run("token", "list", *where).stdout.splitlines()
        assert [line.split()[:2] for line in listed[1:]] == [[keys[1][:10], "two"], [keys[0][:10], "one"]]
        assert all(key not in "".join(listed) for key in keys)
        ambiguous = run("token", "revoke", "klp_", *where)
        assert ambiguous.returncode == 1 and "More than one token" in ambiguous.stderr
        done = run("token", "revoke", keys[0], *where)  # its owner pastes the whole
        assert done.returncode == 0 and keys[0] not in done.stdout and "(one) is revoked" in done.stdout
        wait_until(lambda: status(server, keys[0]) == 401)
        assert status(server, keys[1]) == 200
        states = [line.split()[-1] for line in run("token", "list", *where).stdout.splitlines()[1:]]
        assert states == ["usable", "revoked"]


def status(server: Server, key: str) -> int:
    try:
        servers(server, key)
    except urllib.error.HTTPError as error:
        return error.code
    return 200


def wait_until(condition: Any, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen")


def resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no such process")
