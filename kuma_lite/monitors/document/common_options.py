"""The fields that every monitor has, whatever its type, declared like a type's own (see `core.options`)."""

from __future__ import annotations

from typing import Any

from kuma_lite.core.declarations import Kind
from kuma_lite.core.limits import MAX_INTERVAL_S, MIN_INTERVAL_S
from kuma_lite.core.options import Options, option


class CommonOptions(Options):
    """Name, place, rhythm and messages of a monitor."""

    name: str = option("", label="Name", kind=Kind.TEXT, required=True, placeholder="My website")
    parent: int | None = option(
        None,
        label="Group",
        kind=Kind.REFERENCE,
        refers_to="monitor_group",
        section="place",
        help="The group this monitor stands in.",
    )
    description: str = option("", label="Description", kind=Kind.TEXTAREA, section="place")
    interval: int = option(
        20,
        label="Interval",
        kind=Kind.NUMBER,
        section="schedule",
        unit="s",
        minimum=MIN_INTERVAL_S,
        maximum=MAX_INTERVAL_S,
        form_default=60,
        required=True,
        help="Time between two checks.",
    )
    max_retries: int = option(
        0,
        alias="maxretries",
        label="Retries",
        kind=Kind.NUMBER,
        section="schedule",
        minimum=0,
        help="Failed checks shown as pending before the monitor counts as down and messages go out.",
    )
    retry_interval: int = option(
        0,
        alias="retryInterval",
        label="Retry interval",
        kind=Kind.NUMBER,
        section="schedule",
        unit="s",
        minimum=MIN_INTERVAL_S,
        maximum=MAX_INTERVAL_S,
        form_default=60,
        help="Time between checks while the monitor is pending.",
    )
    resend_interval: int = option(
        0,
        alias="resendInterval",
        label="Send again after",
        kind=Kind.NUMBER,
        section="schedule",
        minimum=0,
        unit="checks",
        help="While the monitor stays down, send the message again after this many checks; 0 = never.",
    )
    upside_down: bool = option(
        False,
        alias="upsideDown",
        label="Upside down",
        kind=Kind.SWITCH,
        section="advanced",
        help="Count success as failure: the monitor is down while its target can be reached.",
    )


class DomainOptions(Options):
    """What the form of every type has that points at something under a registered domain."""

    domain_expiry_notification: bool = option(
        False,
        alias="domainExpiryNotification",
        label="Warn before the domain expires",
        kind=Kind.SWITCH,
        section="advanced",
        form_default=True,
        help="Its registry is asked once a day when the registration ends.",
    )


class MonitorOptions(CommonOptions):
    """The same as documents of monitors have them: with what no form of a type shows."""

    type: str = option("", label="Type", kind=Kind.TEXT, required=True)
    active: bool = option(True, label="Active", kind=Kind.SWITCH)
    weight: int = option(2000, label="Weight", kind=Kind.NUMBER, help="Heavier ones stand first.")
    notifications: Any = option([], label="Notifications", kind=Kind.LIST)
    tags: Any = option([], label="Tags", kind=Kind.LIST)
