"""How a message can be worded, and the options that say it; without what declares options, which is heavy."""

from __future__ import annotations

from typing import Final

USUAL: Final = ""  # what Uptime Kuma sends, for filters that people have made
DETAILED: Final = "detailed"
TEMPLATE: Final = "template"

STYLE_KEY: Final = "messageStyle"
TEMPLATE_KEY: Final = "messageTemplate"
