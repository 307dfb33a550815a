"""What a type has to say of a document before it is kept."""

from __future__ import annotations

import secrets
import string
from typing import TYPE_CHECKING, Final

from kuma_lite.core.declarations import AnyMonitorType
from kuma_lite.core.errors import UserError
from kuma_lite.core.registry import Registry
from kuma_lite.monitors.document.fields import Document
from kuma_lite.monitors.document.reading import with_type
from kuma_lite.monitors.engine.limits import check_limits
from kuma_lite.monitors.engine.roster import Monitor, Roster

if TYPE_CHECKING:
    from kuma_lite.core.options import Options

PUSH_TOKEN_CHARS: Final = string.ascii_letters + string.digits
PUSH_TOKEN_LENGTH: Final = 32  # as Uptime Kuma's form makes them


def prepare(
    types: Registry[AnyMonitorType], roster: Roster, document: Document, old: Monitor | None = None
) -> None:
    """Let the type refuse or round what it declares; a push monitor gets a token that is its own."""
    kind = types.get(with_type(document)["type"])
    if kind is not None:
        options = _read(kind, document)
        if options is not None:
            document.update(kind.validate(options, document))
        _begin_anew(kind, options, document, old)
        check_limits(document.get("limits"), kind.numbers)
    token = document.get("pushToken")
    if kind is not None and kind.pushed and not token:
        document["pushToken"] = "".join(secrets.choice(PUSH_TOKEN_CHARS) for _ in range(PUSH_TOKEN_LENGTH))
    elif token:
        holder = roster.by_push_token(token)
        if holder is not None and (old is None or holder.id != old.id):
            raise UserError("Another monitor uses this push token already.", about="pushToken")


def learned_fields(kind: AnyMonitorType | None) -> list[str]:
    """The fields that checks of a type fill in, and people may change."""
    words = kind.options.words() if kind is not None else {}
    return [field for field, (_, said) in words.items() if said.learned]


def _begin_anew(
    kind: AnyMonitorType, options: Options | None, document: Document, old: Monitor | None
) -> None:
    """What was learned of one target says nothing of another."""
    fields = learned_fields(kind)
    if not fields:
        return
    before = old.options if old is not None and old.kind is kind else None
    if options is not None and before is not None and kind.target(options) == kind.target(before):
        return
    for field in fields:
        if old is None or document.get(field) == old.document.get(field):
            document.pop(field, None)


def _read(kind: AnyMonitorType, document: Document) -> Options | None:
    """The typed view; None where the document does not fit (its beats will say why)."""
    try:
        options: Options = kind.options.read(document)
        return options
    except UserError:
        return None
