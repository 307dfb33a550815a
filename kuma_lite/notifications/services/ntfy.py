"""ntfy: a push message to a topic, https://docs.ntfy.sh/publish/."""

from __future__ import annotations

import base64
from typing import Any, ClassVar, Final

from kuma_lite.core.declarations import (
    Choice,
    DeliveryContext,
    Kind,
    Message,
    NotificationService,
    ShownWhen,
    Status,
)
from kuma_lite.core.options import option
from kuma_lite.notifications.services.support.options import ServiceOptions
from kuma_lite.notifications.services.support.outgoing import SENT, call

DEFAULT_SERVER: Final = "https://ntfy.sh"
USUAL_PRIORITY: Final = 4  # of a DOWN or UP message when none is set
HIGHEST_PRIORITY: Final = 5

_PASSWORD: Final = ShownWhen("ntfyAuthenticationMethod", ("usernamePassword",))
_TEMPLATED: Final = ShownWhen("ntfyUseTemplate", (True,))


class NtfyOptions(ServiceOptions):
    """Which topic of which server."""

    ntfytopic: str = option("", label="ntfy Topic", kind=Kind.TEXT, required=True)
    ntfyserverurl: str = option(
        DEFAULT_SERVER,
        label="Server URL",
        kind=Kind.URL,
        required=True,
        help="Enter the server's address without the topic.",
    )
    ntfyPriority: int | None = option(  # noqa: N815 - a word of the wire
        None,
        label="Priority",
        kind=Kind.NUMBER,
        minimum=1,
        maximum=5,
        step=1,
        required=True,
        form_default=5,
    )
    ntfyPriorityDown: int | None = option(  # noqa: N815
        None,
        label="Priority for DOWN-events",
        kind=Kind.NUMBER,
        minimum=1,
        maximum=5,
        step=1,
        form_default=5,
        help="Without one, DOWN is one step above the other messages.",
    )
    ntfyAuthenticationMethod: str = option(  # noqa: N815
        "",
        label="Authentication Method",
        kind=Kind.SELECT,
        section="authentication",
        form_default="none",
        choices=(
            Choice("none", "None"),
            Choice("usernamePassword", "Username and Password"),
            Choice("accessToken", "Access Token"),
        ),
    )
    ntfyusername: str = option(
        "", label="Username", kind=Kind.TEXT, section="authentication", shown_when=_PASSWORD
    )
    ntfypassword: str = option(
        "",
        label="Password",
        kind=Kind.PASSWORD,
        section="authentication",
        secret=True,
        shown_when=_PASSWORD,
    )
    ntfyaccesstoken: str = option(
        "",
        label="Access Token",
        kind=Kind.PASSWORD,
        section="authentication",
        secret=True,
        shown_when=ShownWhen("ntfyAuthenticationMethod", ("accessToken",)),
    )
    ntfyIcon: str = option("", label="Icon URL", kind=Kind.URL, section="content")  # noqa: N815
    ntfyCall: str = option(  # noqa: N815
        "",
        label="Phone Call",
        kind=Kind.TEXT,
        section="advanced",
        placeholder="yes or +12223334444",
        help="Let the server read the message to a phone number.",
    )
    ntfyUseTemplate: bool = option(  # noqa: N815
        False, label="Customize notification templates", kind=Kind.SWITCH, section="content"
    )
    ntfyCustomTitle: str = option(  # noqa: N815
        "",
        label="Custom Title Template",
        kind=Kind.TEXT,
        section="content",
        placeholder="{{ name }} {{ status }}",
        help="A Liquid template; empty means the usual title.",
        shown_when=_TEMPLATED,
    )
    ntfyCustomMessage: str = option(  # noqa: N815
        "",
        label="Custom Message Template",
        kind=Kind.TEXTAREA,
        section="content",
        placeholder="{{ msg }}",
        help="A Liquid template; empty means the usual message.",
        shown_when=_TEMPLATED,
    )


class Ntfy(NotificationService[NtfyOptions]):
    """A message on an ntfy topic."""

    name = "ntfy"
    label = "Ntfy"
    description = "Publishes to a topic of ntfy.sh or of your own ntfy server."
    groups: ClassVar = ("push",)
    options: ClassVar = NtfyOptions

    async def send(self, options: NtfyOptions, message: Message, context: DeliveryContext) -> str:
        """Publish as JSON: to the root of the server, the topic in the body."""
        payload = _payload(options, message)
        if options.ntfyUseTemplate:
            if options.ntfyCustomTitle.strip():
                payload["title"] = context.render(options.ntfyCustomTitle, message)
            if options.ntfyCustomMessage.strip():
                payload["message"] = context.render(options.ntfyCustomMessage, message)
        headers = _authorization(options)
        if options.ntfyCall:
            headers.append(("X-Call", options.ntfyCall))
        url = options.ntfyserverurl.strip() or DEFAULT_SERVER
        await call(context, "POST", url, json_body=payload, headers=headers)
        return SENT


def _payload(options: NtfyOptions, message: Message) -> dict[str, Any]:
    monitor, heartbeat = message.monitor, message.heartbeat
    if heartbeat is None or monitor is None:
        name = (monitor or {}).get("name") or options.ntfytopic
        general: dict[str, Any] = {
            "topic": options.ntfytopic,
            "title": f"{name} [Uptime-Kuma]",
            "message": message.text,
        }
        if options.ntfyPriority is not None:
            general["priority"] = options.ntfyPriority
        return {**general, "tags": ["test_tube"]}
    up = heartbeat.get("status") == Status.UP
    payload: dict[str, Any] = {
        "topic": options.ntfytopic,
        "title": f"{monitor.get('name')} {'Up' if up else 'Down'} [Uptime-Kuma]",
        "message": heartbeat.get("msg"),
        "priority": _priority(options, up),
        "tags": ["green_circle" if up else "red_circle", *map(_tag, monitor.get("tags") or [])],
    }
    if monitor.get("url") not in (None, "", "https://"):
        payload["actions"] = [
            {"action": "view", "label": f"Open {monitor.get('name')}", "url": monitor["url"]}
        ]
    if options.ntfyIcon:
        payload["icon"] = options.ntfyIcon
    return payload


def _priority(options: NtfyOptions, up: bool) -> int:
    usual = options.ntfyPriority or USUAL_PRIORITY
    if up:
        return usual
    return options.ntfyPriorityDown or min(usual + 1, HIGHEST_PRIORITY)


def _tag(tag: dict[str, Any]) -> str:
    return f"{tag.get('name')}: {tag['value']}" if tag.get("value") else str(tag.get("name"))


def _authorization(options: NtfyOptions) -> list[tuple[str, str]]:
    # Entries from before the select existed have a user name and no method.
    method = options.ntfyAuthenticationMethod or ("usernamePassword" if options.ntfyusername else "none")
    if method == "usernamePassword":
        pair = f"{options.ntfyusername}:{options.ntfypassword}".encode()
        return [("Authorization", f"Basic {base64.b64encode(pair).decode()}")]
    if method == "accessToken":
        return [("Authorization", f"Bearer {options.ntfyaccesstoken.strip()}")]
    return []
