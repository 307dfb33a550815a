"""The template language of Uptime Kuma: Liquid as LiquidJS 10 reads it (https://liquidjs.com), in a sandbox.

People's templates were written for that engine, so this one follows it where Liquid's dialects differ: values
compare, count and print as in JavaScript, strings know escapes, and `not`, zones in `date` and names with `-`
are read. Files are not included. A template is bounded in size, output, loops and time.
"""

from __future__ import annotations

from kuma_lite.notifications.liquid.errors import TemplateError, TooMuch
from kuma_lite.notifications.liquid.template import Template, parse

__all__ = ["Template", "TemplateError", "TooMuch", "parse"]
