"""Answers to visitors, kept for some minutes: a page that is looked at a lot costs little."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from kuma_lite.core.clock import Clock

MAX_ENTRIES: Final = 2_000
MAX_BYTES: Final = 16_000_000  # of bodies; addresses can be made up without end
MAX_KEY_CHARS: Final = 4_000  # longer addresses are answered, not kept
MINUTE_S: Final = 60.0

_WORTHWHILE: Final = 1_000  # bytes; smaller bodies are sent as they are
_AT_ONCE: Final = 30_000  # bytes that are packed in a millisecond; larger ones in a thread
_BROTLI_QUALITY: Final = 5  # a fifth smaller than gzip at the same price
_GZIP_LEVEL: Final = 6
_PACKABLE: Final = (b"text/", b"application/", b"image/svg")


@dataclass(slots=True)
class Answer:
    """One HTTP answer; None as body: the page of the program, as everywhere for what there is not."""

    status: int
    body: bytes | None
    content_type: bytes = b""
    _etag: bytes = field(default=b"", compare=False, repr=False)
    _packed: dict[str, asyncio.Future[bytes]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def etag(self) -> bytes:
        """Tells bodies apart. Weak, as Uptime Kuma's are, and the same however a body is packed."""
        if not self._etag:
            digest = hashlib.blake2s(self.body or b"", digest_size=12).hexdigest()
            self._etag = f'W/"{len(self.body or b""):x}-{digest}"'.encode()
        return self._etag

    @property
    def packable(self) -> bool:
        """Whether there is a smaller form of it."""
        return len(self.body or b"") >= _WORTHWHILE and self.content_type.startswith(_PACKABLE)

    async def packed(self, encoding: str) -> bytes:
        """The body as `br` or `gzip`; packed once, however many ask for it at the same time."""
        known = self._packed.get(encoding)
        if known is None:
            known = self._packed[encoding] = asyncio.ensure_future(_pack(encoding, self.body or b""))
        return known.result() if known.done() else await asyncio.shield(known)


class AnswerCache:
    """Answers by address. What is put in after `clear` but was begun before it is not kept."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._answers: dict[str, tuple[float, Answer]] = {}  # until when, by the monotonic clock
        self._working: dict[tuple[int, str], asyncio.Task[Answer]] = {}
        self._bytes = 0
        self._generation = 0

    def get(self, key: str) -> Answer | None:
        """What was kept, unless it is too old."""
        found = self._answers.get(key)
        if found is None or found[0] <= self._clock.monotonic():
            return None
        return found[1]

    async def work_out(self, key: str, minutes: float, work: Callable[[], Awaitable[Answer]]) -> Answer:
        """An answer that is not kept; whoever asks meanwhile gets the same one, and it is kept then."""
        turn = self._generation, key
        task = self._working.get(turn)
        if task is None:
            keep = self.keep(key, minutes)
            task = self._working[turn] = asyncio.create_task(_work(keep, work))
            task.add_done_callback(lambda _task: self._working.pop(turn, None))
        return await asyncio.shield(task)

    def keep(self, key: str, minutes: float) -> Callable[[Answer], None]:
        """To be called before an answer is worked out: the function that keeps it."""
        generation = self._generation

        def put(answer: Answer) -> None:
            if generation == self._generation and len(key) <= MAX_KEY_CHARS:
                self._put(key, answer, self._clock.monotonic() + minutes * MINUTE_S)

        return put

    def clear(self) -> None:
        """Forget everything: something visible has changed."""
        self._generation += 1
        self._answers.clear()
        self._bytes = 0

    def _put(self, key: str, answer: Answer, until: float) -> None:
        self._drop(key)
        self._answers[key] = until, answer
        self._bytes += _size(answer)
        while len(self._answers) > MAX_ENTRIES or self._bytes > MAX_BYTES:
            self._drop(next(iter(self._answers)))  # the oldest one

    def _drop(self, key: str) -> None:
        found = self._answers.pop(key, None)
        if found is not None:
            self._bytes -= _size(found[1])


async def _work(keep: Callable[[Answer], None], work: Callable[[], Awaitable[Answer]]) -> Answer:
    answer = await work()
    if answer.status < 500:  # trouble of ours is no answer to live with
        keep(answer)
    return answer


def _size(answer: Answer) -> int:
    return len(answer.body or b"")


async def _pack(encoding: str, body: bytes) -> bytes:
    if len(body) <= _AT_ONCE:
        return _packed(encoding, body)
    return await asyncio.to_thread(_packed, encoding, body)


def _packed(encoding: str, body: bytes) -> bytes:
    if encoding == "gzip":
        return gzip.compress(body, _GZIP_LEVEL, mtime=0)
    import brotli

    packed: bytes = brotli.compress(body, quality=_BROTLI_QUALITY)
    return packed
