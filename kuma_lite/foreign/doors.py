"""The events of our own page about files: take one over, apply it, and write one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from kuma_lite.config_files.model import Change, Unfit, Wish
from kuma_lite.config_files.service import ConfigFiles
from kuma_lite.core.access import Actor, Right
from kuma_lite.core.doors import PAGE, Answer, Caller, Doors, Event, actor_of

Work = Callable[[Actor, Wish], Awaitable[Sequence[Change]]]


class FileDoors:
    """What a file says, what would be done, and to do it; for owners."""

    def __init__(self, files: ConfigFiles) -> None:
        self._files = files

    def doors(self) -> Doors:
        """Every event."""

        def event(name: str, handler: Callable[..., Awaitable[Answer]], arguments: int = 0) -> Event:
            return Event(name, handler, arguments, namespaces=(PAGE,), needs=Right.OWNER)

        return Doors(
            events=[
                event("planFile", self.plan, 1),
                event("applyFile", self.apply, 1),
                event("exportFile", self.export),
            ]
        )

    async def plan(self, caller: Caller, value: Any) -> Answer:
        """What a file of ours or of another program would change."""
        return await self._answer(caller, value, self._files.plan)

    async def apply(self, caller: Caller, value: Any) -> Answer:
        """Make everything as it says, all or nothing; the answer is that of the plan."""
        return await self._answer(caller, value, self._files.apply)

    async def export(self, caller: Caller) -> Answer:
        """Everything that files can hold, as YAML and without secrets."""
        from kuma_lite.config_files.reading import file_text

        documents, _ = await self._files.export(actor_of(caller))
        return {"ok": True, "text": await asyncio.to_thread(file_text, documents)}

    async def _answer(self, caller: Caller, value: Any, work: Work) -> Answer:
        from kuma_lite.foreign.page_file import page_file, read

        sent = page_file(value)
        found = await asyncio.to_thread(read, sent)
        changes: Sequence[Change] = ()
        problems: list[dict[str, str]] = []
        if found.file is not None:
            wish = Wish(found.file.given.name, found.file.given.documents, prune=sent.prune)
            try:
                changes = await work(actor_of(caller), wish)
            except Unfit as unfit:
                problems = [
                    {"where": found.file.where(problem.as_json()), "message": problem.sentence}
                    for problem in unfit.problems
                ]
        return {
            "ok": True,
            "source": found.source,
            "leftOut": [one._asdict() for one in found.left_out],
            "variables": found.missing,
            "problems": problems,
            "changes": [change.as_json() for change in changes],
        }
