"""What repeats from beat to beat (status, text, counters): kept once for the whole process, and counted."""

from __future__ import annotations

from sys import intern
from typing import Any, NamedTuple

from kuma_lite.core.declarations import Status


class Shape(NamedTuple):
    """What a beat shares with its neighbours."""

    status: Status
    msg: str
    important: bool
    duration: int
    retries: int
    down_count: int
    response: str | None


class Shapes:
    """Shapes by number, with the number of beats that have them."""

    def __init__(self) -> None:
        self.by_number: list[Shape | None] = []
        self._numbers: dict[Shape, int] = {}
        self._uses: list[int] = []
        self._free: list[int] = []

    def __len__(self) -> int:
        return len(self._numbers)

    def use(self, values: tuple[Any, ...], beats: int = 1) -> int:
        """The number of a shape, given as a plain tuple, for so many more beats."""
        number = self._numbers.get(values)  # type: ignore[call-overload]
        if number is not None:
            self._uses[number] += beats
            return int(number)
        shape = Shape._make(values)
        shape = shape._replace(msg=intern(shape.msg))
        if self._free:
            number = self._free.pop()
            self.by_number[number] = shape
            self._uses[number] = beats
        else:
            number = len(self.by_number)
            self.by_number.append(shape)
            self._uses.append(beats)
        self._numbers[shape] = number
        return number

    def release(self, number: int) -> None:
        """One beat with that shape is gone."""
        self._uses[number] -= 1
        if not self._uses[number]:
            shape = self.by_number[number]
            assert shape is not None
            del self._numbers[shape]
            self.by_number[number] = None
            self._free.append(number)
