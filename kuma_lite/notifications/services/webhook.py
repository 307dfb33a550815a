"""Webhook: the whole message to an address of one's own, in a shape that much other software reads."""

from __future__ import annotations

from kuma_lite.core.declarations import Kind
from kuma_lite.core.json_text import compact_json
from kuma_lite.notifications.services import kit

# What a custom body is called unless a header says it.
JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"
SHAPES = {
    "json": "Preset - application/json",
    "form-data": "Preset - multipart/form-data",
    "custom": "Custom Body",
}


class WebhookOptions(kit.ServiceOptions):
    """Where to, and in which shape."""

    address: str = kit.secret(
        "Post URL",
        "webhookURL",
        kind=Kind.URL,
        required=True,
        placeholder="https://example.com/hook",
        help="The address that gets the message.",
    )
    method: str = kit.select(
        "HTTP Method",
        "httpMethod",
        "post",
        {"post": "POST", "get": "GET"},
        help="GET carries the message in the query, for example to chain push monitors.",
    )
    shape: str = kit.select(
        "Request Body",
        "webhookContentType",
        "",
        SHAPES,
        required=True,
        lenient=True,
        form_default="json",
        help="The presets carry the texts heartbeat, monitor and msg.",
        shown_when=kit.when("httpMethod", "post"),
    )
    template: str = kit.template(
        "Custom body",
        "webhookCustomBody",
        required=True,
        placeholder='{"title": "{{ name }}", "text": {{ msg | json }}}',
        help="A Liquid template. Texts inside a JSON body are escaped where that is needed.",
        shown_when=kit.when("webhookContentType", "custom"),
    )
    headers: str = kit.headers(
        "Additional Headers",
        "webhookAdditionalHeaders",
        placeholder='{"Authorization": "Bearer ..."}',
        help="A JSON object. These win over the headers that are sent anyway.",
    )


class Webhook(kit.HttpService[WebhookOptions]):
    """An HTTP request with the message."""

    name, label, groups = "webhook", "Webhook", ("universal",)
    description = "Sends the message to an address of your own."

    def request(self, o: WebhookOptions, news: kit.News) -> kit.Call:
        """The three parts of the message in one of four shapes."""
        headers = kit.additional_headers(o.headers)
        whole = {"heartbeat": news.heartbeat, "monitor": news.monitor, "msg": news.text}
        if o.method.lower() == "get":
            query = {key: whole[key] and compact_json(whole[key]) for key in ("heartbeat", "monitor")}
            return kit.Call(o.address, "GET", query={"msg": news.text, **query}, headers=headers)
        if o.shape == "custom" and o.template.strip():
            body = news.templated_json(o.template)
            if "content-type" not in map(str.lower, headers):
                headers = {"Content-Type": JSON_TYPE if kit.is_json(body) else FORM_TYPE, **headers}
            return kit.Call(o.address, body=body, headers=headers)
        if o.shape == "form-data":
            return kit.Call(o.address, parts={"data": compact_json(whole)}, headers=headers)
        return kit.Call(o.address, json=kit.Exactly(whole), headers=headers)

    def heals(self, answer: kit.Answer) -> bool:
        """A gateway answers 404 for a receiver that is being restarted; that is worth another attempt."""
        return answer.status == 404 or super().heals(answer)
