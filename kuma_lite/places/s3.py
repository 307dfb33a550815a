"""S3-compatible storage: AWS, MinIO, Garage, SeaweedFS, Ceph, R2, B2 …

What is larger than a part goes up in parts and comes down in ranges, so that no more than a part is ever in
memory. Every body is signed with its SHA-256, which the server compares before it keeps anything, and an
object appears when it is whole.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from msgspec import Struct

from kuma_lite.core.clock import Clock
from kuma_lite.core.errors import UserError
from kuma_lite.core.records import hiding
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http import HttpClient, Request, Response
from kuma_lite.net.http.url import Url, parse_url
from kuma_lite.places.model import SECRET, Manner, NoSuchFile, Place, Progress, Stored, nobody_told, safe_name
from kuma_lite.places.s3_documents import (
    Refusal,
    completion,
    read_listing,
    read_refusal,
    read_upload_id,
)
from kuma_lite.places.signature_v4 import Credentials, query_of, quoted, signed

PART_BYTES: Final = 8 << 20  # the least that S3 takes is 5 MB
MOST_PARTS: Final = 10_000
TRIES: Final = 4  # of one request, where another attempt may help
PAUSE_S: Final = 1.0  # before the second one; doubled for each further one
ANSWER_S: Final = 300.0  # for a part on a slow line, and the answer to it
_ANSWER_BYTES: Final = 4 << 20  # a list of a thousand objects is half a megabyte
_KEY_REFUSED: Final = frozenset({
    "AuthorizationHeaderMalformed", "InvalidAccessKeyId", "SignatureDoesNotMatch", "XAdminUserNotFound",
})  # fmt: skip
_FULL: Final = frozenset({
    "InsufficientStorage", "QuotaExceeded", "QuotaExceededException", "XMinioStorageFull",
    "XMinioAdminBucketQuotaExceeded",
})  # fmt: skip
_NO_OBJECT: Final = frozenset({"", "NoSuchKey", "NotFound", "Not Found"})
_NO_RANGE: Final = 416
_EMPTY: Final = hashlib.sha256(b"").hexdigest()


class Bucket(Struct, frozen=True):
    """Where objects are.

    Attributes:
        endpoint: address of the service; "" is that of AWS in the region.
        prefix: before every name; "" or with a slash at its end.
        path_style: the bucket is the first part of the path, else of the host's name.
    """

    __repr__ = hiding("credentials")

    bucket: str
    region: str
    credentials: Credentials
    endpoint: str = ""
    prefix: str = ""
    path_style: bool = True

    @property
    def address(self) -> str:
        """Of the bucket, without a slash at its end."""
        service = (self.endpoint or f"https://s3.{self.region}.amazonaws.com").rstrip("/")
        if self.path_style:
            return f"{service}/{quoted(self.bucket)}"
        scheme, _, host = service.partition("://")
        return f"{scheme}://{self.bucket}.{host}"


class S3Place(Place):
    """Objects of one bucket below a prefix."""

    def __init__(self, bucket: Bucket, http: HttpClient, clock: Clock, pause_s: float = PAUSE_S) -> None:
        self.bucket = bucket
        self.label = f"s3://{bucket.bucket}/{bucket.prefix}".rstrip("/")
        self._http = http
        self._clock = clock
        self._pause_s = pause_s

    async def put(
        self, name: str, content: Path | bytes, manner: Manner = SECRET, told: Progress = nobody_told
    ) -> None:
        """In one request, or in parts."""
        headers = {"Content-Type": manner.content_type}
        if manner.cache:
            headers["Cache-Control"] = manner.cache
        key = self._key(name)
        size = len(content) if isinstance(content, bytes) else (await _size_of(content))
        if isinstance(content, Path) and size > PART_BYTES:
            await self._put_in_parts(key, content, size, headers, told)
            return
        body = content if isinstance(content, bytes) else await asyncio.to_thread(_read_all, content)
        await self._ask("PUT", key, body=body, headers=headers)
        told(size, size)

    async def files(self, under: str = "") -> list[Stored]:
        """A thousand for each request."""
        prefix, found, more = self.bucket.prefix, [], ""
        while True:
            query = {"list-type": "2", "prefix": prefix + under}
            if more:
                query["continuation-token"] = more
            answer = await self._ask("GET", "", query)
            try:
                page = read_listing(answer.body)
            except ValueError:
                raise self._strange(answer) from None
            found += [
                Stored(key.removeprefix(prefix), size)
                for key, size in page.objects
                if key.startswith(prefix) and not key.endswith("/")
            ]
            if not (more := page.more):
                return found

    async def pieces(self, name: str) -> AsyncIterator[bytes]:
        """In ranges of one and the same object: whoever replaces it meanwhile makes this fail."""
        key, done, tag = self._key(name), 0, ""
        while True:
            headers = {"Range": f"bytes={done}-{done + PART_BYTES - 1}", "Accept-Encoding": "identity"}
            if tag:
                headers["If-Match"] = tag
            answer = await self._ask("GET", key, headers=headers, limit=PART_BYTES + 1)
            if answer.status == _NO_RANGE:
                return  # nothing is in it, so it has no first byte
            total = _total_of(answer)
            if answer.status == 200 and (done or answer.truncated):
                raise self._strange(answer)  # it knows no ranges
            if answer.body:
                yield answer.body
            done += len(answer.body)
            if not answer.body or done >= total:
                return
            tag = answer.headers.get("etag") or ""

    async def delete(self, name: str) -> None:
        """S3 says the same of one that was never there."""
        with suppress(NoSuchFile):
            await self._ask("DELETE", self._key(name))

    async def _put_in_parts(
        self, key: str, source: Path, size: int, headers: Mapping[str, str], told: Progress
    ) -> None:
        begun = await self._ask("POST", key, {"uploads": ""}, headers=headers)
        try:
            upload = read_upload_id(begun.body)
        except ValueError:
            raise self._strange(begun) from None
        part_size = max(PART_BYTES, math.ceil(size / MOST_PARTS))
        try:
            etags: list[str] = []
            done = 0
            with await asyncio.to_thread(source.open, "rb") as file:
                while part := await asyncio.to_thread(file.read, part_size):
                    query = {"partNumber": str(len(etags) + 1), "uploadId": upload}
                    answer = await self._ask("PUT", key, query, body=part)
                    etags.append(answer.headers.get("etag") or "")
                    done += len(part)
                    told(done, size)
            ended = await self._ask("POST", key, {"uploadId": upload}, body=completion(etags))
            if (refusal := read_refusal(ended.body)) is not None:  # with status 200: it had begun to answer
                raise self._refused(ended, refusal)
        except BaseException:
            # Parts that nobody completes are not seen and yet paid for.
            with suppress(UserError):
                async with asyncio.timeout(3):
                    await self._ask("DELETE", key, {"uploadId": upload}, tries=1)
            raise

    def _key(self, name: str) -> str:
        return self.bucket.prefix + safe_name(name)

    async def _ask(
        self,
        method: str,
        key: str,
        query: Mapping[str, str] | None = None,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        limit: int = _ANSWER_BYTES,
        tries: int = TRIES,
    ) -> Response:
        """The answer to a signed request. Raises UserError for every other status than 2xx."""
        digest = (await asyncio.to_thread(hashlib.sha256, body)).hexdigest() if body else _EMPTY
        address = f"{self.bucket.address}/{quoted(key, keeps_slash=True)}"
        asked = query_of(query or {})
        for attempt in range(tries):
            if attempt:
                await asyncio.sleep(self._pause_s * 2 ** (attempt - 1))
            last = attempt == tries - 1
            try:
                request = self._request(method, address, asked, body, headers or {}, digest, limit)
                answer = await self._http.send(request)
            except NetworkError as error:
                if last:
                    raise UserError(
                        "{place} cannot be reached: {reason}.", place=self.label, reason=error.message
                    ) from None
                continue
            if 200 <= answer.status < 300 or (answer.status == _NO_RANGE and "Range" in (headers or {})):
                return answer
            refusal = read_refusal(answer.body) or Refusal("", answer.reason)
            if last or not (answer.status >= 500 or answer.status == 429) or refusal.code in _FULL:
                raise self._refused(answer, refusal, key)
        raise AssertionError("the last attempt ends one way or the other")

    def _request(
        self,
        method: str,
        address: str,
        query: str,
        body: bytes | None,
        headers: Mapping[str, str],
        digest: str,
        limit: int,
    ) -> Request:
        url = _read_url(address)
        now = datetime.fromtimestamp(self._clock.now(), UTC)
        where = self.bucket
        fields = signed(
            method, url.host_header, url.target, query, headers, digest, where.credentials, where.region, now
        )
        return Request(
            method,
            f"{address}?{query}" if query else address,
            list(fields.items()),
            body,
            timeout=ANSWER_S,
            total_timeout=2 * ANSWER_S,
            max_redirects=0,
            body_limit=limit,
        )

    def _refused(self, answer: Response, refusal: Refusal, key: str = "") -> UserError:
        """One sentence about an answer that is no success."""
        region = refusal.region or answer.headers.get("x-amz-bucket-region") or ""
        if region and region != self.bucket.region:
            return UserError("{place} is in the region {region}.", place=self.label, region=region)
        if refusal.code in _KEY_REFUSED:
            reason = refusal.message or refusal.code
            return UserError(
                "{place} refuses the access key, its secret or the region: {reason}.",
                place=self.label,
                reason=reason,
            )
        if refusal.code == "NoSuchBucket":
            return UserError("There is no bucket {bucket} at that address.", bucket=self.bucket.bucket)
        if answer.status == 404 and key and refusal.code in _NO_OBJECT:
            return NoSuchFile(key.removeprefix(self.bucket.prefix), self.label)
        if refusal.code in _FULL or answer.status == 507:
            return UserError("{place} is full.", place=self.label)
        if answer.status == 403:
            return UserError(
                "{place} refuses access: {reason}.", place=self.label, reason=_of(answer, refusal)
            )
        return self._strange(answer, refusal)

    def _strange(self, answer: Response, refusal: Refusal | None = None) -> UserError:
        reason = _of(answer, refusal or Refusal("", ""))
        return UserError("{place} gives an unexpected answer: {reason}.", place=self.label, reason=reason)


def _of(answer: Response, refusal: Refusal) -> str:
    said = refusal.message or refusal.code or answer.reason
    return f"{answer.status} {said}".strip()


def _total_of(answer: Response) -> int:
    """Bytes of the whole object, from the answer with a range of it."""
    _, slash, total = (answer.headers.get("content-range") or "").rpartition("/")
    return int(total) if slash and total.isascii() and total.isdigit() else 0


def _read_url(address: str) -> Url:
    try:
        return parse_url(address)
    except NetworkError:
        raise UserError("{address} is no address of a service.", address=address) from None


async def _size_of(path: Path) -> int:
    return (await asyncio.to_thread(path.stat)).st_size


def _read_all(path: Path) -> bytes:
    file: IO[bytes]
    with path.open("rb") as file:
        return file.read()
