"""One answer, read from its bytes as they come (no network, no time)."""

from __future__ import annotations

from collections.abc import Callable

import httptools

from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.http.chunks import Chunks
from kuma_lite.net.http.decode import Decoder
from kuma_lite.net.http.head import BodyFields, Head, end_of_head, may_be_head, read_head
from kuma_lite.net.http.message import Headers

# Bytes a server may send without a single byte of body: headers, interim answers, trailers, chunk extensions.
# Uptime Kuma's runtime stops at 16 KiB, browsers at 256 KiB; cookies and security policies of real sites fit.
MAX_HEAD_BYTES = 64 * 1024
# Header fields of one answer; each costs memory beyond its bytes.
MAX_HEADERS = 500
# Of an answer in chunks, kept to read it again leniently when the strict parser refuses it.
RETAINED_BYTES = 64 * 1024

_SWITCHING_PROTOCOLS = 101


class Answer:
    """Takes bytes with `feed` until it is `complete`; what was read so far can be seen at any time.

    A fast, strict parser reads it; what it refuses is read once more, leniently (`head.py`, `chunks.py`).
    `skips_body(status, headers)` says that the body is of no interest.
    """

    __slots__ = (
        "_body_limit",
        "_chunks",
        "_closed",
        "_codings",
        "_decoder",
        "_failure",
        "_fields",
        "_framed",
        "_head_only",
        "_informational",
        "_interim",
        "_lenient",
        "_overlooked",
        "_parser",
        "_raw",
        "_reason",
        "_refusal",
        "_retains",
        "_skips_body",
        "_unproductive",
        "complete",
        "headers",
        "http_version",
        "persists",
        "status",
    )

    def __init__(self, method: str, body_limit: int, skips_body: Callable[[int, Headers], bool]) -> None:
        self.status = 0
        self.headers = Headers()
        self.complete = False
        self.http_version = ""  # `1.1` or `1.0`, once the headers are there
        self.persists = False  # whether the server will answer again on the same connection
        self._head_only = method == "HEAD"
        self._skips_body = skips_body
        self._body_limit = body_limit
        self._parser: httptools.HttpResponseParser | None = None  # from the first byte until `close`
        self._closed = False
        self._reason = b""
        self._fields: list[tuple[str, str]] = []
        self._decoder: Decoder | None = None  # there once the headers are complete
        self._framed = False
        self._chunks: Chunks | None = None
        self._informational = False
        self._interim = 0  # answers before the one that counts
        self._unproductive = 0
        self._failure: NetworkError | None = None
        self._raw = b""  # all bytes until the headers are complete; then of a chunked body
        self._retains = True
        self._overlooked = False  # chunks that the strict parser takes for plain bytes
        self._codings: list[str] = []
        self._refusal: str | None = None  # what the strict parser said
        self._lenient: Head | None = None

    @property
    def begun(self) -> bool:
        """Whether the headers are there."""
        return self._decoder is not None

    @property
    def reason(self) -> str:
        """The phrase of the status line."""
        try:
            return self._reason.decode()
        except UnicodeDecodeError:
            return self._reason.decode("latin-1")

    @property
    def body(self) -> bytes:
        """What was read of the body, unpacked."""
        return self._decoder.body() if self._decoder else b""

    @property
    def truncated(self) -> bool:
        """Whether the body went on after the limit."""
        return self._decoder is not None and self._decoder.truncated

    def feed(self, data: bytes) -> None:
        """Take the next bytes. Raises NetworkError."""
        self._unproductive += len(data)
        if self._chunks is not None:
            self._unchunk(self._chunks, data)
        elif not self.begun and self._refusal is not None:
            self._raw += data
            self._read_leniently(self._refusal)
        else:
            if self._retains:
                self._raw += data
            self._parse(data)
            if self.begun and self._raw:
                self._keep_or_not()
        if self.complete:
            self.close()
        if self._failure is not None:
            raise self._failure
        if self._unproductive > MAX_HEAD_BYTES and not self.complete:
            raise header_overflow()

    def close(self) -> None:
        """Take no more bytes.

        The parser holds us as we hold it, and so does the traceback of what we have raised: without this, an
        answer would stay with all its bytes until Python looks for garbage.
        """
        self._parser = self._refusal = self._failure = None
        self._closed = True

    def end(self) -> bool:
        """Whether the answer is complete when the connection ends here. Raises NetworkError."""
        if not self.begun:
            if self._refusal is not None:
                raise parse_error(self._refusal)
            return False
        chunks = self._chunks or (self._chunks_so_far() if self._retains else None)
        return chunks.over if chunks is not None else not self._framed

    # The head

    def _parse(self, data: bytes) -> None:
        if self._closed:
            return
        if self._parser is None:
            self._parser = httptools.HttpResponseParser(self)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.complete = True
        except httptools.HttpParserError as error:
            if self.complete:
                return
            if self._failure is not None:
                raise self._failure from None
            refusal = str(error)
            if not self.begun and self._lenient is None:
                self._refusal = refusal
                self._read_leniently(refusal)
            elif self.begun and self._retains:
                self._read_chunks_again()
            else:
                raise parse_error(refusal) from None

    def _body_begins(self) -> int:
        begins = 0
        for _ in range(self._interim + 1):
            begins = end_of_head(self._raw, begins) or len(self._raw)
        return begins

    def _read_leniently(self, refusal: str) -> None:
        """Look for a head, past interim ones, in all that has come. Raises NetworkError: there is none."""
        while True:
            if not may_be_head(self._raw):
                raise parse_error(refusal)
            end = end_of_head(self._raw)
            if end is None:
                return
            head = read_head(self._raw[:end])
            if head is None:
                raise parse_error(refusal)
            self._raw = self._raw[end:]
            if not is_interim(head.status):
                break
        if len(head.fields) > MAX_HEADERS:
            raise header_overflow()
        self._lenient = head
        self._interim = 0
        self._fields = []
        self._parser = httptools.HttpResponseParser(self)
        self._raw = head.plain() + self._raw
        self._parse(self._raw)

    # The parser's calls

    def on_message_begin(self) -> None:
        """An answer begins, perhaps after an interim one."""
        self._reason = b""
        self._informational = False

    def on_status(self, reason: bytes) -> None:
        """(A part of) the phrase."""
        self._reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header field, or a trailer, which nobody asks for."""
        if self.begun:
            return
        if len(self._fields) >= MAX_HEADERS:
            self._failure = header_overflow()
            return
        self._fields.append((name.decode("latin-1"), value.decode("latin-1").strip(" \t")))

    def on_headers_complete(self) -> None:
        """Status and headers are there."""
        parser = self._parser
        assert parser is not None  # whose call this is
        status = parser.get_status_code()
        if is_interim(status):
            self._informational = True
            self._interim += 1
            self._fields = []
            return
        self.status = status
        self.http_version = str(parser.get_http_version())
        body = BodyFields(self._fields)
        self._framed = bool(body.lengths) or body.chunked
        if self._lenient is not None:
            self._reason, self._fields = self._lenient.reason, self._lenient.fields
            body.content, body.transfer = (read := BodyFields(self._fields)).content, read.transfer
        self.headers = Headers(self._fields)
        self._codings = body.content + body.transfer
        try:
            self._decoder = Decoder(self._codings, self._body_limit)
        except NetworkError as error:
            self._failure = error
            return
        self._retains = body.chunked
        self._overlooked = body.chunked and body.transfer[-1] != "chunked"
        self.persists = self._lenient is None and parser.should_keep_alive()
        if self._head_only or self._skips_body(status, self.headers):
            self.persists = self.persists and self._head_only
            self.complete = True

    def on_body(self, data: bytes) -> None:
        """Bytes of the body, still packed."""
        if self._chunks is None and self._failure is None and not self._overlooked:
            try:
                self._take(data)
            except NetworkError as error:
                self._failure = error

    def on_message_complete(self) -> None:
        """The end of the answer, if it was not an interim one."""
        if not self._informational and self._failure is None and self._chunks is None:
            self.complete = True

    # The body

    def _keep_or_not(self) -> None:
        """Decide what becomes of the bytes that are kept, now that the headers are there."""
        if self.complete or not self._retains:
            self._raw = b""
        elif self._overlooked:
            self._read_chunks_again()
        elif len(self._raw) > RETAINED_BYTES:
            self._chunks = self._chunks_so_far()

    def _read_chunks_again(self) -> None:
        self._decoder = Decoder(self._codings, self._body_limit)
        self._chunks = Chunks()
        self._unchunk(self._chunks, self._raw[self._body_begins() :])

    def _chunks_so_far(self) -> Chunks:
        """Where the strict parser is; from there on chunks are taken off leniently."""
        chunks = Chunks()
        chunks.feed(self._raw[self._body_begins() :])
        self._raw, self._retains = b"", False
        return chunks

    def _unchunk(self, chunks: Chunks, data: bytes) -> None:
        self._raw, self._retains = b"", False
        for piece in chunks.feed(data):
            self._take(piece)
        self.complete = self.complete or chunks.complete

    def _take(self, data: bytes) -> None:
        if self._decoder is None or self.complete:
            return
        self._unproductive = 0
        self._decoder.feed(data)
        self.complete = self._decoder.truncated
        self.persists = self.persists and not self.complete


def is_interim(status: int) -> bool:
    """Whether another answer follows."""
    return status < 200 and status != _SWITCHING_PROTOCOLS


def parse_error(refusal: str) -> NetworkError:
    """`Parse Error: <what was expected>`."""
    return NetworkError(f"Parse Error: {refusal}", "HPE_INVALID_CONSTANT", ErrorKind.PROTOCOL)


def header_overflow() -> NetworkError:
    """`Parse Error: Header overflow`."""
    return NetworkError("Parse Error: Header overflow", "HPE_HEADER_OVERFLOW", ErrorKind.PROTOCOL)
