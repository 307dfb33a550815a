"""HTTP routes about notifications: what can be declared (docs/page-protocol.md)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from litestar import Request, get, post
from msgspec import UNSET, Struct, UnsetType, convert

from kuma_lite.core.access import Right
from kuma_lite.core.declarations import NotificationService
from kuma_lite.core.doors import Access, door
from kuma_lite.notifications.delivery import Services
from kuma_lite.notifications.preview import Previews
from kuma_lite.rest.operation import documented
from kuma_lite.rest.requests import actor_of, json_object, route_for
from kuma_lite.rest.shapes import by_name, nullable


class FieldChoice(Struct):
    """One entry of a select."""

    value: str | int | bool | None
    label: str


class FieldCondition(Struct):
    """A field is shown while another one has one of these values."""

    option: str
    values: list[Any]


class Field(Struct):
    """One input of a form."""

    name: str
    label: str
    kind: str
    section: str
    default: Any
    help: str | UnsetType = UNSET
    placeholder: str | UnsetType = UNSET
    required: bool | UnsetType = UNSET
    secret: bool | UnsetType = UNSET
    unit: str | UnsetType = UNSET
    minimum: float | UnsetType = UNSET
    maximum: float | UnsetType = UNSET
    step: float | UnsetType = UNSET
    template: bool | UnsetType = UNSET
    choices: list[FieldChoice] | UnsetType = UNSET
    shownWhen: FieldCondition | UnsetType = UNSET  # noqa: N815 - a word of the wire
    refersTo: str | UnsetType = UNSET  # noqa: N815


class DescribedService(Struct):
    """One notification service and the fields of its form."""

    name: str
    label: str
    description: str
    groups: list[str]
    fields: list[Field]
    documentation: str | UnsetType = UNSET  # address of the service's own
    missing: str | UnsetType = UNSET  # what is not installed here, as a sentence


class ServiceList(Struct):
    """All notification services, by label."""

    services: list[DescribedService]


def describe(services: Services) -> ServiceList:
    """Every service with the fields of its form. It imports them all, which takes a thread."""
    return ServiceList(
        [_described(service) for service in sorted(services, key=lambda service: service.label.lower())]
    )


_EXAMPLE: Final = {
    "notification": {
        "type": "gotify",
        "messageStyle": "template",
        "messageTemplate": "{{ name }}: {{ reason }}",
    },
    "monitor": nullable(1, shown=False),
}
_PREVIEW: Final = {
    "down": nullable("Shop: Request failed with status code 503"),
    "up": nullable("Shop: 200 - OK"),
    "test": nullable("My Alert Testing"),
    "error": nullable(
        {
            "msg": "The template cannot be used: 'if' is not closed (line 1, column 1).",
            "line": nullable(1),
            "column": nullable(1),
        }
    ),
}


def _described(service: NotificationService[Any]) -> DescribedService:
    return DescribedService(
        service.name,
        service.label,
        service.description,
        list(service.groups),
        _fields(service),
        service.documentation or UNSET,
        service.missing() or UNSET,  # may have been installed since it was last asked
    )


@cache
def _fields(service: NotificationService[Any]) -> list[Field]:
    return convert(service.options.describe(), list[Field])


def notification_routes(services: Services, shown: Previews) -> Sequence[Any]:
    """The routes of this feature."""

    @get(
        "/api/v1/notification-services",
        opt=door(Access.USER, Right.NOTIFICATIONS_VIEW),
        sync_to_thread=True,
        tags=["Declarations"],
    )
    def notification_services() -> ServiceList:
        """List the notification services with the fields of their forms."""
        return describe(services)

    @post(
        "/api/v1/notifications/preview",
        **route_for(Right.NOTIFICATIONS_EDIT),
        status_code=200,
        summary="Preview the texts of a notification without saving it",
        tags=["Notifications"],
        operation_class=documented({"previews": by_name({"messageTemplate": _PREVIEW})}, request=_EXAMPLE),
    )
    async def preview_notification(request: Request[Any, Any, Any]) -> dict[str, Any]:
        """Render the templates of a form for a monitor that goes down, one that is up again, and a test.

        The answer has an entry for each template that is shown and filled, and one for `messageStyle` where
        that is `detailed`. `monitor`: the id of the monitor to be told of; null for an example.
        """
        body = await json_object(request)
        found = await shown.of(actor_of(request), body.get("notification"), body.get("monitor"))
        return {"previews": found}

    return [notification_services, preview_notification]
