"""The other end of Apprise: a program of that name that notes what it is started with."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from unittest.mock import patch

from kuma_lite.core.declarations import DeliveryFailed
from kuma_lite.notifications.delivery import Context, Services, deliver
from kuma_lite.notifications.services import apprise
from tests.notifications.replay.recordings import Call

# What the program does in a case: what it says, and how it ends.
ANSWERS = {
    "answer 400": ("ERROR - not sent", 1),
    "answer with ERROR (exit 0)": ("ERROR - Failed to send notification.", 0),
    "answer with ERROR (exit 1)": ("ERROR - Failed to send notification.", 1),
    "no output (exit 0)": ("", 0),
}
MISSING = frozenset({"refused", "command missing"})

SCRIPT = """#!{python}
import json, sys
open({note!r}, "w").write(json.dumps(sys.argv[1:]))
print({says!r}, end="")
sys.exit({status})
"""


async def send(services: Services, call: Call) -> tuple[list[Any], list[Any], str | None]:
    """What was recorded, what the program was started with, and why it failed."""
    recorded = [_told(one["arguments"]) for one in call.requests if one.get("kind") == "spawn"]
    with tempfile.TemporaryDirectory() as folder:
        note = Path(folder, "note.json")
        if call.case not in MISSING:
            says, status = ANSWERS.get(call.case, ("INFO - Sent", 0))
            program = Path(folder, "apprise")
            program.write_text(SCRIPT.format(python=sys.executable, note=str(note), says=says, status=status))
            program.chmod(0o755)
        error = None
        with patch.dict(os.environ, PATH=folder), patch.object(apprise, "has_library", lambda: False):
            try:
                await deliver(services, call.config, call.message, Context(None, ""))
            except DeliveryFailed as failure:
                error = failure.message
        started = [_told(json.loads(note.read_text()))] if note.exists() else []
    return [] if call.case in MISSING else recorded, started, error


def _told(arguments: list[str]) -> dict[str, Any]:
    """What Apprise reads of its arguments; ours also say how serious it is, and end the options."""
    parser = ArgumentParser()
    parser.add_argument("-v", action="count")
    for option in ("-b", "-t", "-n"):
        parser.add_argument(option)
    parser.add_argument("urls", nargs="*")
    found = parser.parse_args(arguments)
    urls = [url for text in found.urls for url in apprise.split_urls(text)]
    return {"body": found.b, "title": found.t, "urls": urls}
