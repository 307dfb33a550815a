"""The folder `acme` of the data folder: account key, certificate with its key, what has to be remembered.

Every file is for the owner only, and is replaced at once: a process that is killed leaves the one before.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from kuma_lite.acme.rules import Refusal, State
from kuma_lite.core.config import ACME_CERTIFICATE, ACME_FOLDER

ACCOUNT: Final = "account.pem"
STATE: Final = "state.json"


class Store:
    """Reads and writes them; every method may raise OSError.

    Args:
        data_dir: the data folder.
    """

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / ACME_FOLDER

    @property
    def certificate(self) -> Path:
        """What is served."""
        return self._folder / ACME_CERTIFICATE

    def write(self, name: str, content: bytes) -> None:
        """Replace a file."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target, beside = self._folder / name, self._folder / f"{name}.new"
        with suppress(FileNotFoundError):
            beside.unlink()
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, target)

    def read(self, name: str) -> bytes | None:
        """A file; None when there is none."""
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def put_aside(self, name: str) -> None:
        """Keep what cannot be used under another name."""
        with suppress(FileNotFoundError):
            os.replace(self._folder / name, self._folder / f"{name}.unusable")

    def state(self) -> State:
        """What was remembered; nothing where the file is missing or makes no sense."""
        try:
            return _state_of(json.loads(self.read(STATE) or b"{}"))
        except (ValueError, TypeError, KeyError, AttributeError):
            return State()

    def keep(self, state: State) -> None:
        """Remember it."""
        document = {
            "directory": state.directory,
            "refused": {
                name: {"reason": each.reason, "failures": each.failures, "again": each.again}
                for name, each in state.refused.items()
            },
            "failures": state.failures,
            "failing_since": state.failing_since,
            "failure": state.failure,
            "again": state.again,
            "issued": list(state.issued),
        }
        self.write(STATE, json.dumps(document, indent=1).encode())


def _state_of(document: dict[str, Any]) -> State:
    since = document.get("failing_since")
    return State(
        str(document.get("directory", "")),
        {
            str(name): Refusal(str(each["reason"]), int(each["failures"]), float(each["again"]))
            for name, each in document.get("refused", {}).items()
        },
        int(document.get("failures", 0)),
        None if since is None else float(since),
        str(document.get("failure", "")),
        float(document.get("again", 0.0)),
        tuple(float(moment) for moment in document.get("issued", [])),
    )
