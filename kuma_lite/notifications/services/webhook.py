"""Webhook: the whole message to an address of one's own, in a shape that much other software reads."""

from __future__ import annotations

import json
import secrets
from typing import Any, ClassVar, Final
from urllib.parse import urlencode, urlsplit

from kuma_lite.core.declarations import Choice, DeliveryContext, Kind, Message, NotificationService, ShownWhen
from kuma_lite.core.json_text import compact_json
from kuma_lite.core.options import option
from kuma_lite.notifications.services.support.options import ServiceOptions, additional_headers
from kuma_lite.notifications.services.support.outgoing import SENT, call
from kuma_lite.notifications.services.support.texts import escape_json, map_texts

FORM_TYPE: Final = "application/x-www-form-urlencoded"  # what a custom body is called unless a header says it
# A gateway answers 404 for a receiver that is being restarted; the message is worth another attempt.
RESTARTING: Final = frozenset({404})

_POST: Final = ShownWhen("httpMethod", ("post",))


class WebhookOptions(ServiceOptions):
    """Where to, and in which shape."""

    webhookURL: str = option(  # noqa: N815 - a word of the wire
        "",
        label="Post URL",
        kind=Kind.URL,
        required=True,
        secret=True,
        placeholder="https://example.com/hook",
        help="The address that gets the message.",
    )
    httpMethod: str = option(  # noqa: N815
        "post",
        label="HTTP Method",
        kind=Kind.SELECT,
        choices=(Choice("post", "POST"), Choice("get", "GET")),
        help="GET carries the message in the query, for example to chain push monitors.",
    )
    webhookContentType: str = option(  # noqa: N815
        "",
        label="Request Body",
        kind=Kind.SELECT,
        required=True,
        form_default="json",
        choices=(
            Choice("json", "Preset - application/json"),
            Choice("form-data", "Preset - multipart/form-data"),
            Choice("custom", "Custom Body"),
        ),
        help="The presets carry the texts heartbeat, monitor and msg.",
        shown_when=_POST,
    )
    webhookCustomBody: str = option(  # noqa: N815
        "",
        label="Custom body",
        kind=Kind.TEXTAREA,
        required=True,
        section="content",
        placeholder='{"title": "{{ name }}", "text": {{ msg | json }}}',
        help="A Liquid template. Texts inside a JSON body are escaped where that is needed.",
        shown_when=ShownWhen("webhookContentType", ("custom",)),
    )
    webhookAdditionalHeaders: str = option(  # noqa: N815
        "",
        label="Additional Headers",
        kind=Kind.JSON,
        section="advanced",
        secret=True,
        placeholder='{"Authorization": "Bearer ..."}',
        help="A JSON object. These win over the headers that are sent anyway.",
    )


class Webhook(NotificationService[WebhookOptions]):
    """An HTTP request with the message."""

    name = "webhook"
    label = "Webhook"
    description = "Sends the message to an address of your own."
    groups: ClassVar = ("universal",)
    options: ClassVar = WebhookOptions

    async def send(self, options: WebhookOptions, message: Message, context: DeliveryContext) -> str:
        """Make the request; any 2xx will do."""
        headers = additional_headers(options.webhookAdditionalHeaders)
        if options.httpMethod.lower() == "get":
            url = _with_query(options.webhookURL, message)
            await call(context, "GET", url, headers=headers, also_passing=RESTARTING)
            return SENT
        body, content_type = self._body(options, message, context)
        await call(
            context,
            "POST",
            options.webhookURL,
            body=body,
            content_type=content_type,
            headers=headers,
            also_passing=RESTARTING,
        )
        return SENT

    def _body(self, options: WebhookOptions, message: Message, context: DeliveryContext) -> tuple[bytes, str]:
        if options.webhookContentType == "custom":
            text = json_safe(options.webhookCustomBody, message, context)
            return text.encode("utf-8", "replace"), FORM_TYPE
        document = compact_json(
            {"heartbeat": message.heartbeat, "monitor": message.monitor, "msg": message.text}
        ).encode("utf-8", "replace")
        if options.webhookContentType == "form-data":
            return _multipart(document)
        return document, "application/json"


def json_safe(template: str, message: Message, context: DeliveryContext) -> str:
    """The rendered template; when quotes or line feeds in a value broke its JSON, with escaped values."""
    plain = context.render(template, message)
    if _is_json(plain) or plain == template:
        return plain
    escaped = context.render(
        template,
        Message(
            escape_json(message.text),
            map_texts(message.monitor, escape_json),
            map_texts(message.heartbeat, escape_json),
        ),
    )
    return escaped if _is_json(escaped) else plain


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _multipart(document: bytes) -> tuple[bytes, str]:
    boundary = f"kuma-{secrets.token_hex(16)}"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="data"\r\n\r\n'
    return (
        head.encode() + document + f"\r\n--{boundary}--\r\n".encode(),
        f"multipart/form-data; boundary={boundary}",
    )


def _with_query(url: str, message: Message) -> str:
    query: dict[str, Any] = {"msg": message.text}
    if message.heartbeat is not None:
        query["heartbeat"] = compact_json(message.heartbeat)
    if message.monitor is not None:
        query["monitor"] = compact_json(message.monitor)
    try:
        parts = urlsplit(url)
    except ValueError:
        return url  # the request says what is wrong with it
    added = urlencode(query, encoding="utf-8", errors="replace")
    joined = f"{parts.query}&{added}" if parts.query else added
    return parts._replace(query=joined, fragment="").geturl()
