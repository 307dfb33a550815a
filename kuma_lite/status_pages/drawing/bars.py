"""The history of a monitor as a row of bars, and its response times as a line."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from kuma_lite.status_pages.drawing.facts import HOUR_S
from kuma_lite.status_pages.drawing.moments import date_text, span_text, time_text
from kuma_lite.status_pages.model import Bar

PITCH: Final = 8  # of the bars, in units of the picture; it is stretched to the room there is
HEIGHT: Final = 32
_WIDTH: Final = 6
_LOW: Final = 10  # of a bar that tells of nothing
_BAD: Final = 0.95  # below this share of checks a span counts as down, above it as partly down

_LINE_WIDTH: Final = 120
_LINE_HEIGHT: Final = 24


def percent(share: float) -> str:
    """A share as it is said: cut, never rounded up to a hundred."""
    hundredths = int(share * 10_000 + 1e-6)
    return f"{hundredths // 100} %" if hundredths % 100 == 0 else f"{hundredths / 100:.2f} %"


def uptime_of(bars: Sequence[Bar]) -> float | None:
    """The mean over spans that are known; None: none is."""
    known = [bar.uptime for bar in bars if bar.uptime is not None]
    return sum(known) / len(known) if known else None


def kind_of(bar: Bar) -> str:
    """How a span is coloured."""
    if bar.uptime is None:
        return "maintenance" if bar.maintenance else "nothing"
    if bar.uptime >= 1 and not bar.outages and not bar.down_s:
        return "maintenance" if bar.maintenance else "up"
    return "down" if bar.uptime < _BAD else "pending"


def bar_text(bar: Bar, seconds: int) -> str:
    """A span in words: `3 Nov 2026: 99.2 %, 2 outages, 11 min`."""
    when = date_text(bar.start)
    if seconds == HOUR_S:
        when += f", {time_text(bar.start)} UTC"
    if bar.uptime is None:
        return f"{when}: {'maintenance' if bar.maintenance else 'no data'}"
    said = [percent(bar.uptime)]
    if bar.outages:
        said.append("1 outage" if bar.outages == 1 else f"{bar.outages} outages")
    if bar.down_s:
        said.append(span_text(bar.down_s))
    if bar.maintenance:
        said.append("maintenance")
    if len(said) == 1 and bar.uptime >= 1:
        said.append("no outages")
    return f"{when}: {', '.join(said)}"


def picture(bars: Sequence[Bar], seconds: int, *, every_title: bool) -> str:
    """The bars as SVG.

    Args:
        bars: oldest first.
        seconds: how long each span is.
        every_title: whether good spans say their day as well; on a page with hundreds of monitors that is
            more than browsers like.
    """
    merged: dict[str, list[str]] = {}
    single: list[str] = []
    for place, bar in enumerate(bars):
        kind = kind_of(bar)
        drawn = _drawn(place, HEIGHT - _LOW if kind == "nothing" else 0)
        if every_title or kind not in ("up", "nothing"):
            single.append(f'<path class="{kind}" d="{drawn}"><title>{bar_text(bar, seconds)}</title></path>')
        else:
            merged.setdefault(kind, []).append(drawn)
    paths = "".join(f'<path class="{kind}" d="{"".join(drawn)}"/>' for kind, drawn in merged.items())
    width = len(bars) * PITCH - (PITCH - _WIDTH)
    return (
        f'<svg viewBox="0 0 {width} {HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="{summary(bars, seconds)}">{paths}{"".join(single)}</svg>'
    )


@lru_cache(maxsize=512)
def _drawn(place: int, top: int) -> str:
    return f"M{place * PITCH} {top}h{_WIDTH}v{HEIGHT - top}h-{_WIDTH}z"


def summary(bars: Sequence[Bar], seconds: int) -> str:
    """All bars in one sentence, for those who cannot see them."""
    unit = "hours" if seconds == HOUR_S else "days"
    share = uptime_of(bars)
    if share is None:
        return f"{len(bars)} {unit}: no data"
    outages, down = sum(bar.outages for bar in bars), sum(bar.down_s for bar in bars)
    said = f"{len(bars)} {unit}: {percent(share)} uptime, "
    said += "1 outage" if outages == 1 else f"{outages or 'no'} outages"
    return f"{said}, down for {span_text(down)}" if down else said


def sparkline(pings: Sequence[float | None]) -> str:
    """Response times in milliseconds, oldest first, as a small line; "" without two of them."""
    known = [(place, ping) for place, ping in enumerate(pings) if ping is not None]
    if len(known) < 2:
        return ""
    most = max(ping for _place, ping in known) or 1.0
    step = _LINE_WIDTH / (len(pings) - 1)
    points = " ".join(
        f"{place * step:.1f},{_LINE_HEIGHT - 1 - ping / most * (_LINE_HEIGHT - 2):.1f}"
        for place, ping in known
    )
    latest, mean = pings[-1], sum(ping for _place, ping in known) / len(known)
    said = "" if latest is None else f"{latest:.0f} ms"  # a service that is down has no response time
    return (
        f'<span class="pace"><svg viewBox="0 0 {_LINE_WIDTH} {_LINE_HEIGHT}" preserveAspectRatio="none" '
        f'role="img" aria-label="Response times: {mean:.0f} ms on average, {most:.0f} ms at most">'
        f'<polyline points="{points}"/></svg>{said}</span>'
    )
