"""What comes back: the report of a mail server that somebody's mailbox is not there (RFC 3464). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from email.message import Message

MOST_ADDRESSES: Final = 100  # of one report; one is about one mail
_STATUS: Final = "message/delivery-status"


def refused_by(report: str) -> list[str]:
    """The addresses that will never take a mail, of a report as it came; what passes is no reason."""
    from email import message_from_string  # with what servers of others never need
    from email.errors import MessageError

    try:
        parts = [part for part in message_from_string(report).walk() if part.get_content_type() == _STATUS]
    except (MessageError, ValueError, LookupError):
        return []
    found: list[str] = []
    for part in parts:
        # The first block is about the report, each other one about a receiver.
        blocks = part.get_payload()
        if isinstance(blocks, list):
            found += [address for block in blocks[1:] for address in _refused(cast("Message", block))]
    return found[:MOST_ADDRESSES]


def _refused(block: Message) -> list[str]:
    """Its receiver, as it was addressed and as it was rewritten on the way."""
    action, status = str(block.get("action") or ""), str(block.get("status") or "")
    if action.strip().lower() != "failed" or not status.strip().startswith("5"):
        return []
    fields = [str(block.get(name) or "") for name in ("original-recipient", "final-recipient")]
    return [field.partition(";")[2].strip().strip("<>") for field in fields if ";" in field]
