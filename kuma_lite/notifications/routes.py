"""HTTP routes about notifications: what can be declared (docs/page-protocol.md)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

from litestar import get

from kuma_lite.core.declarations import describe_options
from kuma_lite.core.doors import Access
from kuma_lite.notifications.delivery import Services


class FieldChoice(TypedDict):
    """One entry of a select."""

    value: str | int | bool | None
    label: str


class FieldCondition(TypedDict):
    """A field is shown while another one has one of these values."""

    option: str
    values: list[Any]


class Field(TypedDict):
    """One input of a form."""

    name: str
    label: str
    kind: str
    section: str
    default: Any
    help: NotRequired[str]
    placeholder: NotRequired[str]
    required: NotRequired[bool]
    secret: NotRequired[bool]
    unit: NotRequired[str]
    minimum: NotRequired[float]
    maximum: NotRequired[float]
    step: NotRequired[float]
    choices: NotRequired[list[FieldChoice]]
    shownWhen: NotRequired[FieldCondition]


class DescribedService(TypedDict):
    """One notification service and the fields of its form."""

    name: str
    label: str
    description: str
    groups: list[str]
    fields: list[Field]


class ServiceList(TypedDict):
    """All notification services, by label."""

    services: list[DescribedService]


def describe(services: Services) -> ServiceList:
    """Every service with the fields of its form."""
    described: list[DescribedService] = [
        {
            "name": service.name,
            "label": service.label,
            "description": service.description,
            "groups": list(service.groups),
            "fields": describe_options(service.options),  # type: ignore[typeddict-item]
        }
        for service in sorted(services, key=lambda service: service.label.lower())
    ]
    return {"services": described}


def notification_routes(services: Services) -> Sequence[Any]:
    """The routes of this feature."""
    described = describe(services)

    @get(
        "/api/v1/notification-services",
        opt={"access": Access.USER},
        sync_to_thread=False,
        tags=["Declarations"],
    )
    def notification_services() -> ServiceList:
        """List the notification services with the fields of their forms."""
        return described

    return [notification_services]
