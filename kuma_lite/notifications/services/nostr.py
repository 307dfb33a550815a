"""Nostr: a private message through relays."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kuma_lite.core.clock import SystemClock
from kuma_lite.core.declarations import DeliveryContext, DeliveryFailed, Message, NotificationService
from kuma_lite.core.json_text import compact_json
from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.websocket import WebSocket, open_websocket, read_address
from kuma_lite.notifications.services import kit
from kuma_lite.notifications.services.support.nostr.bech32 import key_of

if TYPE_CHECKING:
    from kuma_lite.net.network import Network
    from kuma_lite.notifications.services.support.nostr.events import Event
    from kuma_lite.notifications.services.support.nostr.keys import SecretKey

RELAY_S = 12.0  # for everything with one relay; all are told at the same time
MAX_BYTES = 6_500  # of a text: written as JSON and encrypted twice, it must stay below the 65,535 of NIP-44
PASSING = ("rate-limited", "error")  # begin a refusal after which a relay may take the same event later


class NostrOptions(kit.ServiceOptions):
    """Who writes to whom, and through which relays."""

    relays: str = kit.area(
        "Nostr relays", "relays", required=True, placeholder="wss://127.0.0.1:7777/", help="One per line."
    )
    sender: str = kit.secret(
        "Sender Private Key (nsec)",
        "sender",
        required=True,
        help="Better one that is used for nothing else.",
    )
    recipients: str = kit.area(
        "Recipients Public Keys (npub)",
        "recipients",
        required=True,
        placeholder="npub123...\nnpub789...",
        help="One per line.",
    )


class Nostr(NotificationService[NostrOptions]):
    """An encrypted message to people on Nostr."""

    name, label, groups = "nostr", "Nostr", ("chat",)
    documentation = "https://github.com/nostr-protocol/nips/blob/master/17.md"
    description = "Sends an encrypted private message to people on Nostr."

    async def send(self, options: NostrOptions, message: Message, context: DeliveryContext) -> str:
        """Tell all relays; it is sent when one has taken the messages of all recipients."""
        relays = options.relays.split()
        text, now = kit.limited(message.text, MAX_BYTES, kit.Unit.BYTES), SystemClock().now()
        sender, events = await asyncio.to_thread(_written, options, text, now)  # the first imports much
        told = (_tell(kit.network_of(context), relay, events, sender) for relay in relays)
        failures = [failure for failure in await asyncio.gather(*told) if failure is not None]
        if len(failures) == len(relays):
            hopeless = all(failure.permanent for failure in failures)
            raise DeliveryFailed(failures[0].message, permanent=hopeless)
        return f"{len(relays) - len(failures)}/{len(relays)} relays connected."


def _written(o: NostrOptions, text: str, now: float) -> tuple[SecretKey, list[Event]]:
    """The sender, and a message for each recipient. Raises DeliveryFailed, which repeats no key: people mix
    them up.
    """
    from kuma_lite.notifications.services.support.nostr.events import private_message
    from kuma_lite.notifications.services.support.nostr.keys import SecretKey

    recipients = o.recipients.split()
    try:
        sender = SecretKey(key_of(o.sender, "nsec"))
    except ValueError as error:
        raise DeliveryFailed(
            "The sender's private key cannot be read: {problem}.", permanent=True, problem=error
        ) from None
    try:
        return sender, [private_message(text, sender, key_of(line, "npub"), now) for line in recipients]
    except ValueError as error:
        raise DeliveryFailed(
            "A recipient's public key cannot be read: {problem}.", permanent=True, problem=error
        ) from None


async def _tell(
    network: Network, relay: str, events: Sequence[Event], sender: SecretKey
) -> DeliveryFailed | None:
    """Publish the events; why that failed, if it did."""
    try:
        async with asyncio.timeout(RELAY_S), open_websocket(network, relay, timeout=RELAY_S) as socket:
            connection = _Relay(socket, relay)
            for event in events:
                await connection.publish(event, sender)
    except DeliveryFailed as failure:
        return failure
    except TimeoutError:
        return DeliveryFailed("No answer of the relay within {seconds} seconds.", seconds=f"{RELAY_S:g}")
    except NetworkError as error:
        return DeliveryFailed(error.message, permanent=error.kind is ErrorKind.URL)
    return None


class _Relay:
    """One connection with a relay."""

    def __init__(self, socket: WebSocket, address: str) -> None:
        self._socket = socket
        self._address = address
        self._challenge = ""

    async def publish(self, event: Event, sender: SecretKey) -> None:
        """Raises DeliveryFailed when the relay does not take it, NetworkError."""
        refusal = await self._offer("EVENT", event)
        if refusal and self._challenge:
            refusal = await self._authenticate(sender) or await self._offer("EVENT", event)
        if refusal:
            raise DeliveryFailed(
                "The relay refused: {answer}", permanent=not refusal.startswith(PASSING), answer=refusal
            )

    async def _authenticate(self, sender: SecretKey) -> str:
        from kuma_lite.notifications.services.support.nostr.events import authentication

        url = read_address(self._address)
        shown = f"{'wss' if url.scheme == 'https' else 'ws'}://{url.host_header}{url.target}"
        challenge, self._challenge = self._challenge, ""  # proven once, it is not asked for again
        return await self._offer("AUTH", authentication(shown, challenge, sender, SystemClock().now()))

    async def _offer(self, verb: str, event: Event) -> str:
        """Why the relay refuses; "" when it has taken the event."""
        self._socket.send(compact_json([verb, event]))
        while True:
            match _parsed(await self._socket.receive()):
                case ["AUTH", str(challenge)]:
                    self._challenge = challenge
                case ["OK", id, taken, *why] if id == event["id"]:
                    reason = str(why[0]) if why else ""
                    return "" if taken is True else reason or "no reason given"


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
