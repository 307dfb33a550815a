"""The Socket.IO events of the tunnel (Uptime Kuma 2.5, socket reference §4.8)."""

from __future__ import annotations

from typing import Any, Final, Protocol

from kuma_lite.cloudflared.tunnel import Tunnel, is_installed
from kuma_lite.core.doors import PAGE, SILENCE, Answer, Caller, Doors, Event
from kuma_lite.core.kept_secrets import KEEP
from kuma_lite.core.password_again import PasswordAgain

TOKEN_SETTING: Final = "cloudflaredTunnelToken"  # noqa: S105 - the name of a setting
MAX_TOKEN_CHARS: Final = 10_000  # some hundred in fact; people paste whole command lines


class TunnelSettings(Protocol):
    """What the tunnel needs of the settings."""

    def get(self, key: str, default: Any = None) -> Any:
        """A setting."""

    async def set(self, key: str, value: Any) -> None:
        """Write an internal setting."""


class CloudflaredEvents:
    """The page about the tunnel: who looks at it is told what happens."""

    def __init__(self, settings: TunnelSettings, password: PasswordAgain) -> None:
        self._settings = settings
        self._password = password
        self._lookers: dict[str, Caller] = {}
        self.tunnel = Tunnel(self._tell)

    def doors(self) -> Doors:
        """Every event of this feature."""
        return Doors(
            events=[
                Event("cloudflared_join", self.join, answers=False),
                Event("cloudflared_leave", self.leave, answers=False),
                Event("cloudflared_start", self.start, 1, answers=False),
                Event("cloudflared_stop", self.stop, 1),
                Event("cloudflared_removeToken", self.remove_token, answers=False),
            ]
        )

    async def begin(self, token: str) -> None:
        """At the start of the server: with the token of the configuration, or the one that is stored."""
        if token:
            await self._settings.set(TOKEN_SETTING, token)
        stored = self._settings.get(TOKEN_SETTING)
        if stored:
            await self.tunnel.start(stored)

    async def join(self, caller: Caller) -> Answer:
        """Begin to listen."""
        self._lookers[caller.sid] = caller
        await caller.emit("cloudflared_installed", is_installed())
        await caller.emit("cloudflared_running", self.tunnel.running)
        token = self._settings.get(TOKEN_SETTING)
        await caller.emit("cloudflared_token", KEEP if token and caller.namespace == PAGE else token)

    async def leave(self, caller: Caller) -> Answer:
        """Listen no more."""
        self._lookers.pop(caller.sid, None)

    async def start(self, caller: Caller, token: Any) -> Answer:
        """Store the token, which may come with the command line around it, and start."""
        if token == KEEP:
            token = self._settings.get(TOKEN_SETTING)
        if isinstance(token, str) and token.strip() and len(token) <= MAX_TOKEN_CHARS:
            last_word = token.split()[-1]
            await self._settings.set(TOKEN_SETTING, last_word)
            await self.tunnel.start(last_word)
        else:
            await caller.emit("cloudflared_errorMessage", "The tunnel needs a token.")

    async def stop(self, caller: Caller, password: Any) -> Answer:
        """End the tunnel: the password is asked for, because whoever uses it cuts themselves off."""
        await self._password.check(caller, password)
        await self.tunnel.stop()
        return SILENCE

    async def remove_token(self, caller: Caller) -> Answer:
        """Forget the token."""
        del caller
        await self._settings.set(TOKEN_SETTING, "")

    async def _tell(self, event: str, argument: object) -> None:
        # A connection that is gone is logged out; nobody else says so.
        self._lookers = {sid: caller for sid, caller in self._lookers.items() if caller.actor is not None}
        for caller in list(self._lookers.values()):
            await caller.emit(event, argument)
