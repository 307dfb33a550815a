"""python-socketio without its client half.

Importing it pulls in aiohttp, requests and websocket-client wherever they happen to be installed, which
costs a third of a second and some 20 MB; only its clients use them.
"""

from __future__ import annotations

import sys
from typing import Final

_UNWANTED: Final = ("aiohttp", "requests", "websocket", "tornado", "redis", "valkey", "kombu", "zmq", "kafka")

_blocked = [name for name in _UNWANTED if name not in sys.modules]
for _name in _blocked:
    sys.modules[_name] = None  # type: ignore[assignment]
try:
    import engineio
    import engineio.async_drivers.asgi
    import socketio
finally:
    for _name in _blocked:
        del sys.modules[_name]

__all__ = ["engineio", "socketio"]
