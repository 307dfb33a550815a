"""A person who runs commands beside a server."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from kuma_lite.cli import main
from tests.support.appliance import Running


@dataclass
class Shell:
    """Commands of a person who has a token."""

    folder: Path
    capture: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch
    server: Running | None = None
    token: str = ""

    async def use(self, server: Running, data: Path) -> None:
        """The commands go to this server from now on."""
        async with server.logged_in():
            pass
        token = (await self.run("token", "create", "--user", "--name", "t", "--data-dir", str(data)))[1]
        self.patch.setenv("KUMA_LITE_URL", server.url)
        self.token = token.strip()
        self.patch.setenv("KUMA_LITE_TOKEN", self.token)
        self.server = server

    async def run(self, *words: str) -> tuple[int, str, str]:
        """Exit status, standard output and error."""
        self.capture.readouterr()
        code = await asyncio.to_thread(main, words)
        out, err = self.capture.readouterr()
        return code, out, err

    def write(self, text: str, name: str = "kuma.yaml") -> str:
        path = self.folder / name
        path.write_text(text)
        return str(path)

    async def apply(self, text: str, *more: str, name: str = "kuma.yaml") -> str:
        """It works, and a second time there is nothing to do; returns what the first time said."""
        path = self.write(text, name)
        code, out, err = await self.run("apply", path, "--yes", *more)
        assert (code, err) == (0, ""), err
        again = await self.run("diff", path, *more)
        assert again == (0, "Nothing to do: everything is as the file says.\n", "")
        return out

    async def export(self) -> str:
        code, out, err = await self.run("export")
        assert (code, err) == (0, ""), err
        return out
