"""IMAP: a server greets, and on request lets somebody in (RFC 9051). Not a type of Uptime Kuma's."""

from __future__ import annotations

from typing import Final

from kuma_lite.checks._channel import Channel
from kuma_lite.checks._mailbox import SECURE, MailboxMonitor, read_line, shown
from kuma_lite.core.declarations import CheckFailed, Notation
from kuma_lite.core.notations import USER_PARTS

_MAX_LINES: Final = 100  # untagged ones before an answer


class ImapMonitor(MailboxMonitor):
    """Logs in with LOGIN and out with LOGOUT; no mailbox is opened."""

    name = "imap"
    label = "IMAP"
    description = "Reads the greeting of an IMAP server, and on request logs in."
    ports = {False: 143, True: 993}  # noqa: RUF012 - a constant of the class
    notations = (
        Notation("imap", ports=(143,), parts=USER_PARTS),
        Notation("imaps", ports=(993,), parts=USER_PARTS, sets={"smtpSecurity": SECURE}),
    )

    async def greeting(self, channel: Channel) -> str:
        """`* OK`, or `* PREAUTH` from servers that know us already."""
        line = await read_line(channel)
        if not line.upper().startswith(("* OK", "* PREAUTH")):
            if line.upper().startswith("* BYE"):
                raise CheckFailed(shown(line.removeprefix("* ")))
            raise CheckFailed("Unexpected answer: no IMAP server is listening there")
        return shown(line.removeprefix("* "))

    async def ask_for_tls(self, channel: Channel) -> None:
        """STARTTLS."""
        channel.write(b"a1 STARTTLS\r\n")
        problem = await _answer(channel, "a1")
        if problem is not None:
            raise CheckFailed(f"STARTTLS failed: {problem}")

    async def log_in(self, channel: Channel, user: str, password: str) -> None:
        """LOGIN; texts beyond ASCII as literals, for which the server is waited for (§4.3)."""
        channel.write(b"a2 LOGIN")
        for text in (user, password):
            data = text.encode("utf-8", "replace")
            if text.isascii():
                channel.write(b' "' + data.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"')
                continue
            channel.write(b" {%d}\r\n" % len(data))
            line = await _tagged_or_more(channel, "a2")
            if not line.startswith("+"):
                raise CheckFailed(f"Log-in failed: {shown(line.removeprefix('a2 '))}")
            channel.write(data)
        channel.write(b"\r\n")
        problem = await _answer(channel, "a2")
        if problem is not None:
            raise CheckFailed(f"Log-in failed: {problem}")

    def leave(self, channel: Channel) -> None:
        """LOGOUT."""
        channel.write(b"a3 LOGOUT\r\n")


async def _answer(channel: Channel, tag: str) -> str | None:
    """The server's words where it refuses; None where it does as asked."""
    line = (await _tagged_or_more(channel, tag)).removeprefix(f"{tag} ")
    return None if line.upper().startswith("OK") else shown(line)


async def _tagged_or_more(channel: Channel, tag: str) -> str:
    """The next line that is an answer, or that asks for more; untagged ones are passed over."""
    for _ in range(_MAX_LINES):
        line = await read_line(channel)
        if line.startswith((f"{tag} ", "+")):
            return line
        if not line.startswith("*"):
            break
    raise CheckFailed("Unexpected answer: no IMAP server is listening there")
