"""What an API key is to people, and to everything that is made from that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from kuma_lite.api_keys.service import ApiKeys
from kuma_lite.api_keys.store import ApiKey
from kuma_lite.core.access import Actor, Right
from kuma_lite.core.clock import to_ms
from kuma_lite.core.errors import UserError
from kuma_lite.core.iso_time import iso
from kuma_lite.core.records import hiding, replace
from kuma_lite.core.resources import Document, Reference, Resource
from kuma_lite.core.scopes import GROUP, TAG

if TYPE_CHECKING:
    from kuma_lite.core.options import Options


_MOMENT: Final = "2024-01-20T14:22:00Z"
STATE_EXAMPLE: Final = {
    "status": "active",
    "created_at": _MOMENT,
    "expires_at": _MOMENT,
    "last_used_at": _MOMENT,
}


class KeptKey(Struct, frozen=True):
    """A key as it is now."""

    __repr__ = hiding("text")

    key: ApiKey
    status: str  # active, inactive or expired
    ends: float | None = None  # seconds since 1970; None: never
    text: str = ""  # the key itself; only of one that was made just now

    @property
    def id(self) -> int:
        """By what clients know it."""
        return self.key.id

    @property
    def organisation(self) -> int:
        """Whose it is."""
        return self.key.organisation

    def as_wire(self) -> dict[str, Any]:
        """An entry of `apiKeyList`."""
        return self.key.as_wire(self.status)

    def state(self) -> dict[str, Any]:
        """How it is doing, as the API tells it."""
        return {
            "status": self.status,
            "created_at": iso(self.key.created),
            "expires_at": None if self.ends is None else iso(to_ms(self.ends)),
            "last_used_at": iso(self.key.last_used),
        }

    def facts(self) -> dict[str, Any]:
        """What our own page shows beside what was chosen; times in milliseconds since 1970."""
        return {
            "status": self.status,
            "created": self.key.created,
            "ends": None if self.ends is None else to_ms(self.ends),
            "lastUsed": self.key.last_used,
        }


class KeyKeeper:
    """API keys as things that people keep. After it was made a key can only be switched, and removed."""

    def __init__(self, keys: ApiKeys) -> None:
        self._keys = keys

    async def all(self, actor: Actor) -> list[KeptKey]:
        """The keys of an organisation, oldest first."""
        return [self._kept(key) for key in self._keys.of(actor.organisation)]

    async def find(self, _actor: Actor, key_id: Any) -> KeptKey | None:
        """One by its id."""
        key = self._keys.get(key_id)
        return self._kept(key) if key is not None else None

    def document(self, kept: KeptKey) -> Document:
        """What could be chosen."""
        chosen = {"name": kept.key.name, "expires": kept.key.expires, "active": kept.key.active}
        return {**chosen, **kept.key.grant.document()}

    async def create(self, actor: Actor, document: Any) -> KeptKey:
        """A new key, whose `text` is known this once. Raises UserError."""
        text, number = await self._keys.add(actor, document)
        key = self._keys.get(number)
        assert key is not None
        return replace(self._kept(key), text=text)

    async def replace(self, actor: Actor, kept: KeptKey, document: Any) -> KeptKey:
        """Switch it. Raises UserError for anything else."""
        old, sent = self.document(kept), dict(document) if isinstance(document, Mapping) else {}
        active = sent.pop("active", kept.key.active)
        sent["scopes"] = tuple(sorted(sent.get("scopes", old["scopes"]) or ()))
        if {**old, **sent} != old:
            raise UserError("A key can only be switched on or off; make another one instead.")
        await self._keys.switch(actor, kept.id, active=bool(active))
        return await self.find(actor, kept.id) or kept

    async def delete(self, actor: Actor, kept: KeptKey) -> None:
        """Remove it; whoever uses it is refused from now on."""
        await self._keys.delete(actor, kept.id)

    def _kept(self, key: ApiKey) -> KeptKey:
        return KeptKey(key, self._keys.status(key), self._keys.ends(key))


def api_key_resource(keys: ApiKeys) -> Resource[KeptKey]:
    """API keys."""
    return Resource(
        name="api_key",
        plural="api_keys",
        label="API key",
        view=Right.API_KEYS_VIEW,
        edit=Right.API_KEYS_EDIT,
        keeper=KeyKeeper(keys),
        options=_options,
        plain=True,
        facts=KeptKey.facts,
        title=lambda kept: kept.key.name,
        references=(Reference(TAG, "tag"), Reference(GROUP, "monitor")),
    )


def _options(_document: Mapping[str, Any]) -> Sequence[type[Options]]:
    from kuma_lite.api_keys.options import ApiKeyOptions

    return (ApiKeyOptions,)
