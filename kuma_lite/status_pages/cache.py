"""Answers to visitors, kept for some minutes: a page that is looked at a lot costs little."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kuma_lite.core.clock import Clock

MAX_ENTRIES: Final = 2_000
MAX_BYTES: Final = 16_000_000  # of bodies; addresses can be made up without end
MAX_KEY_CHARS: Final = 4_000  # longer addresses are answered, not kept
MINUTE_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer; None as body: the page of the program, as everywhere for what there is not."""

    status: int
    body: bytes | None
    content_type: bytes = b""

    @property
    def etag(self) -> bytes:
        """Tells bodies apart. Weak, as Uptime Kuma's are."""
        digest = hashlib.blake2s(self.body or b"", digest_size=12).hexdigest()
        return f'W/"{len(self.body or b""):x}-{digest}"'.encode()


class AnswerCache:
    """Answers by address. What is put in after `clear` but was begun before it is not kept."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._answers: dict[str, tuple[float, Answer]] = {}  # until when, by the monotonic clock
        self._bytes = 0
        self._generation = 0

    def get(self, key: str) -> Answer | None:
        """What was kept, unless it is too old."""
        found = self._answers.get(key)
        if found is None or found[0] <= self._clock.monotonic():
            return None
        return found[1]

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


def _size(answer: Answer) -> int:
    return len(answer.body or b"")
