"""What a service needs: `from kuma_lite.notifications.services import kit`, then `kit.text`, `kit.Call` …"""

from kuma_lite.core.declarations import DeliveryFailed, Pace
from kuma_lite.notifications.services.kit.call import (
    Answer,
    Call,
    Exactly,
    basic,
    bearer,
    chance,
    quoted,
    with_parameter,
)
from kuma_lite.notifications.services.kit.fields import (
    area,
    headers,
    host,
    number,
    secret,
    select,
    stored,
    switch,
    template,
    text,
    texts,
    url,
    when,
)
from kuma_lite.notifications.services.kit.news import News, Severity, Tag
from kuma_lite.notifications.services.kit.options import ServiceOptions, additional_headers
from kuma_lite.notifications.services.kit.service import SENT, Calls, HttpService
from kuma_lite.notifications.services.kit.templating import is_json
from kuma_lite.notifications.services.kit.transport import ask, network_of
from kuma_lite.notifications.services.support import escaping, sms
from kuma_lite.notifications.services.support.limits import Unit, limited

__all__ = [
    "SENT",
    "Answer",
    "Call",
    "Calls",
    "DeliveryFailed",
    "Exactly",
    "HttpService",
    "News",
    "Pace",
    "ServiceOptions",
    "Severity",
    "Tag",
    "Unit",
    "additional_headers",
    "area",
    "ask",
    "basic",
    "bearer",
    "chance",
    "escaping",
    "headers",
    "host",
    "is_json",
    "limited",
    "network_of",
    "number",
    "quoted",
    "secret",
    "select",
    "sms",
    "stored",
    "switch",
    "template",
    "text",
    "texts",
    "url",
    "when",
    "with_parameter",
]
