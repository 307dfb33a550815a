"""The XML documents of S3 that are read and written; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element, ParseError, fromstring
from xml.sax.saxutils import escape

from msgspec import Struct

_MESSAGE_CHARS: Final = 200


class Listing(Struct, frozen=True):
    """One page of a list of objects. `more` is what the next one is asked for with; "" for the last."""

    objects: list[tuple[str, int]]  # key, bytes
    more: str


class Refusal(Struct, frozen=True):
    """Why a request was refused. `region` is the right one, where the server says so."""

    code: str
    message: str
    region: str = ""


def read_listing(body: bytes) -> Listing:
    """Raises ValueError when it is none."""
    root = _read(body)
    if not _is(root, "ListBucketResult"):
        raise ValueError("no list")
    objects = [(_text(each, "Key"), int(_text(each, "Size") or 0)) for each in root if _is(each, "Contents")]
    more = _text(root, "NextContinuationToken") if _text(root, "IsTruncated") == "true" else ""
    return Listing(objects, more)


def read_upload_id(body: bytes) -> str:
    """Of an upload in parts. Raises ValueError."""
    found = _text(_read(body), "UploadId")
    if not found:
        raise ValueError("no upload id")
    return found


def read_refusal(body: bytes) -> Refusal | None:
    """What an answer says of why; None where it says nothing."""
    try:
        root = _read(body)
    except ValueError:
        return None
    if not _is(root, "Error"):
        return None
    message = " ".join(_text(root, "Message").split())[:_MESSAGE_CHARS].rstrip(".")
    return Refusal(_text(root, "Code")[:100], message, _text(root, "Region")[:100])


def completion(etags: Sequence[str]) -> bytes:
    """What ends an upload in parts, by the ETags of the parts."""
    parts = "".join(
        f"<Part><PartNumber>{number}</PartNumber><ETag>{escape(etag)}</ETag></Part>"
        for number, etag in enumerate(etags, start=1)
    )
    namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
    return f'<CompleteMultipartUpload xmlns="{namespace}">{parts}</CompleteMultipartUpload>'.encode()


def _read(body: bytes) -> Element:
    # Answers are a few megabytes at most, and declarations, with which entities would come, are refused.
    if b"<!" in body:
        raise ValueError("a declaration")
    try:
        return fromstring(body)  # noqa: S314 - see above
    except ParseError as error:
        raise ValueError(str(error)) from None


def _is(element: Element, name: str) -> bool:
    return element.tag.rpartition("}")[2] == name


def _text(element: Element, name: str) -> str:
    return next((each.text or "" for each in element if _is(each, name)), "")
