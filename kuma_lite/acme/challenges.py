"""What stands on the plain port: the answers that an authority looks for; everybody else is sent to HTTPS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol
from urllib.parse import quote

from kuma_lite.core.client_address import header
from kuma_lite.core.hosts import host_name

HTTP_01: Final = "http-01"
PATH: Final = "/.well-known/acme-challenge/"
HTTPS_PORT: Final = 443
_TEXT: Final = b"text/plain; charset=utf-8"
_SAFE: Final = "/:@!$&'()*+,;=~-._%"  # in a path that has come as it stands


class Proofs(Protocol):
    """How names are proven."""

    @property
    def kind(self) -> str:
        """What ACME calls it."""

    def put(self, name: str, token: str, answer: str) -> None:
        """Have an authority find the answer to its token for that name, from now on."""

    def drop(self, name: str, token: str) -> None:
        """No longer."""


class Challenges:
    """Answers, for as long as somebody may look for them."""

    kind: Final = HTTP_01

    def __init__(self) -> None:
        self._answers: dict[str, str] = {}

    def put(self, name: str, token: str, answer: str) -> None:
        """From now on."""
        del name  # a token is for one name
        self._answers[token] = answer

    def drop(self, name: str, token: str) -> None:
        """No longer."""
        del name
        self._answers.pop(token, None)

    def get(self, token: str) -> str | None:
        """The answer to one; None for one that nobody has asked us to prove."""
        return self._answers.get(token)


class PlainApp:
    """The ASGI application of the plain port.

    Args:
        challenges: what is answered.
        port: on which the world reaches this server by HTTPS.
    """

    def __init__(self, challenges: Challenges, port: Callable[[], int]) -> None:
        self._challenges = challenges
        self._port = port

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request; websockets are refused."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close"})
        elif scope["type"] == "http":
            status, body, headers = self._answer(scope)
            length = (b"content-length", str(len(body)).encode())
            headers = [(b"content-type", _TEXT), length, (b"connection", b"close"), *headers]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def close_connections(self) -> None:
        """None of them stays."""

    def _answer(self, scope: Any) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
        path: str = scope["path"]
        reading = scope["method"] in ("GET", "HEAD")
        if reading and path.startswith(PATH):
            answer = self._challenges.get(path.removeprefix(PATH))
            return (404, b"Not found", []) if answer is None else (200, answer.encode(), [])
        name = host_name(header(scope, b"host"))
        if not name:
            return 400, b"The request names no host", []
        location = f"https://{_authority(name, self._port())}{quote(path, safe=_SAFE)}"
        if query := scope.get("query_string"):
            location += "?" + query.decode("latin-1")
        return (301 if reading else 308), b"Use HTTPS", [(b"location", location.encode("latin-1", "replace"))]


def _authority(name: str, port: int) -> str:
    host = f"[{name}]" if ":" in name else name
    return host if port == HTTPS_PORT else f"{host}:{port}"
