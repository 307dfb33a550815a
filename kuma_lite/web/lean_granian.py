"""Granian's server for a loop of ours, without its processes, its reloader and its log.

Its package takes modules for running several processes, and multiprocessing, pickle, socketserver and anyio
with them: 13 ms and 1.3 MB of every start.
"""

from __future__ import annotations

import logging
import os
from types import ModuleType
from typing import Any

from kuma_lite.web.lean_imports import opened, replaced


def _processes() -> ModuleType:
    module = ModuleType("multiprocessing")
    module.__dict__["cpu_count"] = lambda: os.cpu_count() or 1
    return module


_UNWANTED = dict.fromkeys(("anyio", "dotenv", "setproctitle", "watchfiles"))
with (
    replaced({"multiprocessing": _processes(), "logging.config": ModuleType("logging.config"), **_UNWANTED}),
    opened("granian", "granian.server"),
):
    import granian.server.common
    from granian._granian import SocketHolder
    from granian.constants import HTTPModes, Interfaces, SSLProtocols
    from granian.http import HTTP1Settings
    from granian.server.embed import Server


def _keep_quiet(*_arguments: Any) -> None:
    logging.getLogger("_granian").setLevel(logging.CRITICAL + 1)


# Its own makes a handler, and takes logging.config for that.
vars(granian.server.common)["configure_logging"] = _keep_quiet

__all__ = ["HTTP1Settings", "HTTPModes", "Interfaces", "SSLProtocols", "Server", "SocketHolder"]
