"""Options that kinds have in common: key, words and default stand here, a kind says only what is its own."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BeforeValidator

from kuma_lite.checks._conditions import read_conditions
from kuma_lite.core.declarations import Follows, Kind, ShownWhen
from kuma_lite.core.options import option

MAX_RESPONSE_CHARS: Final = 1_048_576  # what Uptime Kuma 2.5 accepts for a kept body
DEFAULT_RESPONSE_CHARS: Final = 1024
SHARE_OF_INTERVAL: Final = 0.8  # the longest a check may take; as in Uptime Kuma 2.5

# What is stored as a list or its text, as the tree of `_conditions`.
Conditions = Annotated[tuple[Any, ...], BeforeValidator(read_conditions)]


def timeout_option(purpose: str, *, form_default: int) -> Any:
    """Seconds, or 0 for a share of the interval; `purpose` says what has to be done by then."""
    return option(
        0,
        label="Timeout",
        kind=Kind.NUMBER,
        section="advanced",
        unit="s",
        minimum=0,
        form_default=form_default,
        follows=Follows("interval", SHARE_OF_INTERVAL),
        help=f"{purpose} 0 takes 80 % of the interval.",
    )


def ignore_tls_option() -> Any:
    """Whether any certificate will do."""
    return option(
        False,
        alias="ignoreTls",
        label="Ignore TLS errors",
        kind=Kind.SWITCH,
        section="tls",
        help="Accept expired, self-signed and foreign certificates.",
    )


def expiry_notification_option(*, shown_when: ShownWhen | None = None) -> Any:
    """Whether a certificate that ends soon is worth a message."""
    return option(
        True,
        alias="expiryNotification",
        label="Warn before the certificate expires",
        kind=Kind.SWITCH,
        section="tls",
        shown_when=shown_when,
    )


def save_error_response_option(*, when: str) -> Any:
    """Whether what a failed check heard is kept; `when` says which failures have something to keep."""
    return option(
        True,
        alias="saveErrorResponse",
        label="Keep the answer of failed checks",
        kind=Kind.SWITCH,
        section="advanced",
        help=when,
    )


def response_max_length_option() -> Any:
    """How much of an answer is kept."""
    return option(
        DEFAULT_RESPONSE_CHARS,
        alias="responseMaxLength",
        label="Characters kept",
        kind=Kind.NUMBER,
        section="advanced",
        minimum=0,
        maximum=MAX_RESPONSE_CHARS,
        step=1,
    )


def proxy_option() -> Any:
    """Which proxy the requests go through."""
    return option(
        None,
        alias="proxyId",
        label="Proxy",
        kind=Kind.REFERENCE,
        refers_to="proxy",
        section="advanced",
        help="The proxy to ask through; none asks directly.",
    )


def invert_keyword_option(*, shown_when: ShownWhen | None = None) -> Any:
    """Whether the keyword must not be there."""
    return option(
        False,
        alias="invertKeyword",
        label="Must not contain it",
        kind=Kind.SWITCH,
        section="content",
        shown_when=shown_when,
    )
