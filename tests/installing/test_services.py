"""The server and the agent as services: what is written for systemd and launchd, and asked of them."""

from __future__ import annotations

import argparse
import os
import plistlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.agent.waiting import waiting
from kuma_lite.cli import agent, main, service
from kuma_lite.core.errors import UserError
from kuma_lite.installing import managers, origin, program
from kuma_lite.installing.launchd import Launchd, property_list
from kuma_lite.installing.manager import State, call
from kuma_lite.installing.services import AGENT, SERVER, Service, agent_service
from kuma_lite.installing.systemd import Systemd
from kuma_lite.installing.units import hindrance, quoted, unit_text
from tests.requires import ROOT, needs_program

URL = "http://127.0.0.1:3001"


class System:
    """Stands in for `systemctl` and `launchctl`: keeps what was called, answers what it is told."""

    def __init__(self, **answers: str) -> None:
        self.calls: list[str] = []
        self.answers = answers
        self.fails: set[str] = set()

    def __call__(self, words: Sequence[str]) -> str:
        self.calls.append(" ".join(words))
        if words[1] in self.fails:
            raise UserError("It failed.")
        return self.answers.get(words[1], "")


# --- systemd -----------------------------------------------------------------------------------------------


def test_the_token_is_for_root_alone(tmp_path: Path) -> None:
    before = os.umask(0o077)  # that of the command line
    for token in ("first", "second"):
        written = Systemd(tmp_path).write(agent_service("/usr/bin/kuma-lite", URL, token))
    os.umask(before)
    environment, unit = written
    assert unit.stat().st_mode & 0o777 == 0o644, "systemd complains about others"
    assert environment.stat().st_mode & 0o777 == 0o600
    assert environment.read_text() == f"KUMA_LITE_AGENT_URL={URL}\nKUMA_LITE_AGENT_TOKEN=second\n"
    text = unit.read_text()
    assert "ExecStart=/usr/bin/kuma-lite agent\n" in text and "second" not in text


def test_whose_the_server_is_and_where_it_writes() -> None:
    alone = unit_text(Service(SERVER, "/opt/k", ["serve"]))
    assert "DynamicUser=yes\nStateDirectory=kuma-lite\n" in alone and "ProtectHome=yes\n" in alone
    own = unit_text(Service(SERVER, "/opt/k", ["serve"], user="kuma", data="/srv/kuma"))
    assert "User=kuma\nReadWritePaths=/srv/kuma\n" in own and "Dynamic" not in own
    assert "ProtectHome=yes\n" in own
    assert "ProtectHome=no\n" in unit_text(Service(SERVER, "/opt/k", ["serve"], user="k", data="/home/k/d"))


def test_a_service_is_started_and_removed_with_all_that_was_written(tmp_path: Path) -> None:
    system = System(show="LoadState=loaded\nActiveState=active\nMainPID=7\n")
    manager = Systemd(tmp_path, system)
    written = manager.write(agent_service("/usr/bin/kuma-lite", URL, "t"))
    manager.start(AGENT)
    assert system.calls == [
        "systemctl daemon-reload",
        "systemctl enable kuma-lite-agent",
        "systemctl restart --no-block kuma-lite-agent",
    ]
    spool = tmp_path / "var/lib/private/kuma-lite-agent"
    spool.mkdir(parents=True)
    (tmp_path / "var/lib/kuma-lite-agent").symlink_to("private/kuma-lite-agent")
    removed = manager.remove(AGENT)
    assert {*written, spool, tmp_path / "var/lib/kuma-lite-agent"} == set(removed)
    assert not any(os.path.lexists(path) for path in removed)
    assert "systemctl disable --now kuma-lite-agent" in system.calls
    with pytest.raises(UserError, match="no service kuma-lite-agent that this program has written"):
        manager.remove(AGENT)


def test_the_data_of_the_server_stays(tmp_path: Path) -> None:
    manager = Systemd(tmp_path, System())
    manager.write(Service(SERVER, "/opt/k", ["serve"]))
    for name in ("var/lib/private/kuma-lite", "etc/kuma-lite"):
        (tmp_path / name).mkdir(parents=True)
    assert manager.remove(SERVER) == [tmp_path / "etc/systemd/system/kuma-lite.service"]
    assert (tmp_path / "var/lib/private/kuma-lite").is_dir() and (tmp_path / "etc/kuma-lite").is_dir()


def test_the_service_of_a_package_is_not_removed(tmp_path: Path) -> None:
    file = "/usr/lib/systemd/system/kuma-lite.service"
    manager = Systemd(tmp_path, System(show=f"LoadState=loaded\nFragmentPath={file}\n"))
    with pytest.raises(UserError, match=f"belongs to a package .{file}.: remove it with"):
        manager.remove(SERVER)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            "LoadState=loaded\nActiveState=active\nSubState=running\nMainPID=7\nUnitFileState=enabled\n",
            (True, True, 7, "active (running), enabled"),
        ),
        (
            "LoadState=loaded\nActiveState=failed\nSubState=failed\nMainPID=0\nUnitFileState=\n",
            (True, False, 0, "failed (failed), not enabled"),
        ),
        ("LoadState=not-found\nActiveState=inactive\nSubState=dead\n", (False, False, 0, None)),
    ],
)
def test_how_a_service_is(answer: str, expected: tuple[Any, ...]) -> None:
    state = Systemd(call=System(show=answer)).state(SERVER)
    found = (state.installed, state.running, state.pid, state.words if expected[3] else None)
    assert found == expected


def test_a_program_that_fails_is_one_sentence() -> None:
    with pytest.raises(UserError, match="“sh -c echo no >&2; exit 3” failed: no"):
        call(["sh", "-c", "echo no >&2; exit 3"])
    with pytest.raises(UserError, match="no-such-program cannot be used"):
        call(["no-such-program"])
    assert call(["echo", "fine"]) == "fine\n"


def test_programs_that_the_service_could_not_run(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    program = tmp_path / "home" / "bin" / "kuma-lite"
    program.parent.mkdir(parents=True)
    program.touch()
    for path in (program.parent.parent, program.parent, program):
        path.chmod(0o755)  # whatever the umask
    assert hindrance(program, tmp_path) is None
    link = tmp_path / "link"
    link.symlink_to(program)
    program.chmod(0o700)
    assert hindrance(link, tmp_path) == "others may not run it"
    program.chmod(0o711)
    assert hindrance(program, tmp_path) == "others may not run it"  # the one file reads itself
    program.parent.parent.chmod(0o700)
    assert hindrance(link, tmp_path) == f"{tmp_path}/home is closed to others"
    for folder in ("tmp", "var/tmp"):
        inside = tmp_path / folder / "kuma-lite"
        inside.parent.mkdir(parents=True)
        inside.touch(mode=0o755)
        assert hindrance(inside, tmp_path) == "a service has temporary folders of its own"
    assert hindrance(Path("/bin/true")) is None


@pytest.mark.parametrize(
    "service",
    [
        Service(SERVER, "/opt/kuma-lite/kuma-lite", ["serve", "--data-dir", "/var/lib/kuma-lite"]),
        agent_service("/opt/kuma-lite/kuma-lite", URL, "t"),
    ],
    ids=lambda service: service.name,
)
def test_the_packaged_unit_is_the_same(service: Service) -> None:
    assert (ROOT / "packaging" / f"{service.name}.service").read_text() == unit_text(service)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("plain-1", "plain-1"),
        ("/with space", '"/with space"'),
        ("100%", "100%%"),
        ("$HOME", "$$HOME"),
        ('a"b', '"a\\"b"'),
        ("", '""'),
    ],
)
def test_words_as_systemd_reads_them(word: str, expected: str) -> None:
    assert quoted(word) == expected


@needs_program("systemd-analyze")
@pytest.mark.parametrize(
    "service",
    [
        agent_service("/bin/true", URL, "t", ["--id", 'a "b" 100% $HOME\\', "--interval", "30"], docker=True),
        Service(
            SERVER, "/bin/true", ["serve", "--data-dir", "/home/me/my data"], {}, "root", "/home/me/my data"
        ),
        Service(SERVER, "/bin/true", ["serve"]),
    ],
    ids=lambda service: service.name,
)
def test_systemd_understands_the_unit(service: Service, tmp_path: Path) -> None:
    unit = tmp_path / f"{service.name}.service"
    unit.write_text(unit_text(service))
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, timeout=60)
    said = [line for line in done.stderr.splitlines() if str(unit) in line]  # not of the machine's own units
    assert (done.returncode, said) == (0, [])


# --- launchd -----------------------------------------------------------------------------------------------


def test_the_property_list_of_the_server() -> None:
    text = property_list(Service(SERVER, "/opt/k & co/kuma-lite", ["serve", "--port", "8080"]), Path("/log"))
    assert plistlib.loads(text) == {
        "Label": "kuma-lite",
        "ProgramArguments": ["/opt/k & co/kuma-lite", "serve", "--port", "8080"],
        "RunAtLoad": True,
        "KeepAlive": True,
        "ThrottleInterval": 10,
        "ExitTimeOut": 15,
        "ProcessType": "Background",
        "Umask": 0o077,
        "SoftResourceLimits": {"NumberOfFiles": 65_536},
        "StandardOutPath": "/log",
        "StandardErrorPath": "/log",
    }
    assert b"<string>/opt/k &amp; co/kuma-lite</string>" in text


@pytest.mark.parametrize(
    ("uid", "folder", "target"),
    [(501, "Users/me/Library/LaunchAgents", "gui/501"), (0, "Library/LaunchDaemons", "system")],
)
def test_an_agent_of_macos(tmp_path: Path, uid: int, folder: str, target: str) -> None:
    system = System(print="  state = running\n\tpid = 42\n")
    system.fails = {"bootout"}  # it was not there
    manager = Launchd(tmp_path / "Users/me", uid, system, tmp_path)
    (path,) = manager.write(agent_service("/usr/local/bin/kuma-lite", URL, "secret"))
    assert path == tmp_path / folder / "kuma-lite-agent.plist"
    assert path.stat().st_mode & 0o777 == 0o600
    variables = plistlib.loads(path.read_bytes())["EnvironmentVariables"]
    assert variables == {"KUMA_LITE_AGENT_URL": URL, "KUMA_LITE_AGENT_TOKEN": "secret"}
    manager.start(AGENT)
    manager.restart(AGENT)
    assert system.calls[1:] == [
        f"launchctl bootstrap {target} {path}",
        f"launchctl kickstart -k {target}/kuma-lite-agent",
    ]
    state = manager.state(AGENT)
    assert (state.installed, state.running, state.pid) == (True, True, 42)
    assert manager.remove(AGENT) == [path] and not path.exists()
    system.fails.add("print")
    assert manager.state(AGENT) == State(False, False, 0, "not loaded", "")


# --- the commands ------------------------------------------------------------------------------------------


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> System:
    """A machine with systemd and a program that everybody may run."""
    system = System(show="LoadState=loaded\nActiveState=active\nSubState=running\nMainPID=7\n")
    manager = Systemd(tmp_path, system)
    for module in (service, managers):
        monkeypatch.setattr(module, "manager_here", lambda: manager)
    monkeypatch.setattr(service, "keeper_of", lambda program: "pipx")
    monkeypatch.setattr(program, "own_program", lambda: Path("/bin/true"))
    monkeypatch.setattr(program, "hindrance", lambda needed: None)
    return system


def test_the_server_as_a_service(
    installed: System, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["service", "install", "--port", "8080", "--host", "::"]) == 0
    unit = tmp_path / "etc/systemd/system/kuma-lite.service"
    assert (
        "ExecStart=/bin/true serve --data-dir /var/lib/kuma-lite --host :: --port 8080\n" in unit.read_text()
    )
    said = capsys.readouterr().out
    assert f"{unit} is written." in said and "http://[::]:8080/" in said and "journalctl -u kuma-lite" in said
    assert main(["service", "status"]) == 0
    assert "kuma-lite: active (running), not enabled, process 7" in capsys.readouterr().out
    assert main(["service", "uninstall"]) == 0 and not unit.exists()
    assert "Its data stays" in capsys.readouterr().out
    installed.answers["show"] = "LoadState=not-found\n"
    assert main(["service", "status"]) == 3


def test_the_agent_as_a_service(installed: System, tmp_path: Path) -> None:
    wishes = ["--url", URL, "--token", "t", "--interval", "30"]
    for words in (["service", "install", "--agent", *wishes], ["agent", "--install", *wishes]):
        assert main(words) == 0
        unit = tmp_path / "etc/systemd/system/kuma-lite-agent.service"
        assert "ExecStart=/bin/true agent --interval 30\n" in unit.read_text()
        assert "systemctl restart --no-block kuma-lite-agent" in installed.calls
        ending = ["service", "uninstall", "--agent"] if words[0] == "service" else ["agent", "--uninstall"]
        assert main(ending) == 0 and not unit.exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["install", "--data-dir", "/srv"], "needs --user"),
        (["install", "--data-dir", "/no/such", "--user", "me"], "does not exist"),
        (["install", "--port", "0"], "between 1 and 65535"),
        (["install", "--agent"], "Give the address of the server"),
        (["uninstall"], "no service kuma-lite that this program has written"),
    ],
)
def test_mistakes_are_one_sentence(
    installed: System, words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["service", *words]) == 1
    said = capsys.readouterr().err
    assert sentence in said and len(said.splitlines()) == 1


def test_a_machine_without_a_service_manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match="no service manager that this command knows"):
        managers.manager_here(tmp_path)
    (tmp_path / "run/systemd/system").mkdir(parents=True)
    assert isinstance(managers.manager_here(tmp_path), Systemd)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert isinstance(managers.manager_here(tmp_path), Launchd)


def test_a_service_that_a_package_brings(
    installed: System, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(service, "keeper_of", lambda program: "deb")
    assert main(["service", "install"]) == 1
    assert "systemctl enable --now kuma-lite" in capsys.readouterr().err and installed.calls == []


# --- where a program came from -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "files", "variables", "frozen", "keeper"),
    [
        ("opt/kuma-lite/kuma-lite", {}, {}, True, ""),
        ("usr/lib/kuma-lite/kuma-lite", {"usr/lib/kuma-lite/installed-by": "deb\n"}, {}, True, "deb"),
        ("opt/kuma-lite", {".dockerenv": ""}, {}, True, "container"),
        ("opt/kuma-lite", {}, {"KUMA_LITE_IS_CONTAINER": "true"}, True, "container"),
        ("opt/homebrew/Cellar/kuma-lite/0.1.0/bin/kuma-lite", {}, {}, True, "homebrew"),
        ("usr/local/bin/kuma-lite", {}, {}, False, "pip"),
    ],
)
def test_who_looks_after_a_program(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    files: dict[str, str],
    variables: dict[str, str],
    frozen: bool,
    keeper: str,
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(origin, "is_frozen", lambda: frozen)
    assert origin.keeper_of(tmp_path / place, variables, tmp_path) == keeper
    if keeper:
        with pytest.raises(UserError):
            origin.refuse_if_kept(keeper)
    else:
        origin.refuse_if_kept(keeper)


def test_pipx_is_known_by_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", "/home/me/.local/share/pipx/venvs/kuma-lite")
    assert origin.keeper_of(tmp_path / "kuma-lite", {}, tmp_path) == "pipx"
    with pytest.raises(UserError, match="pipx upgrade kuma-lite"):
        origin.refuse_if_kept("pipx")


# --- waiting without sigtimedwait --------------------------------------------------------------------------


def test_an_agent_of_macos_ends_when_it_is_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(signal, "sigtimedwait")
    before = signal.getsignal(signal.SIGHUP)
    with waiting((signal.SIGHUP,)) as wait:
        began = time.monotonic()
        assert not wait(0.05) and time.monotonic() - began >= 0.05
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGHUP)).start()
        assert wait(20) and time.monotonic() - began < 10
    assert signal.getsignal(signal.SIGHUP) == before
    with waiting((signal.SIGHUP,)) as wait:
        os.kill(os.getpid(), signal.SIGHUP)  # just before
        assert wait(20)


def test_options_of_the_agent_are_the_same_as_a_service() -> None:
    parser = argparse.ArgumentParser()
    agent.add_service_arguments(parser)
    given = parser.parse_args(["--url", URL, "--token", "t", "--docker", "--no-processes"])
    assert given.docker and agent._kept(given) == ["--no-processes"]
