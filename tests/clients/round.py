"""A full round of one PyPI client: `python -m tests.clients.round NAME URL FOLDER`, FOLDER on PYTHONPATH.

Writes a line of JSON per step to standard output: its name, its duration in seconds, and its traceback.
"""

from __future__ import annotations

import json
import sys
import time
import traceback
from pathlib import Path

import uptime_kuma_api

from tests.clients.session import SESSIONS
from tests.clients.steps import STEPS
from tests.clients.watched import watching


def main(name: str, url: str, folder: str) -> None:
    assert Path(uptime_kuma_api.__file__).is_relative_to(folder), uptime_kuma_api.__file__
    with watching() as watched, watching(tls=True) as secure:
        session = SESSIONS[name](url, watched, secure)
        for step in STEPS:
            began, trouble = time.perf_counter(), None
            try:
                step(session)
            except Exception as error:
                told = traceback.TracebackException.from_exception(error, capture_locals=True)
                trouble = "".join(told.format())
            seconds = time.perf_counter() - began
            print(json.dumps({"step": step.__name__, "seconds": seconds, "trouble": trouble}), flush=True)
        session.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
