"""Does our own trouble become somebody's DOWN, and is a real one told amid it? `make outages`

    python -m tests.campaigns.outages [--outages 100] [--longest 300] [--real 100] [--monitors 100] [--seed N]

First, `outages` times our link, our upstream or our resolver breaks for 1 s to `longest` s, with `monitors`
monitors of targets that are well: not one may be written down as DOWN. Then targets really hang while as much
trouble goes on: each has to be told within its time-out + 60 s. Ends with 1 when one of these does not hold.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from pathlib import Path

from tests.campaigns.lab import INTERVAL_S, KINDS, TIMEOUT_S, Lab, lengths

ALLOWED_S = TIMEOUT_S + 60
AT_ONCE = 8  # targets that hang at the same time


async def false_alarms(lab: Lab, chance: random.Random, outages: int, longest: float) -> int:
    """Break our own things one after the other; returns how many monitors were called DOWN."""
    for number in range(outages):
        kind, seconds = KINDS[number % len(KINDS)], lengths(chance, 1, longest)
        before = len(lab.down_events())
        await lab.trouble(kind, seconds)
        await asyncio.sleep(INTERVAL_S + TIMEOUT_S)
        wrong = lab.down_events()[before:]
        print(f"{kind:<17} {seconds:6.1f} s: {len(wrong)} DOWN {wrong[:3] or ''}", flush=True)
    return len(lab.down_events())


async def real_ones(lab: Lab, chance: random.Random, ids: list[int], count: int) -> list[float]:
    """Let targets hang amid trouble; returns the seconds until each was told."""
    told: list[float] = []
    numbers = [number for number in range(len(ids)) if number % 5 in (3, 4)]  # those that ask for a page
    gate, free = asyncio.Semaphore(AT_ONCE), list(numbers)

    async def one() -> None:
        async with gate:
            number = free.pop(chance.randrange(len(free)))
            lab.hanging.add(number)
            took = await lab.until_told(ids[number], 0, 3 * ALLOWED_S)
            # The link may be down when it was judged: a message cannot come through before the link is up.
            told.append(took)
            lab.hanging.discard(number)
            again = await lab.until_told(ids[number], 1, 3 * ALLOWED_S)
            print(f"m{number:<3} told after {took:5.1f} s, its end after {again:5.1f} s", flush=True)
            # One that is still taken for DOWN would not be told of a second time.
            if again < 3 * ALLOWED_S:
                free.append(number)

    async def flapping() -> None:
        while True:
            await asyncio.sleep(chance.uniform(6, 15))
            await lab.trouble(chance.choice(KINDS), chance.uniform(1, 6))

    trouble = asyncio.create_task(flapping())
    try:
        await asyncio.gather(*(one() for _ in range(count)))
    finally:
        trouble.cancel()
        await asyncio.wait([trouble])
    return told


async def campaign(arguments: argparse.Namespace) -> int:
    chance = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder))
        try:
            await lab.open()
            ids = await lab.watch(arguments.monitors)
            await asyncio.sleep(INTERVAL_S + 5)
            wrong = await false_alarms(lab, chance, arguments.outages, arguments.longest)
            told = sorted(await real_ones(lab, chance, ids, arguments.real)) if arguments.real else []
        finally:
            await lab.close()
    late = [seconds for seconds in told if seconds > ALLOWED_S]
    print(f"{arguments.outages} outages of our own, {arguments.monitors} monitors: {wrong} false DOWN")
    if told:
        print(
            f"{len(told)} real ones amid trouble: told after {told[len(told) // 2]:.0f} s (median), "
            f"{told[-1]:.0f} s (longest); {len(late)} later than {ALLOWED_S} s"
        )
    return 1 if wrong or late else 0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--outages", type=int, default=100)
    parser.add_argument("--longest", type=float, default=300)
    parser.add_argument("--real", type=int, default=100)
    parser.add_argument("--monitors", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    return asyncio.run(campaign(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
