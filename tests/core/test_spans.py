"""When something was so: what is remembered, what goes on, and what a question about a time finds."""

from __future__ import annotations

from kuma_lite.core.spans import REMEMBERED, Span, Spans


def over(*found: tuple[float, float]) -> Spans:
    spans = Spans()
    for start, end in found:
        spans.add(Span(start, end))
    return spans


def test_nothing_was_so() -> None:
    spans = Spans()
    spans.end(5)
    assert spans.since is None
    assert spans.within(-1000, 1000, after=1000) == []
    assert spans.latest_end(7) is None


def test_what_began_goes_on_until_it_ends() -> None:
    spans = Spans()
    spans.begin(10)
    spans.begin(12)  # it goes on already
    assert spans.since == 10
    assert spans.within(15, 20) == [Span(10, 20)]
    assert spans.latest_end(20) == 20
    spans.end(25)
    spans.end(30)  # it is over already
    assert spans.since is None
    assert spans.within(0, 40) == [Span(10, 25)]
    assert spans.latest_end(40) == 25
    spans.begin(50)
    assert spans.within(0, 60) == [Span(10, 25), Span(50, 60)]
    assert spans.latest_end(60) == 60
    spans.end(70)
    assert spans.latest_end(80) == 70


def test_what_began_with_the_machine_began() -> None:
    spans = Spans()
    spans.begin(0)
    spans.begin(3)
    assert spans.within(0, 0) == [Span(0, 0)]
    assert spans.latest_end(2) == 2
    spans.end(4)
    assert spans.within(0, 9) == [Span(0, 4)]


def test_what_goes_on_is_not_known_before_it_began() -> None:
    spans = Spans()
    spans.begin(10)
    assert spans.within(0, 9.9) == []
    assert spans.within(0, 10) == [Span(10, 10)]


def test_an_end_before_the_beginning_leaves_a_moment() -> None:
    spans = Spans()
    spans.begin(10)
    spans.end(8)
    assert spans.within(0, 20) == [Span(10, 10)]


def test_what_overlaps_a_time_is_found_with_its_edges() -> None:
    spans = over((10, 20), (30, 40))
    assert spans.within(0, 9.9) == []
    assert spans.within(0, 10) == [Span(10, 20)]
    assert spans.within(20, 29.9) == [Span(10, 20)]
    assert spans.within(20.1, 29.9) == []
    assert spans.within(15, 35) == [Span(10, 20), Span(30, 40)]
    assert spans.within(40, 50) == [Span(30, 40)]
    assert spans.within(40.1, 50) == []


def test_what_ended_shortly_before_is_found_on_request() -> None:
    spans = over((10, 20))
    assert spans.within(25, 30, after=5) == [Span(10, 20)]
    assert spans.within(25.1, 30, after=5) == []
    assert spans.within(0, 9, after=5) == []


def test_the_oldest_are_forgotten() -> None:
    spans = over(*((n, n + 0.5) for n in range(REMEMBERED + 2)))
    found = spans.within(-1, 1e6)
    assert len(found) == REMEMBERED
    assert found[0] == Span(2, 2.5)
    assert spans.latest_end(1e6) == REMEMBERED + 1.5
