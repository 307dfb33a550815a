"""One request to the server: the standard library's client, and what its answers mean."""

from __future__ import annotations

import http.client
import json
from enum import Enum
from typing import Any, Final
from urllib.parse import urlsplit

from kuma_lite import __version__
from kuma_lite.core.json_text import compact_json
from kuma_lite.core.text import storable

PATH: Final = "/api/v1/server_metrics"
TIMEOUT_S: Final = 20.0
MAX_ANSWER_BYTES: Final = 64_000
MAX_SAID_CHARS: Final = 300
_CREATED: Final = 201


class Outcome(Enum):
    """What became of a report."""

    SENT = "sent"
    PARTLY = "partly"  # it has arrived, but samples of it are refused, and would be again
    LATER = "later"  # the server is away, full, or does not know the token: keep it
    SMALLER = "smaller"  # too large: send less at once
    NEVER = "never"  # it will not be taken, however often it is sent


class Server:
    """Where reports go.

    Args:
        url: of the server, with a path where it is served below one.
        token: of a project.
        ca_file: certificates to trust beside the system's; "" for none.
    """

    def __init__(self, url: str, token: str, ca_file: str = "") -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("The URL must begin with http:// or https:// and name a host.")
        self._host, self._port = parts.hostname, parts.port
        # For people: without a name and password that somebody may have written into it.
        self.address = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"
        self._path = parts.path.rstrip("/") + PATH
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "User-Agent": f"kuma-lite-agent/{__version__}",
        }
        self._context: Any = None
        if parts.scheme == "https":
            import ssl

            self._context = ssl.create_default_context()
            if ca_file:
                self._context.load_verify_locations(ca_file)
        self.said = ""  # what was wrong with the last report, or with this host

    def send(self, report: dict[str, Any]) -> Outcome:
        """Send a report; never raises for what a network can do."""
        try:
            status, body = self._post(encoded(report))
        except (OSError, http.client.HTTPException) as error:
            self.said = f"The server cannot be reached: {error}"
            return Outcome.LATER
        if status == _CREATED:
            return self._taken(body)
        self.said = f"The server answers {status}: {body[:MAX_SAID_CHARS].decode('utf-8', 'replace')}"
        if status == 413:
            return Outcome.SMALLER
        return Outcome.NEVER if status in (400, 422) else Outcome.LATER

    def _taken(self, body: bytes) -> Outcome:
        """A report that has arrived may have samples that are refused, and the host something to mend."""
        answer = _object(body)
        refused = answer.get("failure_count")
        if isinstance(refused, int) and refused > 0:
            self.said = f"The server refuses samples: {_sentences(answer.get('errors')) or 'it says not why'}"
            return Outcome.PARTLY
        warnings = _sentences(answer.get("warnings"))
        self.said = f"The server says: {warnings}" if warnings else ""
        return Outcome.SENT

    def _post(self, body: bytes) -> tuple[int, bytes]:
        if self._context is None:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_S)
        else:
            connection = http.client.HTTPSConnection(
                self._host, self._port, timeout=TIMEOUT_S, context=self._context
            )
        try:
            connection.request("POST", self._path, body, self._headers)
            answer = connection.getresponse()
            return answer.status, answer.read(MAX_ANSWER_BYTES)
        finally:
            connection.close()


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}  # of a proxy, perhaps; it is the status that counts
    return found if isinstance(found, dict) else {}


def _sentences(found: object) -> str:
    """What an answer lists, in one line."""
    listed = found if isinstance(found, list) else []
    line = "; ".join(" ".join(text.split()) for text in listed if isinstance(text, str))
    return line[:MAX_SAID_CHARS]


def encoded(report: dict[str, Any]) -> bytes:
    """A report as JSON; what is no text in its names (of processes, mounts, hosts ...) becomes U+FFFD."""
    return storable(compact_json(report)).encode()
