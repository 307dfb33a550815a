"""When the next message may go to a channel whose service takes only so many in so many seconds. Pure.

A token bucket: a channel that was quiet may get `messages` at once, and then one every `seconds / messages`.
"""

from __future__ import annotations

from msgspec import Struct, field

from kuma_lite.core.declarations import Pace


class _Bucket(Struct, frozen=True):
    level: float  # messages that may go at once
    at: float  # monotonic seconds of that level
    pace: Pace

    def level_at(self, now: float) -> float:
        gained = max(0.0, now - self.at) * self.pace.messages / self.pace.seconds
        return min(float(self.pace.messages), self.level + gained)


class Pacing(Struct):
    """What each channel has had of late; times are monotonic seconds."""

    _buckets: dict[int, _Bucket] = field(default_factory=dict)

    def wait(self, channel_id: int, now: float) -> float:
        """Seconds until the channel may get a message; 0: now."""
        bucket = self._buckets.get(channel_id)
        if bucket is None or (level := bucket.level_at(now)) >= 1:
            return 0.0
        return (1 - level) * bucket.pace.seconds / bucket.pace.messages

    def took(self, channel_id: int, pace: Pace | None, now: float) -> None:
        """The channel gets a message now; `pace`: of its service."""
        if pace is None:
            self._buckets.pop(channel_id, None)
            return
        bucket = self._buckets.get(channel_id)
        same = bucket is not None and bucket.pace == pace
        level = bucket.level_at(now) if bucket is not None and same else float(pace.messages)
        self._buckets[channel_id] = _Bucket(level - 1, now, pace)
