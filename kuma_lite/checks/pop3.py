"""POP3: a server greets, and on request lets somebody in (RFC 1939). Not a type of Uptime Kuma's."""

from __future__ import annotations

from kuma_lite.checks._channel import Channel
from kuma_lite.checks._mailbox import SECURE, MailboxMonitor, read_line, shown
from kuma_lite.core.declarations import CheckFailed, Notation
from kuma_lite.core.notations import USER_PARTS


class Pop3Monitor(MailboxMonitor):
    """Logs in with USER and PASS and out with QUIT; no message is touched."""

    name = "pop3"
    label = "POP3"
    description = "Reads the greeting of a POP3 server, and on request logs in."
    ports = {False: 110, True: 995}  # noqa: RUF012 - a constant of the class
    notations = (
        Notation("pop3", ports=(110,), parts=USER_PARTS),
        Notation("pop3s", ports=(995,), parts=USER_PARTS, sets={"smtpSecurity": SECURE}),
    )

    async def greeting(self, channel: Channel) -> str:
        """`+OK`."""
        problem, text = await _answer(channel)
        if problem is not None:
            raise CheckFailed(problem)
        return text

    async def ask_for_tls(self, channel: Channel) -> None:
        """STLS (RFC 2595)."""
        problem, _ = await _ask(channel, "STLS")
        if problem is not None:
            raise CheckFailed(f"STARTTLS failed: {problem}")

    async def log_in(self, channel: Channel, user: str, password: str) -> None:
        """USER, PASS."""
        for command in (f"USER {user}", f"PASS {password}"):
            problem, _ = await _ask(channel, command)
            if problem is not None:
                raise CheckFailed(f"Log-in failed: {problem}")

    def leave(self, channel: Channel) -> None:
        """QUIT."""
        channel.write(b"QUIT\r\n")


async def _ask(channel: Channel, command: str) -> tuple[str | None, str]:
    channel.write(command.encode("utf-8", "replace") + b"\r\n")
    return await _answer(channel)


async def _answer(channel: Channel) -> tuple[str | None, str]:
    """The server's words where it refuses, and all of the line."""
    line = await read_line(channel)
    if line.upper().startswith("+OK"):
        return None, shown(line)
    if line.upper().startswith("-ERR"):
        return shown(line), ""
    raise CheckFailed("Unexpected answer: no POP3 server is listening there")
