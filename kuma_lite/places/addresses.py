"""Places as they are written on a command line: `s3://BUCKET/PREFIX/NAME`, `sftp://USER@HOST/FOLDER/NAME`.

What is secret comes from the environment, under the names other programs for the same have, never from the
address: addresses show in `ps`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

from kuma_lite.core.errors import UserError
from kuma_lite.places.described import S3, SFTP, Described, described
from kuma_lite.places.sftp import PORT

KEY_FILE: Final = "KUMA_LITE_SFTP_KEY_FILE"
PASSWORD: Final = "KUMA_LITE_SFTP_PASSWORD"  # noqa: S105 - the name of a variable


class Address(NamedTuple):
    """A file at a place; `name` is "" for the place itself."""

    place: Described
    name: str


def is_address(text: str) -> bool:
    """Whether it is one, and no file of this machine."""
    return text.startswith((f"{S3}://", f"{SFTP}://"))


def read_address(text: str, environment: Mapping[str, str], fingerprint: str = "") -> Address:
    """What an address names.

    Args:
        text: with a slash at its end for the place itself.
        environment: the variables of the process.
        fingerprint: of the host key of an SFTP server.

    Raises:
        UserError: it is none, or what belongs to it is missing in the environment.
    """
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port or PORT
    except ValueError:
        raise UserError("{address} is no address of a place.", address=text) from None
    if not host or parts.query or parts.fragment or parts.password:
        raise UserError("{address} is no address of a place.", address=text)
    folder, name = posixpath.split(unquote(parts.path))
    document: dict[str, object] = {"name": text, "kind": parts.scheme}
    if parts.scheme == S3:
        document |= {
            "bucket": parts.netloc,
            "prefix": folder.strip("/"),
            "endpoint": _first(environment, "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"),
            "region": _first(environment, "AWS_REGION", "AWS_DEFAULT_REGION"),
            "accessKey": _first(environment, "AWS_ACCESS_KEY_ID"),
            "secretKey": _first(environment, "AWS_SECRET_ACCESS_KEY"),
        }
        if not (document["accessKey"] and document["secretKey"]):
            raise UserError("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are needed in the environment.")
        place = described(document)
        place.fields["token"] = _first(environment, "AWS_SESSION_TOKEN")
        return Address(place, name)
    document |= {
        "host": host,
        "port": port,
        "user": unquote(parts.username or ""),
        "folder": folder,
        "password": _first(environment, PASSWORD),
        "privateKey": _key(environment),
        "hostKey": fingerprint,
    }
    if not (document["password"] or document["privateKey"]):
        raise UserError(
            "{key_file} or {password} is needed in the environment.", key_file=KEY_FILE, password=PASSWORD
        )
    return Address(described(document), name)


def _key(environment: Mapping[str, str]) -> str:
    path = environment.get(KEY_FILE, "")
    if not path:
        return ""
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UserError("{file} cannot be read: {reason}.", file=path, reason=reason) from None


def _first(environment: Mapping[str, str], *names: str) -> str:
    return next((environment[name] for name in names if environment.get(name)), "")
