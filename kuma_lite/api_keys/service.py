"""What can be done with API keys."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Mapping
from functools import partial
from typing import Any, Final, Protocol

from kuma_lite.api_keys import store
from kuma_lite.api_keys.rules import expiry, new_secret, read_key, write_key
from kuma_lite.api_keys.store import ApiKey
from kuma_lite.core import wire_values
from kuma_lite.core.access import Actor, Right, may
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.errors import UserError
from kuma_lite.core.scopes import Limits, NoLimits, Scope, asked, granted
from kuma_lite.core.transactions import Transactions

ENABLED_SETTING: Final = "apiKeysEnabled"  # the metrics want a key; set with the first one
_COST: Final = 10  # of Uptime Kuma; 2^10 rounds
USED_MS: Final = 60_000  # "last used" is written at most this often
_METRICS: Final = frozenset({Scope.READ, Scope.WRITE})  # one of them opens the metrics


class KeySettings(Protocol):
    """What keys need of the settings."""

    def timezone(self) -> str:
        """IANA name of the server's zone."""

    async def set(self, key: str, value: Any) -> None:
        """Write an internal setting."""


class People(Protocol):
    """Who makes keys."""

    async def actor(self, user_id: int) -> Actor | None:
        """A user; None: there is none any more."""


class ApiKeys:
    """The keys of all organisations: few, and all in memory.

    A key with scopes opens the REST API as far as they say; one without, as all were once, the metrics alone.
    """

    limits: Limits = NoLimits()  # who knows tags and groups; they come later

    def __init__(self, database: Transactions, settings: KeySettings, clock: Clock) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._keys: dict[int, ApiKey] = {}
        # Digest of the secret that matched a key's hash: bcrypt takes 50 ms on purpose, scrapes come often.
        self._proven: dict[int, bytes] = {}

    async def load(self) -> None:
        """Read all of them."""
        self._keys = {key.id: key for key in await self._database.read(store.read_all)}

    def wire(self, organisation: int) -> list[dict[str, Any]]:
        """`apiKeyList` of an organisation."""
        return [key.as_wire(self.status(key)) for key in self.of(organisation)]

    def of(self, organisation: int) -> list[ApiKey]:
        """The keys of an organisation, oldest first."""
        return [key for key in self._keys.values() if key.organisation == organisation]

    def get(self, key_id: Any) -> ApiKey | None:
        """One by its id."""
        return self._keys.get(wire_values.whole(key_id) or 0)

    async def add(self, actor: Actor, payload: Any) -> tuple[str, int]:
        """A new key: as it is shown this once, and its id. Raises UserError."""
        if not isinstance(payload, Mapping):
            raise UserError("The key must be an object.")
        name = wire_values.short_text(payload.get("name"), "The name of a key", about="name")
        expires = payload.get("expires") or None
        if name is None:
            raise UserError("The key needs a name.", about="name")
        if expires is not None and expiry(expires, self._settings.timezone()) is None:
            raise UserError("The expiry date must be written as 2030-12-31 23:59:59.", about="expires")
        grant = await asked(payload, actor, self.limits)
        secret = new_secret()
        hashed = await asyncio.to_thread(_hash, secret)
        active = wire_values.flag(payload.get("active"))
        now = to_ms(self._clock.now())
        digest = _digest(secret).hex()
        key = ApiKey(
            0, actor.organisation, actor.author, hashed, name, now, active, expires, digest, None, grant
        )
        key_id = await self._database.write(lambda db: store.insert(db, key))
        self._keys[key_id] = key._replace(id=key_id)
        await self._settings.set(ENABLED_SETTING, True)
        return write_key(key_id, secret), key_id

    async def switch(self, actor: Actor, key_id: Any, *, active: bool) -> None:
        """Switch a key on or off; an unknown one is none of the actor's and no error."""
        key = self._owned(actor, key_id)
        if key is not None:
            await self._database.write(lambda db: store.switch(db, key.id, active))
            self._keys[key.id] = key._replace(active=active)

    async def delete(self, actor: Actor, key_id: Any) -> None:
        """Remove a key; an unknown one is gone already."""
        key = self._owned(actor, key_id)
        if key is not None:
            await self._database.write(lambda db: store.delete(db, key.id))
            self._keys.pop(key.id, None)
            self._proven.pop(key.id, None)

    def is_proven(self, text: str) -> bool:
        """Whether a key is good, as far as that can be said at once: it has been `verify`-ed before."""
        given = read_key(text)
        proven = self._proven.get(given.id) if given else None
        if given is None or proven is None or not hmac.compare_digest(proven, _digest(given.secret)):
            return False
        return self._opens_metrics(given.id)

    async def verify(self, text: str) -> bool:
        """Whether a key opens the metrics: known, active, not expired, for reading all there is."""
        if self.is_proven(text):
            return True
        given = read_key(text)
        if given is None or not self._is_good(given.id):
            return False
        if not await asyncio.to_thread(_matches, given.secret, self._keys[given.id].hash):
            return False
        if given.id in self._keys:  # it may have been deleted meanwhile
            self._proven[given.id] = _digest(given.secret)
        return self._opens_metrics(given.id)

    async def identify(self, text: str, people: People) -> Actor | None:
        """Whom a key lets into the REST API, and how far; None: nobody."""
        given = read_key(text)
        key = self._keys.get(given.id) if given else None
        if given is None or key is None or key.digest is None or key.grant.scopes is None:
            return None
        if not hmac.compare_digest(key.digest, _digest(given.secret).hex()) or not self._use(key.id):
            return None
        person = await people.actor(key.user_id)
        return granted(person, key.grant, self.limits) if person else None

    def ends(self, key: ApiKey) -> float | None:
        """When a key expires, in seconds since 1970; None: never."""
        return expiry(key.expires, self._settings.timezone())

    def _use(self, key_id: int) -> bool:
        if not self._is_good(key_id):
            return False
        key, now = self._keys[key_id], to_ms(self._clock.now())
        if key.last_used is None or now - key.last_used >= USED_MS:
            self._keys[key_id] = key._replace(last_used=now)
            self._database.defer(partial(store.note_use, key_id=key_id, now=now))
        return True

    def _opens_metrics(self, key_id: int) -> bool:
        key = self._keys.get(key_id)
        if key is None or key.grant.limit is not None:
            return False
        return (key.grant.scopes is None or bool(key.grant.scopes & _METRICS)) and self._use(key_id)

    def _is_good(self, key_id: int) -> bool:
        key = self._keys.get(key_id)
        return key is not None and self.status(key) == "active"

    def status(self, key: ApiKey) -> str:
        """`active`, `inactive` or `expired`, which is stronger."""
        ends = self.ends(key)
        if ends is not None and ends <= self._clock.now():
            return "expired"
        return "active" if key.active else "inactive"

    def _owned(self, actor: Actor, key_id: Any) -> ApiKey | None:
        key = self.get(key_id)
        return key if key is not None and may(actor, Right.API_KEYS_EDIT, key) else None


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _hash(secret: str) -> str:
    import bcrypt

    return bcrypt.hashpw(secret.encode(), bcrypt.gensalt(_COST)).decode()


def _matches(secret: str, stored: str) -> bool:
    import bcrypt

    try:
        return bcrypt.checkpw(secret.encode("utf-8", "surrogatepass"), stored.encode())
    except ValueError:  # longer than bcrypt reads, or the stored text is no hash
        return False
