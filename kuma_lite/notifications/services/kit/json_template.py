"""Templates of JSON texts, into which a monitor's words must fit whatever they are."""

from __future__ import annotations

import json

from kuma_lite.notifications.services.kit.news import News
from kuma_lite.notifications.services.support.escaping import json_string


def json_templated(template: str, news: News) -> str:
    """The rendered template; when quotes or line feeds in a value broke its JSON, with escaped values."""
    plain = news.templated(template)
    if is_json(plain) or plain == template:
        return plain
    escaped = news.templated(template, escape=json_string)
    return escaped if is_json(escaped) else plain


def is_json(text: str) -> bool:
    """Whether a text is a JSON value."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
