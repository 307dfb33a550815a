"""What is known of a page that is being loaded, from the events of its browser (pure, but for the bell)."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from kuma_lite.checks._cdp import Params

# Streams stay open by design: a page that has one is as quiet as it ever gets.
_STREAMS: Final = frozenset({"EventSource", "WebSocket"})
_DOCUMENT: Final = "Document"


class Loading:
    """A main frame and its requests.

    Args:
        frame: of the page; Chromium numbers it as the target.

    Attributes:
        changed: set with everything that may end the waiting, or prolong it.
        crashed: the process of the page has ended.
    """

    def __init__(self, frame: str) -> None:
        self._frame = frame
        self._open: dict[str, str] = {}  # request → loader it belongs to
        self._is_loaded = False
        self._status: dict[str, int] = {}  # document's request, which has the number of its loader →
        self._began: dict[str, float] = {}  # seconds of the browser's own clock
        self._ended: dict[str, float] = {}
        self.changed = asyncio.Event()
        self.crashed = False

    @property
    def is_quiet(self) -> bool:
        """Whether it is loaded, and waits for nothing more."""
        return self._is_loaded and not self._open

    def answer(self, loader: str, elapsed: float) -> tuple[int, float]:
        """Status of the document, and ms from its request to its last byte; `elapsed` where nobody knows."""
        began, ended = self._began.get(loader), self._ended.get(loader)
        ping = elapsed if began is None or ended is None else (ended - began) * 1000
        return self._status.get(loader, 0), round(max(0.0, ping), 3)

    def take(self, method: str, event: Params) -> bool:
        """An event; "" is the end of the connection. True: it is a dialogue that has to be closed."""
        match method:
            case "Network.requestWillBeSent":
                self._request(event)
            case "Network.responseReceived":
                self._response(event)
            case "Network.loadingFinished":
                self._end(event)
            case "Network.loadingFailed":
                self._end(event)
            case "Page.frameNavigated":
                self._navigated(_object(event.get("frame")))
            case "Page.loadEventFired":
                self._is_loaded = True
                self.changed.set()
            case "Inspector.targetCrashed":
                self.crashed = True
                self.changed.set()
            case "Page.javascriptDialogOpening":
                return True
            case "":
                self.changed.set()
        return False

    def _request(self, event: Params) -> None:
        if not _is_stream(event):
            self._open[str(event.get("requestId"))] = str(event.get("loaderId"))
            self.changed.set()

    def _response(self, event: Params) -> None:
        request, response = str(event.get("requestId")), _object(event.get("response"))
        if _is_stream(event):
            self._open.pop(request, None)
        if event.get("type") != _DOCUMENT or event.get("frameId") != self._frame:
            return
        status, timing = response.get("status"), _object(response.get("timing"))
        self._status[request] = status if isinstance(status, int) else 0
        began = timing.get("requestTime")
        if isinstance(began, int | float):
            self._began[request] = began

    def _end(self, event: Params) -> None:
        request, at = str(event.get("requestId")), event.get("timestamp")
        if request in self._status and isinstance(at, int | float):
            self._ended[request] = at
        if self._open.pop(request, None) is not None:
            self.changed.set()

    def _navigated(self, frame: Params) -> None:
        """Another document, as a script may want it: what the one before was waiting for does not count."""
        if frame.get("id") == self._frame:
            loader = frame.get("loaderId")
            self._open = {request: owner for request, owner in self._open.items() if owner == loader}
            self._is_loaded = False
            self.changed.set()


def _is_stream(event: Params) -> bool:
    return str(event.get("type")) in _STREAMS


def _object(value: Any) -> Params:
    return value if isinstance(value, dict) else {}
