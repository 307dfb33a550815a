"""What a certificate authority refuses, and what keeps us from asking it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kuma_lite.core.errors import UserError

_URN: Final = "urn:ietf:params:acme:error:"
_MOST_CHARS: Final = 400  # of what an authority says

BAD_NONCE: Final = "badNonce"
RATE_LIMITED: Final = "rateLimited"
NO_ACCOUNT: Final = "accountDoesNotExist"
ALREADY_REPLACED: Final = "alreadyReplaced"
UNREACHABLE: Final = "unreachable"  # ours: there was no answer that could be understood


class AcmeError(UserError):
    """It did not work; the text is one sentence for people.

    Attributes:
        kind: the last part of the problem's URN, or one of ours.
        names: name → why it was refused, where the authority says it of single ones.
        retry_after: seconds that the authority wants to be left alone; None: it does not say.
    """

    def __init__(
        self,
        text: str,
        *,
        kind: str = "",
        names: Mapping[str, str] | None = None,
        retry_after: float | None = None,
        **arguments: Any,
    ) -> None:
        super().__init__(text, **arguments)
        self.kind = kind
        self.names = dict(names or {})
        self.retry_after = retry_after


def problem_of(document: Any, status: int, retry_after: float | None = None) -> AcmeError:
    """A problem document (RFC 7807) as an error; whatever it is that came with that status."""
    problem = document if isinstance(document, dict) else {}
    names: dict[str, str] = {}
    listed = problem.get("subproblems")
    for each in listed if isinstance(listed, list) else []:
        identifier = each.get("identifier") if isinstance(each, dict) else None
        if isinstance(identifier, dict) and isinstance(identifier.get("value"), str):
            names[identifier["value"].lower()] = said(each)
    kind = str(problem.get("type", "")).removeprefix(_URN)
    detail = said(problem) or f"HTTP {status}"
    if kind == RATE_LIMITED:
        text = "The certificate authority has had too many questions ({detail})."
        return AcmeError(text, kind=kind, names=names, retry_after=retry_after, detail=detail)
    text = "The certificate authority refuses ({detail})."
    return AcmeError(text, kind=kind, names=names, retry_after=retry_after, detail=detail)


def said(problem: Any) -> str:
    """The detail of a problem, in one line and cut."""
    detail = problem.get("detail") if isinstance(problem, dict) else None
    return " ".join(detail.split())[:_MOST_CHARS] if isinstance(detail, str) else ""
