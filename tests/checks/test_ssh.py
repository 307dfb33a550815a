"""SSH checks: against OpenSSH, and against peers that misbehave."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks import _ssh
from kuma_lite.checks.ssh import SshMonitor
from kuma_lite.core.declarations import CannotCheck, CheckResult
from kuma_lite.core.errors import UserError
from kuma_lite.net.network import Network
from tests.checks.peers import listening
from tests.checks.support import Context, failure, run
from tests.peers import sshd
from tests.requires import needs_program, needs_root
from tests.support.ports import closed_port

SSH = SshMonitor()
NEEDS_SSHD = [needs_root(), needs_program(sshd.PROGRAM, sshd.KEY_PROGRAM)]
OTHER = "SHA256:" + "A" * 43


def needs_sshd(test: Any) -> Any:
    for mark in NEEDS_SSHD:
        test = mark(test)
    return test


@needs_sshd
async def test_a_real_server(network: Network, tmp_path: Path) -> None:
    async with sshd.running(tmp_path) as server:
        document = {"hostname": "127.0.0.1", "port": server.port}
        result = await run(SSH, {**document, "keyword": "OpenSSH"}, Context(network))
        assert isinstance(result, CheckResult)
        assert result.message.startswith("SSH-2.0-OpenSSH_")
        assert result.message.endswith(f", ssh-ed25519 {server.fingerprints['ed25519']}")
        assert isinstance(result.ping, int)
        for fingerprint in server.fingerprints.values():
            for written in (fingerprint, fingerprint.removeprefix("SHA256:") + "="):
                result = await run(SSH, {**document, "expectedValue": written}, Context(network))
                assert isinstance(result, CheckResult)
                assert fingerprint in result.message
        failed = await failure(SSH, {**document, "expectedValue": OTHER}, Context(network))
        shown = server.fingerprints["ed25519"]
        assert (
            failed.message == f"The host key is not the expected one: ssh-ed25519 {shown} instead of {OTHER}"
        )
        failed = await failure(SSH, {**document, "keyword": "dropbear"}, Context(network))
        assert failed.message.endswith("does not contain the keyword")
        assert failed.ping is not None


@needs_sshd
async def test_the_first_key_is_remembered_and_another_one_is_down(network: Network, tmp_path: Path) -> None:
    async with sshd.running(tmp_path) as server:
        document = {"hostname": "127.0.0.1", "port": server.port}
        shown = server.fingerprints["ed25519"]
        result = await run(SSH, document, Context(network))
        assert isinstance(result, CheckResult)
        assert result.last_result == [shown]
        for known in server.fingerprints.values():  # whichever of its keys it was
            result = await run(SSH, {**document, "sshHostKeys": [OTHER, known]}, Context(network))
            assert isinstance(result, CheckResult)
            assert (known in result.message, result.last_result) == (True, None)
        changed = {**document, "sshHostKeys": [OTHER]}
        failed = await failure(SSH, changed, Context(network))
        assert failed.message == f"The host key has changed: ssh-ed25519 {shown} instead of {OTHER}"
        for takes in ({"sshRemember": False}, {"expectedValue": shown}):
            result = await run(SSH, {**changed, **takes}, Context(network))
            assert isinstance(result, CheckResult)
            assert result.last_result is None


@needs_sshd
@pytest.mark.parametrize("kind", ["ecdsa", "rsa"])
async def test_a_server_with_one_key_and_an_older_exchange(
    network: Network, tmp_path: Path, kind: str
) -> None:
    more = "KexAlgorithms ecdh-sha2-nistp256"
    async with sshd.running(tmp_path, kinds=(kind,), more=more) as server:
        document = {"hostname": "127.0.0.1", "port": server.port}
        result = await run(SSH, document, Context(network))
        assert isinstance(result, CheckResult)
        assert server.fingerprints[kind] in result.message
        failed = await failure(SSH, {**document, "expectedValue": OTHER}, Context(network))
        assert failed.message.startswith("The host key is not the expected one: ")


@needs_sshd
async def test_a_server_without_an_exchange_that_we_know(network: Network, tmp_path: Path) -> None:
    more = "KexAlgorithms diffie-hellman-group14-sha256"
    async with sshd.running(tmp_path, kinds=("ed25519",), more=more) as server:
        document = {"hostname": "127.0.0.1", "port": server.port}
        result = await run(SSH, document, Context(network))
        assert isinstance(result, CheckResult)
        assert "SHA256" not in result.message
        with pytest.raises(CannotCheck):
            await run(SSH, {**document, "expectedValue": OTHER}, Context(network))


@needs_sshd
async def test_a_key_that_is_somebody_elses(
    network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is signed is not what was exchanged: as if somebody in between showed a foreign key."""
    monkeypatch.setattr(_ssh, "_mpint", lambda value: b"")
    async with sshd.running(tmp_path, kinds=("ed25519",)) as server:
        document = {"hostname": "127.0.0.1", "port": server.port}
        failed = await failure(SSH, document, Context(network))
    assert failed.message == "The server has not proved that the host key is its own"


def packet(payload: bytes) -> bytes:
    return (len(payload) + 5).to_bytes(4, "big") + b"\x04" + payload + bytes(4)


def text(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (b"HTTP/1.1 400\r\n" * 60, "Unexpected answer: no SSH server is listening there"),
        (b"x" * 20_000, "The answer is too long"),
        (b"SSH-2.0-x\r\nInvalid", "Invalid SSH packet"),
        (b"SSH-2.0-x\r\n" + packet(b"\x63"), "Invalid SSH packet"),
        (b"SSH-2.0-x\r\n" + packet(b"\x14short"), "Invalid SSH packet"),
        (b"SSH-2.0-x\r\n" + packet(b"\x02") * 200, "Invalid SSH packet"),
        (
            b"hello\r\nSSH-2.0-x\r\n" + packet(b"\1\0\0\0\x0c" + text(b"Too many") + text(b"")),
            "The server hangs up: Too many",
        ),
    ],
)
async def test_answers_that_are_no_good(network: Network, said: bytes, message: str) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await reader.read()

    async with listening(talk) as port:
        failed = await failure(SSH, {"hostname": "127.0.0.1", "port": port}, Context(network))
    assert failed.message == message


async def test_nobody_there_silence_and_hanging_up(network: Network) -> None:
    port = closed_port()
    failed = await failure(SSH, {"hostname": "127.0.0.1", "port": port}, Context(network))
    assert failed.message == f"connect ECONNREFUSED 127.0.0.1:{port}"
    failed = await failure(SSH, {"hostname": "nonexistent.invalid"}, Context(network))
    assert failed.message.startswith("getaddrinfo E")

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def gone(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        return

    async with listening(silent) as port:
        failed = await failure(SSH, {"hostname": "127.0.0.1", "port": port}, Context(network, timeout=0.2))
        assert (failed.message, failed.local) == ("timeout of 200ms exceeded", True)
    async with listening(gone) as port:
        failed = await failure(SSH, {"hostname": "127.0.0.1", "port": port}, Context(network))
        assert (failed.message, failed.local) == ("socket hang up", True)


async def test_a_fingerprint_that_is_none(network: Network) -> None:
    for wrong in ({"expectedValue": "MD5:00:11"}, {"sshHostKeys": ["MD5:00:11"]}):
        document = {"hostname": "127.0.0.1", **wrong}
        with pytest.raises(UserError):
            SSH.validate(SSH.options.read(document), {})
        with pytest.raises(CannotCheck):
            await run(SSH, document, Context(network))


@given(st.binary(max_size=80), st.binary(max_size=80), st.sampled_from(sum(_ssh.FAMILIES.values(), ())))
def test_any_key_and_signature_are_refused(key: bytes, signature: bytes, algorithm: str) -> None:
    named = text(algorithm.encode()) + text(signature)
    with pytest.raises(_ssh.SshError):
        _ssh._verify(text(algorithm.encode()) + key, algorithm, named, bytes(32))
    with pytest.raises(_ssh.SshError):
        _ssh._verify(key, algorithm, signature, bytes(32))


@given(st.sampled_from([*_ssh._EXCHANGES]), st.binary(max_size=80))
def test_any_point_makes_a_secret_or_is_refused(exchange: str, point: bytes) -> None:
    _, secret_with = _ssh._half_of(exchange)
    with contextlib.suppress(_ssh.SshError):
        assert secret_with(point) >= 0
