from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from kuma_lite.core.declarations import DeliveryFailed, Message
from kuma_lite.net.network import Network
from kuma_lite.notifications.delivery import Context, Services, deliver
from kuma_lite.notifications.services import nostr
from kuma_lite.notifications.services.support.nostr.bech32 import key_of
from kuma_lite.notifications.services.support.nostr.encryption import padded
from tests.checks.peers import listening
from tests.net.websockets import TEXT, accept, from_client, from_server
from tests.notifications.samples import TEST
from tests.support.ports import closed_port

SENDER = "nsec1qvpsxqcrqvpsxqcrqvpsxqcrqvpsxqcrqvpsxqcrqvpsxqcrqvpsrqs5gy"
RECIPIENT = "npub1gcnhnt2245u4z3s5w5d8zzzl9ugwr3a9j0jwqv80kku8y889tv9sg89jj8"


class Relay:
    """Takes events, or says why not."""

    def __init__(self, refusal: str = "", challenge: str = "") -> None:
        self.refusal, self.challenge = refusal, challenge
        self.got: list[list[Any]] = []

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accept(reader, writer)
        self.say(writer, ["NOTICE", "hello"])
        for nonsense in (b"{", b"[" * 60_000, b"1"):
            writer.write(from_server(TEXT, nonsense))
        if self.challenge:
            self.say(writer, ["AUTH", self.challenge])
        while True:
            _, payload = await from_client(reader)
            verb, event = json.loads(payload)
            self.got.append([verb, event])
            if verb == "AUTH":
                self.challenge = ""
            why = "auth-required: log in" if self.challenge else self.refusal
            self.say(writer, ["OK", "0" * 64, False, "of another event"])
            self.say(writer, ["OK", event["id"], not why, why])

    @staticmethod
    def say(writer: asyncio.StreamWriter, message: list[Any]) -> None:
        writer.write(from_server(TEXT, json.dumps(message).encode()))


@pytest.fixture
async def network() -> AsyncIterator[Network]:
    network = Network()
    yield network
    network.close()


async def tell(
    declared: Services, network: Any, *relays: str, message: Message = TEST, **options: str
) -> str:
    config = {
        "type": "nostr",
        "sender": SENDER,
        "recipients": RECIPIENT,
        "relays": "\n".join(relays),
        **options,
    }
    return (await deliver(declared, config, message, Context(network, ""))).shown


async def test_one_relay_is_enough(declared: Services, network: Network) -> None:
    relay, other = Relay(), Relay("blocked: who are you?")
    async with listening(relay.talk) as port, listening(other.talk) as second:
        dead = f"ws://127.0.0.1:{closed_port()}"
        relays = (dead, f"ws://127.0.0.1:{second}", f"ws://127.0.0.1:{port}")
        assert await tell(declared, network, *relays) == "1/3 relays connected."
    [[verb, event]] = relay.got
    assert (verb, event["kind"], event["tags"]) == ("EVENT", 1059, [["p", key_of(RECIPIENT, "npub").hex()]])
    assert TEST.text not in json.dumps(event)


async def test_a_relay_that_wants_a_proof(declared: Services, network: Network) -> None:
    relay = Relay(challenge="c")
    async with listening(relay.talk) as port:
        assert await tell(declared, network, f"ws://127.0.0.1:{port}") == "1/1 relays connected."
    assert [verb for verb, _ in relay.got] == ["EVENT", "AUTH", "EVENT"]
    assert relay.got[1][1]["tags"] == [["relay", f"ws://127.0.0.1:{port}/"], ["challenge", "c"]]


@pytest.mark.parametrize(
    ("refusal", "permanent"), [("blocked: no", True), ("rate-limited: slow", False), ("error: disk", False)]
)
async def test_a_refusal(declared: Services, network: Network, refusal: str, permanent: bool) -> None:
    async with listening(Relay(refusal).talk) as port:
        with pytest.raises(DeliveryFailed, match=f"The relay refused: {refusal}") as failed:
            await tell(declared, network, f"ws://127.0.0.1:{port}")
    assert failed.value.permanent is permanent


async def test_a_relay_that_says_nothing(
    declared: Services, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accept(reader, writer)
        await reader.read()

    monkeypatch.setattr(nostr, "RELAY_S", 0.1)
    async with listening(silent) as port:
        with pytest.raises(DeliveryFailed, match="No answer of the relay within") as failed:
            await tell(declared, network, f"ws://127.0.0.1:{port}")
    assert not failed.value.permanent


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"sender": RECIPIENT}, "The sender's private key cannot be read: it does not begin with nsec1."),
        ({"sender": SENDER[:-1] + "z"}, "cannot be read: it has a wrong letter, or is not complete."),
        ({"sender": SENDER[:20]}, "cannot be read: it has a wrong letter, or is not complete."),
        ({"sender": "nsec1bio"}, "cannot be read: it has a character that no key has."),
        (
            {"recipients": f"{RECIPIENT}\n{SENDER}"},
            "public key cannot be read: it does not begin with npub1.",
        ),
        ({"recipients": " \n"}, "No recipient is given."),
        ({"relays": ""}, "No relay is given."),
        ({"relays": "https://relay.example"}, "begins with ws:// or wss://."),
    ],
)
async def test_what_cannot_work_is_said_without_a_key(
    declared: Services, network: Network, options: dict[str, str], says: str
) -> None:
    with pytest.raises(DeliveryFailed) as failed:
        await tell(declared, network, "ws://127.0.0.1:1", **options)
    assert failed.value.message.endswith(says)
    assert failed.value.permanent
    assert SENDER[5:20] not in failed.value.message


async def test_the_longest_text_can_be_encrypted(declared: Services, network: Network) -> None:
    relay = Relay()
    async with listening(relay.talk) as port:
        for text in ("\x01" * 100_000, "🚀" * 100_000):
            await tell(declared, network, f"ws://127.0.0.1:{port}", message=Message(text))
    assert len(relay.got) == 2


@pytest.mark.parametrize(
    ("size", "whole"),
    [(1, 32), (32, 32), (33, 64), (65, 96), (256, 256), (257, 320), (1000, 1024), (65_535, 65_536)],
)
def test_lengths_are_hidden(size: int, whole: int) -> None:
    assert padded(b"x" * size) == size.to_bytes(2, "big") + b"x" * size + bytes(whole - size)
