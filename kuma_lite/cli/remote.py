"""A running server, here or elsewhere, asked over its API by commands."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import ssl
import urllib.error
import urllib.request
from typing import Any, Final
from urllib.parse import urlsplit

from kuma_lite import __version__
from kuma_lite.core.errors import UserError
from kuma_lite.core.json_text import compact_json
from kuma_lite.core.limits import DEFAULT_PORT

URL_VARIABLE: Final = "KUMA_LITE_URL"
TOKEN_VARIABLE: Final = "KUMA_LITE_TOKEN"  # noqa: S105 - its name
DEFAULT_URL: Final = f"http://127.0.0.1:{DEFAULT_PORT}"
TIMEOUT_S: Final = 120.0  # of an answer; ten thousand monitors are made in less
_NO_CONTENT: Final = 204
_ASKS: Final = (
    "Set {variable} to a token of a user. “kuma-lite token create --user” makes one on the server's machine, "
    "Settings → Tokens in the page as well."
)


class Refused(UserError):
    """The server has answered that it does not do that; `document` is its answer."""

    def __init__(self, status: int, document: Any) -> None:
        sentences = "\n".join(_sentences(document)) or f"The server answers {status}."
        super().__init__("{sentences}", sentences=sentences)
        self.status = status
        self.document = document


def _sentences(document: Any) -> list[str]:
    """What an answer says is wrong, in one of the shapes that the API has."""
    if not isinstance(document, dict):
        return []
    if isinstance(detail := document.get("detail"), str):
        return [detail]
    return [str(one) for one in document.get("errors") or [document.get("error")] if one]


def add_remote_options(parser: argparse.ArgumentParser) -> None:
    """Where the server is. The token is no flag: flags show in the list of processes."""
    parser.add_argument(
        "--url", help=f"the server [{URL_VARIABLE}, or {DEFAULT_URL}]; the token comes from {TOKEN_VARIABLE}"
    )
    parser.add_argument("--ca-file", metavar="FILE", help="certificates to trust beside those of the system")


class Remote:
    """A server with the token for it."""

    def __init__(self, url: str, token: str, ca_file: str | None = None) -> None:
        self._url = url.rstrip("/")
        parts = urlsplit(self._url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UserError("The URL of the server must begin with http:// or https:// and name a host.")
        self._token = token
        self._context: ssl.SSLContext | None = None
        if parts.scheme == "https":
            self._context = ssl.create_default_context()
            if ca_file:
                try:
                    self._context.load_verify_locations(ca_file)
                except (OSError, ssl.SSLError) as error:
                    raise UserError("{file} cannot be read: {reason}.", file=ca_file, reason=error) from None

    @classmethod
    def of(cls, options: argparse.Namespace) -> Remote:
        """From flags and environment. Raises UserError."""
        token = os.environ.get(TOKEN_VARIABLE, "").strip()
        if not token:
            raise UserError(_ASKS, variable=TOKEN_VARIABLE)
        return cls(options.url or os.environ.get(URL_VARIABLE) or DEFAULT_URL, token, options.ca_file)

    def get(self, path: str) -> Any:
        """What the server answers. Raises UserError, Refused."""
        return self._ask("GET", path, None)

    def post(self, path: str, body: Any) -> Any:
        """What the server answers to this. Raises UserError, Refused."""
        return self._ask("POST", path, compact_json(body).encode())

    def _ask(self, method: str, path: str, body: bytes | None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - the scheme was looked at
            f"{self._url}{path}",
            body,
            {
                "Authorization": f"Bearer {self._token}",
                "Content-Type": "application/json",
                "User-Agent": f"kuma-lite/{__version__}",
            },
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S, context=self._context) as answer:  # noqa: S310
                return json.load(answer) if answer.status != _NO_CONTENT else None
        except urllib.error.HTTPError as error:
            raise self._refusal(error) from None
        except (urllib.error.URLError, OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", error)
            raise UserError("{url} gives no answer: {reason}", url=self._url, reason=reason) from None
        except ValueError:
            raise UserError("{url} answers with no JSON; is that a Kuma Lite?", url=self._url) from None

    def _refusal(self, error: urllib.error.HTTPError) -> UserError:
        try:
            document = json.load(error)
        except (ValueError, OSError):
            document = None
        if error.code == 401:
            return UserError(
                "{url} does not know the token in {variable}.", url=self._url, variable=TOKEN_VARIABLE
            )
        return Refused(error.code, document)
