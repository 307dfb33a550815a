from __future__ import annotations

from kuma_lite.core.clock import ManualClock
from kuma_lite.status_pages.cache import MAX_BYTES, MAX_ENTRIES, MAX_KEY_CHARS, Answer, AnswerCache

ANSWER = Answer(200, b"x", b"text/plain")


def test_kept_for_its_minutes() -> None:
    clock = ManualClock()
    cache = AnswerCache(clock)
    cache.keep("a", 5)(ANSWER)
    clock.advance(299)
    assert cache.get("a") is ANSWER
    clock.advance(1)
    assert cache.get("a") is None


def test_an_answer_begun_before_a_change_is_not_kept() -> None:
    cache = AnswerCache(ManualClock())
    keep = cache.keep("a", 5)
    cache.clear()
    keep(ANSWER)
    assert cache.get("a") is None


def test_made_up_addresses_do_not_fill_the_memory() -> None:
    cache = AnswerCache(ManualClock())
    for number in range(MAX_ENTRIES + 10):
        cache.keep(str(number), 5)(ANSWER)
    assert cache.get("9") is None
    assert cache.get(str(MAX_ENTRIES + 9)) is ANSWER
    big = Answer(200, b"x" * (MAX_BYTES // 2), b"")
    for number in range(5):
        cache.keep(f"big{number}", 5)(big)
    assert [cache.get(f"big{number}") is big for number in range(5)] == [False, False, False, True, True]
    cache.keep("k" * (MAX_KEY_CHARS + 1), 5)(ANSWER)
    assert cache.get("k" * (MAX_KEY_CHARS + 1)) is None


def test_the_same_address_counts_once() -> None:
    cache = AnswerCache(ManualClock())
    half = Answer(200, b"x" * (MAX_BYTES // 2), b"")
    for _ in range(5):
        cache.keep("a", 5)(half)
    cache.keep("b", 5)(ANSWER)
    assert cache.get("a") is half


def test_etags_tell_bodies_apart() -> None:
    assert ANSWER.etag.startswith(b'W/"1-')
    assert ANSWER.etag != Answer(200, b"y").etag
