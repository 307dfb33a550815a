"""A place as a person describes it: what is stored of it, and how it is opened."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from msgspec import Struct

from kuma_lite.core.clock import Clock
from kuma_lite.core.errors import UserError
from kuma_lite.core.patterns import pattern
from kuma_lite.core.records import hiding
from kuma_lite.net.http import HttpClient
from kuma_lite.places.folder import FolderPlace
from kuma_lite.places.model import Place
from kuma_lite.places.sftp import PORT, Server, connected, fingerprint_in

FOLDER, S3, SFTP = "folder", "s3", "sftp"
KINDS: Final = (FOLDER, S3, SFTP)
SECRETS: Final = frozenset({"secretKey", "password", "privateKey"})
REGION: Final = "us-east-1"  # what services call theirs that have one only
_MOST_CHARS: Final = 1000  # of a field
_KEY_CHARS: Final = 20_000  # of a private key
_BUCKET: Final = pattern(r"[a-zA-Z0-9][a-zA-Z0-9.\-_]{1,254}")
# Key of the document → what people call it; those of a kind, in the order of the form.
_TEXTS: Final = {
    FOLDER: ("folder",),
    S3: ("endpoint", "region", "bucket", "prefix", "accessKey", "secretKey"),
    SFTP: ("host", "user", "password", "privateKey", "folder", "hostKey"),
}


class Described(Struct, frozen=True):
    """A place somebody has named.

    Attributes:
        id: of our own, stays.
        kind: "folder", "s3" or "sftp".
        fields: what the kind has, as stored.
        backups: backups go there.
        pages: copies of status pages go there.
    """

    __repr__ = hiding("fields")

    id: str
    name: str
    kind: str
    fields: dict[str, Any]
    backups: bool = False
    pages: bool = False

    def document(self) -> dict[str, Any]:
        """As it is stored, and as the page gets it but for the secrets."""
        head = {"id": self.id, "name": self.name, "kind": self.kind}
        return {**head, "backups": self.backups, "pages": self.pages, **self.fields}

    @property
    def host_key(self) -> str:
        """The fingerprint that is pinned; "" for none, and for other kinds."""
        return str(self.fields.get("hostKey", ""))

    def secrets(self) -> list[str]:
        """What must not be seen."""
        return [self.fields[key] for key in SECRETS if self.fields.get(key)]


def described(document: Any) -> Described:
    """What somebody sends, or what is stored. Raises UserError with one sentence."""
    if not isinstance(document, Mapping):
        raise UserError("A place is an object.")
    kind = document.get("kind")
    if kind not in KINDS:
        raise UserError('The kind of a place must be "folder", "s3" or "sftp".')
    fields: dict[str, Any] = {key: _text(document, key) for key in _TEXTS[kind]}
    name = _text(document, "name")
    if not name:
        raise UserError("A place needs a name.")
    place = Described(
        _text(document, "id"), name, kind, fields, _switch(document, "backups"), _switch(document, "pages")
    )
    {FOLDER: _check_folder, S3: _check_s3, SFTP: _check_sftp}[kind](document, fields)
    return place


@asynccontextmanager
async def opened(
    place: Described, http: HttpClient, clock: Clock, data_folder: Path, *, accepts_new: bool = True
) -> AsyncIterator[Place]:
    """The place, until the end. Raises UserError: it cannot be reached, or refuses.

    Args:
        place: which one.
        http: asks S3.
        clock: for signatures.
        data_folder: relative folders are below it.
        accepts_new: False refuses a host key where none is pinned.
    """
    fields = place.fields
    if place.kind == FOLDER:
        yield FolderPlace(data_folder / fields["folder"])
    elif place.kind == S3:
        yield _s3(fields, http, clock)
    else:
        async with connected(_server(fields), accepts_new=accepts_new) as sftp:
            yield sftp


def label_of(place: Described) -> str:
    """Where it is, without secrets."""
    fields = place.fields
    if place.kind == FOLDER:
        return str(fields["folder"])
    return (
        _server(fields).label
        if place.kind == SFTP
        else f"s3://{fields['bucket']}/{fields['prefix']}".rstrip("/")
    )


def _s3(fields: Mapping[str, Any], http: HttpClient, clock: Clock) -> Place:
    # Most servers have none: its XML would be loaded at every start.
    from kuma_lite.places.s3 import Bucket, S3Place
    from kuma_lite.places.signature_v4 import Credentials

    prefix = fields["prefix"].strip("/")
    bucket = Bucket(
        bucket=fields["bucket"],
        region=fields["region"],
        credentials=Credentials(fields["accessKey"], fields["secretKey"], fields.get("token", "")),
        endpoint=fields["endpoint"],
        prefix=f"{prefix}/" if prefix else "",
        path_style=fields["pathStyle"],
    )
    return S3Place(bucket, http, clock)


def _server(fields: Mapping[str, Any]) -> Server:
    return Server(
        host=fields["host"],
        user=fields["user"],
        port=fields["port"],
        password=fields["password"],
        private_key=fields["privateKey"],
        folder=fields["folder"],
        host_key=fields["hostKey"],
    )


def _check_folder(document: Mapping[str, Any], fields: dict[str, Any]) -> None:
    del document
    if not fields["folder"]:
        raise UserError("The folder must be a path.")


def _check_s3(document: Mapping[str, Any], fields: dict[str, Any]) -> None:
    fields["region"] = fields["region"] or REGION
    fields["pathStyle"] = _switch(document, "pathStyle", default=True)
    if fields["endpoint"]:
        try:
            parts = urlsplit(fields["endpoint"])
            good = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
        except ValueError:
            good = False
        if not good:
            raise UserError("{address} is no address of a service.", address=fields["endpoint"])
    if not _BUCKET.fullmatch(fields["bucket"]):
        raise UserError("The bucket needs a name of letters, digits, dots and hyphens.")
    if {"..", "."} & set(fields["prefix"].split("/")):
        raise UserError("{file} is no name for a file of a copy.", file=fields["prefix"])
    if not (fields["accessKey"] and fields["secretKey"]):
        raise UserError("An access key and its secret are needed.")


def _check_sftp(document: Mapping[str, Any], fields: dict[str, Any]) -> None:
    port = document.get("port", PORT)
    if isinstance(port, bool) or not isinstance(port, int) or not 1 <= port <= 65_535:
        raise UserError("The port must be a whole number from 1 to 65535.")
    fields["port"] = port
    if not (fields["host"] and fields["user"]):
        raise UserError("A host and a user are needed.")
    if not (fields["password"] or fields["privateKey"]):
        raise UserError("A password or a private key is needed.")
    if fields["hostKey"]:
        fields["hostKey"] = fingerprint_in(fields["hostKey"])


def _text(document: Mapping[str, Any], key: str) -> str:
    value = document.get(key, "")
    most = _KEY_CHARS if key == "privateKey" else _MOST_CHARS
    if not isinstance(value, str) or "\0" in value or len(value) > most:
        raise UserError("“{key}” must be a text of at most {most} characters.", key=key, most=most)
    return value if key in SECRETS else value.strip()


def _switch(document: Mapping[str, Any], key: str, *, default: bool = False) -> bool:
    value = document.get(key, default)
    if not isinstance(value, bool):
        raise UserError("“{key}” must be true or false.", key=key)
    return value
