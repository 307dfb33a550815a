"""Errors, by audience.

`UserError` is a sentence for a person: it becomes `{ok: false, msg}` on the wire, a 4xx over HTTP, one line
on the command line. Everything else that escapes is a bug: logged once with its trace, answered generically.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kuma_lite.core.sentences import filled, translatable

# What routes of our API say with a status, whatever the reason was: callers compare it.
REFUSALS: Final[Mapping[int, str]] = {
    401: "Unauthorized",
    404: "Not Found",
    405: "Method not allowed",
    413: "Payload Too Large",
}
INTERNAL_ERROR = "Something went wrong on the server. The log has the details."


class UserError(Exception):
    """A sentence that the caller may see: `UserError("At most {count} monitors.", count=5)`.

    Args:
        message: the sentence, as a template for the arguments, or a translation key of Uptime Kuma when
            `i18n` is set.
        i18n: the wire carries `msgi18n: true` beside the message; None leaves the key out.
        about: the key on the wire of the field that does not fit; our own API tells it, Uptime Kuma's wire
            does not.
        status: HTTP status when the error leaves through a route.
        extra: further keys of the answer (`meta`, `valid` ...).
        arguments: what belongs into the template, by name.
    """

    def __init__(
        self,
        message: str,
        *,
        i18n: bool | None = None,
        about: str = "",
        status: int = 400,
        extra: dict[str, Any] | None = None,
        **arguments: Any,
    ) -> None:
        self.template = message
        self.arguments = arguments
        self.message = filled(message, arguments)
        super().__init__(self.message)
        self.i18n = i18n
        self.about = about
        self.status = status
        self.extra = extra or {}

    def as_answer(self) -> dict[str, Any]:
        """The answer object of Uptime Kuma's wire: `{ok: false, msg[, msgi18n], ...}`."""
        answer: dict[str, Any] = {"ok": False, "msg": self.message, **self.extra}
        if self.i18n is not None:
            answer["msgi18n"] = self.i18n
        return answer

    def translatable(self) -> dict[str, Any]:
        """What our own page looks up to say it in another language (docs/page-protocol.md)."""
        return translatable(self.template, self.arguments)


class NotLoggedIn(UserError):
    """The caller needs a session for this door."""

    def __init__(self) -> None:
        super().__init__("You are not logged in.", status=401)


class StorageTrouble(UserError):
    """Nothing can be stored at the moment; what was asked for has not happened."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, status=503)


class StartupError(Exception):
    """The process cannot start or go on; the sentence is printed and the exit status is `code`."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
