from __future__ import annotations

import asyncio
import gzip

import brotli

from kuma_lite.core.clock import ManualClock
from kuma_lite.status_pages.answering.cache import MAX_BYTES, MAX_ENTRIES, MAX_KEY_CHARS, Answer, AnswerCache

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


async def test_a_rush_is_worked_out_once() -> None:
    cache = AnswerCache(ManualClock())
    begun, go_on = 0, asyncio.Event()

    async def work() -> Answer:
        nonlocal begun
        begun += 1
        await go_on.wait()
        return Answer(200, str(begun).encode())

    rush = [asyncio.create_task(cache.work_out("a", 1, work)) for _ in range(50)]
    await asyncio.sleep(0.01)
    cache.clear()
    late = asyncio.create_task(cache.work_out("a", 1, work))  # what was begun before the change is too old
    await asyncio.sleep(0.01)
    go_on.set()
    assert {answer.body for answer in await asyncio.gather(*rush)} == {b"2"}
    assert (await late).body == b"2"
    assert begun == 2
    kept = cache.get("a")
    assert kept is await late


async def test_one_visitor_who_goes_takes_nothing_from_the_others() -> None:
    cache = AnswerCache(ManualClock())
    go_on = asyncio.Event()

    async def work() -> Answer:
        await go_on.wait()
        return ANSWER

    first, second = (asyncio.create_task(cache.work_out("a", 1, work)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    go_on.set()
    assert await second is ANSWER


async def test_trouble_of_ours_is_not_kept() -> None:
    cache = AnswerCache(ManualClock())

    async def work() -> Answer:
        return Answer(503, b"no")

    assert (await cache.work_out("a", 1, work)).status == 503
    assert cache.get("a") is None


async def test_a_body_is_packed_once() -> None:
    for size in (2_000, 100_000):
        answer = Answer(200, b"status " * size, b"text/html")
        packed = await asyncio.gather(*(answer.packed("br") for _ in range(5)))
        assert len({id(each) for each in packed}) == 1
        assert brotli.decompress(packed[0]) == answer.body
        assert gzip.decompress(await answer.packed("gzip")) == answer.body


def test_small_bodies_and_pictures_stay_as_they_are() -> None:
    assert not Answer(200, b"x" * 900, b"text/html").packable
    assert not Answer(200, b"x" * 9_000, b"image/png").packable
    assert Answer(200, b"x" * 9_000, b"image/svg+xml; charset=utf-8").packable
